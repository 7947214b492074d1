"""Streams of server-sent events: what all of them share. A stream holds a place while it is open, and a heartbeat."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager, suppress
from dataclasses import dataclass, field

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from gateway.answers.problems import Problem
from gateway.visitors.places import Places

HEARTBEAT_SECONDS = 15.0
"""Between two signs of life, so that proxies keep the connection and a dead one is noticed."""
LONGEST_SECONDS = 600.0
"""A stream ends after this long; browsers connect again by themselves."""
CHECK_SECONDS = 5.0
"""How long a stream may tell more after its login has ended."""
HEADERS = {
    "cache-control": "no-store",
    "x-accel-buffering": "no",  # nginx would hold events back
}
ALIVE = b":\n\n"


def event(name: str, data: bytes, id: str | None = None) -> bytes:  # noqa: A002 - the field's own word
    """One event. ``data`` is of one line; with an ``id`` a browser that connects again says where it stood."""
    told = b"id: %b\n" % id.encode() if id is not None else b""
    return b"event: %b\n%bdata: %b\n\n" % (name.encode(), told, data)


@dataclass
class Looks:
    """How often something was looked at anew, for all who wait for the next time."""

    count: int = 0
    _next: asyncio.Event = field(default_factory=asyncio.Event)

    def another(self) -> None:
        """Lets all who wait look."""
        self.count += 1
        self._next.set()
        self._next = asyncio.Event()

    async def past(self, known: int, seconds: float) -> bool:
        """Waits until there was another than the one that is known; False when there was none for that long."""
        if self.count == known:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._next.wait()
        return self.count != known


class Room:
    """The room for streams of a kind: how many there may be, whose a place is, and what those do who get none."""

    def __init__(self, places: Places, whose: str, instead: str) -> None:
        """``whose``: such as "your address"; ``instead``: such as "read the payment"."""
        self.places, self._whose, self._instead = places, whose, instead

    @contextmanager
    def place(self, who: str) -> Iterator[None]:
        """Counts a stream while it is open; refuses the one too many: TOO_MANY_STREAMS, STREAMS_FULL."""
        places, instead = self.places, self._instead
        own = f"{places.most_each} streams are open from {self._whose}. Close some, or {instead} instead."
        every = f"Very many wait right now. Instead, {instead} every few seconds."
        with places.place(
            who,
            Problem(429, "TOO_MANY_STREAMS", own, headers={"retry-after": "5"}),
            Problem(503, "STREAMS_FULL", every, headers={"retry-after": "5"}),
        ):
            yield


class Stream(StreamingResponse):
    """One listener's answer; counted while it is open, closed with the connection."""

    media_type = "text/event-stream"

    def __init__(self, events: AsyncGenerator[bytes, None], room: Room, who: str) -> None:
        """``who`` holds the place: an address or a login."""
        self._events, self._room, self._who = events, room, who
        super().__init__(events, headers=HEADERS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Streams; TOO_MANY_STREAMS or STREAMS_FULL before anything is sent."""
        async with aclosing(self._events):
            with self._room.place(self._who):
                await super().__call__(scope, receive, send)
