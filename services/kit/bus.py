"""The connection to NATS, with an NKey user and an inbox prefix of the process's own."""

import asyncio
import json
from typing import Any
from urllib.parse import urlsplit

import nats
import structlog
from nats.aio.client import Client
from nats.errors import NoServersError

ANSWER_S = 5.0
PAUSE_S = 0.2

_log = structlog.get_logger()


def inbox_prefix(user: str) -> str:
    """Where answers to this user arrive; its permissions name exactly this."""
    return f"_INBOX_{user}"


async def connect(url: str, seed: str, user: str) -> Client:
    """Connects as ``user`` with its NKey ``seed``; waits while the server starts, and reconnects for ever."""

    async def on_error(error: Exception) -> None:
        _log.warning("bus", error=repr(error))

    while True:
        try:
            return await nats.connect(
                [part.strip() for part in url.split(",")],
                name=f"smartcity-{user}",
                nkeys_seed_str=seed,
                inbox_prefix=inbox_prefix(user).encode(),
                max_reconnect_attempts=-1,
                reconnect_time_wait=0.25,
                connect_timeout=2,
                error_cb=on_error,
                pending_size=32 * 1024 * 1024,
            )
        except (OSError, NoServersError, nats.errors.TimeoutError) as error:
            _log.info("bus not there yet", server=urlsplit(url.split(",")[0]).netloc, error=repr(error))
            await asyncio.sleep(PAUSE_S)


async def insist(bus: Client, subject: str) -> dict[str, Any]:
    """The answer of a JetStream API call, asked for until it is there.

    Streams and consumers are made by ``smartcity migrate``, not by those who use them, who therefore wait.
    """
    told = False
    while True:
        try:
            message = await bus.request(subject, b"", timeout=ANSWER_S)
            answer: dict[str, Any] = json.loads(message.data)
            if "error" not in answer:
                return answer
            why = answer["error"].get("description", "")
        except (nats.errors.TimeoutError, nats.errors.NoRespondersError, OSError) as error:
            why = repr(error)
        if not told:
            _log.warning("waits for JetStream; `smartcity migrate` makes what is missing", asked=subject, why=why)
            told = True
        await asyncio.sleep(PAUSE_S)
