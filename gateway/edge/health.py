"""Probes on a port of their own, so that they get their answer however many connections the portal's port has.

Only ``/livez`` and ``/readyz``, one request a connection; the port is for the node and never behind a Service.
"""

import asyncio
from collections.abc import Callable
from typing import cast

_LONGEST = 4096
_SECONDS = 5.0

Ready = Callable[[], str]
"""Why the process is not ready; empty when it is."""


class Health(asyncio.Protocol):
    """One probe."""

    def __init__(self, ready: Ready) -> None:
        """``ready`` is asked at each ``/readyz``."""
        self._ready = ready
        self._read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Waits a moment for the question."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by name
        self._end = asyncio.get_running_loop().call_later(_SECONDS, self._transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forgets it."""
        self._end.cancel()

    def data_received(self, data: bytes) -> None:
        """Answers once the headers have come."""
        if self._transport.is_closing():
            return
        self._read += data
        if len(self._read) > _LONGEST:
            self._transport.abort()
        elif b"\r\n\r\n" in self._read:
            self._transport.write(self._answer(self._read.partition(b" ")[2].partition(b" ")[0]))
            self._transport.close()

    def _answer(self, path: bytes) -> bytes:
        if path == b"/livez":
            return _line(b"200 OK", "ok")
        if path != b"/readyz":
            return _line(b"404 Not Found", "only /livez and /readyz")
        why = self._ready()
        return _line(b"503 Service Unavailable", why) if why else _line(b"200 OK", "ready")


def _line(status: bytes, text: str) -> bytes:
    body = f"{text}\n".encode()
    head = b"HTTP/1.1 %b\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: %d\r\nconnection: close\r\n\r\n"
    return head % (status, len(body)) + body
