"""Where vehicles are, live: server-sent events for whoever looks, fed by one reading for all of them.

The first event has all vehicles in service, each further one those of which something has changed since.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing

import grpc.aio
import structlog
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from gateway.calls.kept import Kept
from gateway.streams.payments import HEADERS, HEARTBEAT_SECONDS, LONGEST_SECONDS, Live

EVERY_SECONDS = 5.0
"""Between two looks: vehicles tell every ten seconds or so."""
_ALIVE = b":\n\n"
_log = structlog.get_logger(__name__)


class VehicleStream(StreamingResponse):
    """One listener's answer; counted among all streams while it is open, closed with the connection."""

    media_type = "text/event-stream"

    def __init__(self, live: Live, vehicles: Kept[Mapping[str, bytes]], address: str, *, once: bool) -> None:
        """``vehicles`` are all of them as JSON, by their ids; ``once`` ends it after the first event."""
        self._live, self._address = live, address
        self._events = _events(live, vehicles, once=once)
        super().__init__(self._events, headers=HEADERS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Streams; TOO_MANY_STREAMS or STREAMS_FULL before anything is sent."""
        async with aclosing(self._events):
            with self._live.place(self._address):
                await super().__call__(scope, receive, send)


async def _events(live: Live, vehicles: Kept[Mapping[str, bytes]], *, once: bool) -> AsyncGenerator[bytes, None]:
    clock = asyncio.get_running_loop().time
    end, told = clock() + LONGEST_SECONDS, clock()
    seen: Mapping[str, bytes] | None = None
    while not live.closed and clock() < end:
        now = await _now(vehicles)
        if now is not None and now is not seen:
            event = changed(seen, now)
            seen = now
            if event:
                told = clock()
                yield event
        if once:
            return
        if clock() - told > HEARTBEAT_SECONDS:
            told = clock()
            yield _ALIVE
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
    return b'event: vehicles\ndata: {"vehicles":[%b],"gone":[%b]}\n\n' % (b",".join(rows), b",".join(gone))
