"""Packs pages and JSON for clients that unpack them (pure ASGI).

Streams and files of photos stay as they are. A page that another site leads somebody to, with their cookies, stays so
as well: by the size of a packed answer that holds a secret beside words of the asker, the secret could be guessed
(BREACH). That the form's token is masked anew in each page (``gateway.callers.masking``) is the other half of it.
"""

import asyncio

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.answers.packing import LEAST_BYTES, LEVEL, packed, packed_around, takes_gzip, vary, weaken
from gateway.visitors.sites import Site, site_of

BESIDE_BYTES = 64 * 1024
"""Larger bodies are packed in a thread, so that nobody else waits for them."""
MOST_BYTES = 4 << 20
"""Larger ones go as they are."""
_KINDS = ("text/html", "text/csv", "text/plain", "application/json", "application/problem+json", "application/geo+json",
          "image/svg+xml")  # fmt: skip


class Packing:
    """Stands around whatever sets headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        asked = Headers(scope=scope)
        takes = takes_gzip(asked.get("accept-encoding", "")) and not _is_led_here(asked)
        await self._app(scope, receive, _Answer(scope, send, takes=takes))


def _is_led_here(headers: Headers) -> bool:
    return "cookie" in headers and site_of(headers) is Site.OTHER


class _Answer:
    """Sends one answer on: its head waits for the body, by whose size it is decided.

    Of HEAD as well, whose answer says the length that the packed content would have (RFC 9110, 8.6); the server leaves
    the content itself away.
    """

    def __init__(self, scope: Scope, send: Send, *, takes: bool) -> None:
        self._scope = scope
        self._send = send
        self._takes = takes
        self._start: Message | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=message.setdefault("headers", []))
            if message["status"] == 304:  # its ETag is the one of the 200, which whoever compares them made
                vary(headers)
            elif headers.get("content-type", "").startswith(_KINDS) and "content-encoding" not in headers:
                self._start = message
                return
        elif self._start is not None:
            start, self._start = self._start, None
            await self._pack(start, message)
            await self._send(start)
        await self._send(message)

    async def _pack(self, start: Message, message: Message) -> None:
        headers, body = MutableHeaders(raw=start["headers"]), message.get("body", b"")
        if message.get("more_body", False) or not LEAST_BYTES <= len(body) <= MOST_BYTES:
            return
        vary(headers)
        if not self._takes:
            return
        weaken(headers)
        message["body"] = await self._packed(body)
        headers["content-encoding"] = "gzip"
        headers["content-length"] = str(len(message["body"]))

    async def _packed(self, body: bytes) -> bytes:
        if pieces := self._scope.get("state", {}).get("pieces"):
            return packed_around(body, pieces)
        return packed(body, LEVEL) if len(body) < BESIDE_BYTES else await asyncio.to_thread(packed, body, LEVEL)
