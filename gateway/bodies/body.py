"""The body of one request: nothing of it is read until the route says what it takes."""

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import Message, Receive, Scope

from gateway.answers.problems import Problem
from gateway.bodies.flight import Flight, Pool
from gateway.bodies.kinds import SMALL, Kind, require_unpacked, type_of
from gateway.settings import GatewaySettings

READS = frozenset({"GET", "HEAD", "OPTIONS"})
_BODY = "gateway.body"


class Body:
    """Bounds what a route reads, and counts it while the request lasts."""

    def __init__(self, scope: Scope, receive: Receive, settings: GatewaySettings, flight: Flight) -> None:
        """Puts itself into the scope, where the route finds it."""
        self.settings = settings
        self.kind: Kind | None = None
        self._scope = scope
        self._receive = receive
        self._flight = flight
        self._pool: Pool = flight.small
        self._most = self._left = 0
        self._held = 0
        self._opened = False
        """Whether the beginning alone is wanted."""
        scope[_BODY] = self

    def take(self, kind: Kind) -> None:
        """Lets a body of this kind in.

        Raises MEDIA_TYPE_NOT_TAKEN, BODY_TOO_LARGE, BODIES_FROM_ADDRESS, BODIES_BUSY, from what the headers say alone.
        """
        headers = Headers(scope=self._scope)
        self.kind = kind
        if not kind.files and kind.bytes == 0:
            return
        if kind.bare:  # else what is packed would be told to be a broken file
            require_unpacked(headers)
        self._most = self._left = kind.most(type_of(headers), self.settings)
        self._pool = self._flight.uploads if kind.files else self._flight.small
        said = headers.get("content-length", "")
        if said.isdecimal() and said.isascii():
            length = int(said[:20])
            if length > self._most:
                raise _too_large(self._most)
            self._pool.check(self._address, length)

    def open(self, most: int) -> None:
        """Lets in the beginning of a body, whatever its headers say of the rest; BODY_TOO_LARGE comes where it ends."""
        self.kind, self._pool, self._opened = SMALL, self._flight.small, True
        self._most = self._left = most

    async def receive(self) -> Message:
        """The next piece. Bytes of a body that nobody takes are dropped as they come."""
        message = await self._receive()
        size = len(message.get("body", b"")) if message["type"] == "http.request" else 0
        if not size:
            return message
        if self.kind is None and self._scope["method"] not in READS:
            self.take(SMALL)
        if not self._most:
            return {**message, "body": b""}
        if self._opened and size > self._left > 0:  # servers hand on what has come so far in one piece
            message, size = {**message, "body": message["body"][: self._left]}, self._left
        self._left -= size
        if self._left < 0:
            raise _too_large(self._most)
        self._pool.take(self._address, size)
        self._held += size
        return message

    def dropped(self, size: int) -> None:
        """So many bytes of it are not kept after all."""
        size = min(size, self._held)
        self._held -= size
        self._pool.give_back(self._address, size)

    def close(self) -> None:
        """The request is over, and its body gone."""
        self.dropped(self._held)

    @property
    def _address(self) -> str:
        """Who sends it, as the admission found out."""
        return str(self._scope.get("state", {}).get("address", ""))


def body_of(request: Request) -> Body:
    """The body of a request."""
    body: Body = request.scope[_BODY]
    return body


def _too_large(most: int) -> Problem:
    return Problem(413, "BODY_TOO_LARGE", f"The body is larger than the {most:,} bytes that are taken here.")
