"""Requests on the wire: thousands are played, and an HTTP client for everybody takes twice as long as what answers.

Nothing of a request is made better on its way: it goes out as it was recorded.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import httptools

BODIED = ("POST", "PUT", "PATCH")
"""Methods that tell a length even where nothing follows."""


@dataclass
class Answer:
    """What came back."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    """By their names in small letters; those of one name in one line."""
    body: bytes = b""

    @property
    def is_stream(self) -> bool:
        """Whether it may have no end."""
        return self.headers.get("content-type", "").startswith("text/event-stream")


async def connected(port: int) -> Connection:
    """A new connection to a port of this machine."""
    made = Connection(f"127.0.0.1:{port}")
    await asyncio.get_running_loop().create_connection(lambda: made, "127.0.0.1", port)
    return made


class Connection(asyncio.Protocol):
    """Takes one request after another, each when the last is answered, while it is open."""

    def __init__(self, host: str) -> None:
        """``host`` stands in every request."""
        self._host = host
        self._transport: asyncio.Transport | None = None
        self._done: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()

    @property
    def is_open(self) -> bool:
        """Whether it takes another request."""
        return self._transport is not None

    async def ask(
        self, method: str, path: str, headers: Sequence[tuple[str, str]], body: bytes | None = None
    ) -> Answer:
        """Sends a request and answers with what came of it: of a stream the first event."""
        assert self._transport is not None
        self._begin(method)
        self._transport.write(self._head(method, path, headers, body) + (body or b""))
        answer = await self._done
        if not self._stays:
            self.close()
        return answer

    def close(self) -> None:
        """Ends the connection."""
        if self._transport is not None:
            self._transport.abort()
            self._transport = None

    def _begin(self, method: str) -> None:
        self._done = asyncio.get_running_loop().create_future()
        self._parser = httptools.HttpResponseParser(self)
        self._bodiless = method == "HEAD"
        self._answer, self._lines = Answer(), defaultdict[str, list[str]](list)
        self._chunks: list[bytes] = []
        self._stays = False

    def _head(self, method: str, path: str, headers: Sequence[tuple[str, str]], body: bytes | None) -> bytes:
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self._host}", "Accept: */*"]
        lines += [f"{name}: {value}" for name, value in headers]
        if body or method in BODIED:
            lines.append(f"Content-Length: {len(body or b'')}")
        return "\r\n".join([*lines, "", ""]).encode("latin-1")

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the loop."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Called by the loop."""
        if not self._done.done():
            self._parser.feed_data(data)

    def connection_lost(self, error: Exception | None) -> None:
        """Called by the loop."""
        self._transport = None
        if not self._done.done():  # each answer of the gateway tells its length, or comes in chunks
            self._done.set_exception(ConnectionError(f"closed within an answer: {error}"))

    def on_header(self, name: bytes, value: bytes) -> None:
        """Called by the parser."""
        self._lines[name.decode("latin-1").lower()].append(value.decode())

    def on_headers_complete(self) -> None:
        """Called by the parser."""
        self._answer.status = self._parser.get_status_code()
        self._answer.headers = {name: ", ".join(values) for name, values in self._lines.items()}
        self._stays = self._parser.should_keep_alive()
        if self._bodiless:
            self._finish()

    def on_body(self, chunk: bytes) -> None:
        """Called by the parser."""
        self._chunks.append(chunk)
        if self._answer.is_stream and b"\n\n" in (body := b"".join(self._chunks)):
            self._stays = False
            self._chunks = [body[: body.index(b"\n\n") + 2]]
            self._finish()

    def on_message_complete(self) -> None:
        """Called by the parser."""
        self._finish()

    def _finish(self) -> None:
        if not self._done.done():
            self._answer.body = b"".join(self._chunks)
            self._done.set_result(self._answer)
