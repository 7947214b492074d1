"""Where vehicles are, live: server-sent events for whoever looks, fed by one reading for all of them.

The first event has all vehicles in service, each further one those of which something has changed since.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping

import grpc.aio
import structlog

from gateway.calls.kept import Kept
from gateway.streams.events import ALIVE, HEARTBEAT_SECONDS, LONGEST_SECONDS, Room, Stream, event
from gateway.streams.payments import Live
from gateway.visitors.places import Places

EVERY_SECONDS = 5.0
"""Between two looks: vehicles tell every ten seconds or so."""
_log = structlog.get_logger(__name__)


class Fleet:
    """The vehicles, and who follows them."""

    def __init__(self, live: Live, rows: Kept[Mapping[str, bytes]], places: Places) -> None:
        """``rows`` are vehicles as JSON by their ids; ``places`` bounds the streams, in all and of one address.

        The streams end with those of ``live``.
        """
        self._live, self._rows = live, rows
        self.room = Room(places, "your address", "read the list of vehicles")
        self._now: Mapping[str, bytes] | None = None
        self._news: dict[int, tuple[Mapping[str, bytes] | None, bytes]] = {}

    def stream(self, address: str, *, once: bool) -> Stream:
        """The vehicles as an answer. ``once`` ends it after the first event."""
        return Stream(self._events(once=once), self.room, address)

    def news(self, before: Mapping[str, bytes] | None, now: Mapping[str, bytes]) -> bytes:
        """What has changed, made once for all who saw the same last."""
        if now is not self._now:
            self._now, self._news = now, {}
        known = self._news.get(id(before))
        if known is None:  # what was seen is kept with it, so that nothing else has its identity meanwhile
            known = self._news[id(before)] = (before, changed(before, now))
        return known[1]

    async def _events(self, *, once: bool) -> AsyncGenerator[bytes, None]:
        clock = asyncio.get_running_loop().time
        end, told = clock() + LONGEST_SECONDS, clock()
        seen: Mapping[str, bytes] | None = None
        while not self._live.closed and clock() < end:
            now = await _now(self._rows)
            if now is not None and now is not seen:
                news = self.news(seen, now)
                seen = now
                if news:
                    told = clock()
                    yield news
            if once:
                return
            if clock() - told > HEARTBEAT_SECONDS:
                told = clock()
                yield ALIVE
            await self._live.pause(EVERY_SECONDS)


async def _now(vehicles: Kept[Mapping[str, bytes]]) -> Mapping[str, bytes] | None:
    try:
        return await vehicles.now()
    except grpc.aio.AioRpcError as error:
        _log.info("vehicles not read for listeners", code=error.code().name)
        return None


def changed(before: Mapping[str, bytes] | None, now: Mapping[str, bytes]) -> bytes:
    """The event of what has changed, with what is gone; empty where nothing has."""
    known = before or {}
    rows = [row for id_, row in now.items() if known.get(id_) != row]
    gone = [b'"%b"' % id_.encode() for id_ in known if id_ not in now]
    if before is not None and not rows and not gone:
        return b""
    return event("vehicles", b'{"vehicles":[%b],"gone":[%b]}' % (b",".join(rows), b",".join(gone)))
