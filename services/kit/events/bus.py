"""The connection to NATS, with an NKey user and an inbox prefix of the process's own."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import nats
import structlog
from nats.aio.client import PING_PROTO, Client
from nats.errors import BadHeaderError, NoServersError, SecureConnWantedError
from nats.protocol.command import hpub_cmd

from services.kit.certificates import nats_context
from services.kit.subjects import inbox_prefix

ANSWER_S = 5.0
PAUSE_S = 0.2
_NOT_FOUND = 404
_MISSING, _AWAY = "waits for JetStream; `smartcity migrate` makes what is missing", "JetStream does not answer"
"""What the log says of a stream or consumer that has to be made, and where nothing has."""

_log = structlog.get_logger()


class Connection(Client):
    """nats-py with two hot paths of our own, a flush that keeps its word, and no way back from TLS.

    It looks at every character of every header, on the way out and in, which costs a relay or consumer more than all
    else together. Here a message's headers are written and read in one piece.
    """

    async def _process_info(self, info: dict[str, Any], initial_connection: bool = False) -> None:
        """Raises SecureConnWantedError where nats-py would go on in clear: when the server asks for no TLS."""
        assert self._current_server
        assert self._transport
        wanted = "tls" in self.options or self._current_server.uri.scheme == "tls"
        if initial_connection and wanted and not info.get("tls_required"):
            self._transport.close()  # type: ignore[no-untyped-call]
            raise SecureConnWantedError
        await super()._process_info(info, initial_connection)

    async def _send_ping(self, future: asyncio.Future[bool] | None = None) -> None:
        """A PING behind all that is pending. That of nats-py overtakes it: its flush ends before the server has it."""
        self._pongs.append(future or asyncio.Future())
        await self._send_command(PING_PROTO)
        await self._flush_pending()

    async def _send_publish(
        self, subject: str, reply: str, payload: bytes, payload_size: int, headers: dict[str, Any] | None
    ) -> None:
        """Writes one message. Raises BadHeaderError for a line break in a header."""
        if headers is None:
            await super()._send_publish(subject, reply, payload, payload_size, headers)
            return
        lines = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
        if not lines.count("\r") == lines.count("\n") == len(headers):
            raise BadHeaderError(lines)
        self.stats["out_msgs"] += 1
        self.stats["out_bytes"] += payload_size
        await self._send_command(hpub_cmd(subject, reply, f"NATS/1.0\r\n{lines}\r\n".encode(), payload))
        if self._flush_queue is not None and self._flush_queue.empty():
            await self._flush_pending()

    @staticmethod
    def _parse_header_lines(raw: bytes) -> dict[str, str]:
        lines = [line.partition(":") for line in raw.decode("utf-8", "replace").split("\r\n")]
        return {name: value.strip() for name, colon, value in lines if colon}


async def connect(url: str, seed: str, user: str, ca_file: str = "") -> Client:
    """Connects as ``user`` with its NKey ``seed``; waits while the server starts, and reconnects for ever.

    With a ``ca_file`` the server must show a certificate of that authority; at a ``tls://`` address it must show one.
    Of a server that is away, or is not believed, the log tells once for each reason, and not at each attempt.
    """
    server, told = urlsplit(url.split(",")[0]).netloc, ""

    async def on_error(error: Exception) -> None:
        nonlocal told
        if client.is_connected:
            _log.warning("bus", error=repr(error))
        elif repr(error) != told:
            told = repr(error)
            _log.warning("bus not there", server=server, error=told)

    async def on_return() -> None:
        nonlocal told
        told = ""

    while True:
        client = Connection()
        try:
            await client.connect(
                [part.strip() for part in url.split(",")],
                name=f"smartcity-{user}",
                nkeys_seed_str=seed,
                tls=nats_context(ca_file),
                inbox_prefix=inbox_prefix(user).encode(),
                max_reconnect_attempts=-1,
                reconnect_time_wait=0.25,  # type: ignore[arg-type] # seconds; a fraction of one works
                connect_timeout=2,
                error_cb=on_error,
                reconnected_cb=on_return,
                pending_size=32 * 1024 * 1024,
            )
            return client
        except (OSError, NoServersError, nats.errors.TimeoutError) as error:
            await on_error(error)
            await asyncio.sleep(PAUSE_S)


async def insist(bus: Client, subject: str, request: Mapping[str, object] | None = None) -> dict[str, Any]:
    """The answer of a JetStream API call, asked for until it is there.

    Streams and consumers are made by ``smartcity migrate``, not by those who use them, who therefore wait.
    """
    told = ""
    body = json.dumps(request).encode() if request else b""
    while True:
        waits = _AWAY
        try:
            message = await bus.request(subject, body, timeout=ANSWER_S)
            answer: dict[str, Any] = json.loads(message.data)
            if "error" not in answer:
                return answer
            why = answer["error"].get("description", "")
            if answer["error"].get("code") == _NOT_FOUND:
                waits = _MISSING
        except (nats.errors.TimeoutError, nats.errors.NoRespondersError, OSError) as error:
            why = repr(error)
        if waits != told:
            _log.warning(waits, asked=subject, why=why)
            told = waits
        await asyncio.sleep(PAUSE_S)
