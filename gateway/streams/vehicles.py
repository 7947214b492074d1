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

EVERY_SECONDS = 5.0
"""Between two looks: vehicles tell every ten seconds or so."""
_log = structlog.get_logger(__name__)


def stream(live: Live, vehicles: Kept[Mapping[str, bytes]], address: str, *, once: bool) -> Stream:
    """The vehicles as an answer: all of them as JSON, by their ids. ``once`` ends it after the first event."""
    room = Room(live.room.places, "your address", "read the list of vehicles")
    return Stream(_events(live, vehicles, once=once), room, address)


async def _events(live: Live, vehicles: Kept[Mapping[str, bytes]], *, once: bool) -> AsyncGenerator[bytes, None]:
    clock = asyncio.get_running_loop().time
    end, told = clock() + LONGEST_SECONDS, clock()
    seen: Mapping[str, bytes] | None = None
    while not live.closed and clock() < end:
        now = await _now(vehicles)
        if now is not None and now is not seen:
            news = changed(seen, now)
            seen = now
            if news:
                told = clock()
                yield news
        if once:
            return
        if clock() - told > HEARTBEAT_SECONDS:
            told = clock()
            yield ALIVE
        await live.pause(EVERY_SECONDS)


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
