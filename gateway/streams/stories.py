"""Stories as they go on: server-sent events for whoever reads one. A stream begins with all that is known.

Listeners of one story share a look; looks are taken every other second, and few at the same time.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass

import grpc.aio
import msgspec
import structlog

from gateway.calls.pillars import Pillars
from gateway.streams.events import ALIVE, HEARTBEAT_SECONDS, LONGEST_SECONDS, Room, Stream, event
from gateway.streams.payments import Live
from gateway.visitors.places import Places
from smartcity.governance.v1 import stories_pb2 as pb
from smartcity.governance.v1 import stories_views as views

EVERY_SECONDS = 2.0
LOOK_SECONDS = 1.5
LOOKS = 8
"""Looks under way at the same time."""

_log = structlog.get_logger(__name__)


@dataclass
class _Look:
    """A story as it was looked at last, and who still reads it."""

    listeners: int = 0
    at: float = float("-inf")
    story: pb.Story | None = None


class Stories:
    """The stories that are read live, and who reads them."""

    def __init__(self, live: Live, pillars: Pillars, places: Places) -> None:
        """``places`` bounds the streams, in all and of one address. The streams end with those of ``live``."""
        self._live, self._pillars = live, pillars
        self.room = Room(places, "your address", "read the story")
        self._known: dict[str, _Look] = {}
        self._looks = asyncio.Semaphore(LOOKS)

    def stream(self, story: pb.Story, address: str, *, once: bool) -> Stream:
        """The events of a story as an answer, beginning with those that are known. ``once`` ends it after them."""
        return Stream(self.events(story, once=once), self.room, address)

    async def events(self, story: pb.Story, *, once: bool = False) -> AsyncGenerator[bytes, None]:
        """Bytes of the stream: an event ``happened`` for each of the story's, once each."""
        clock = asyncio.get_running_loop().time
        end, told = clock() + LONGEST_SECONDS, clock()
        seen: set[str] = set()
        look = self._known.setdefault(story.correlation, _Look())
        look.listeners += 1
        try:
            while True:
                for one in story.events:
                    if one.id not in seen:
                        seen.add(one.id)
                        told = clock()
                        yield event("happened", msgspec.json.encode(views.story_event(one)), one.id)
                if once:
                    return
                if clock() - told > HEARTBEAT_SECONDS:
                    told = clock()
                    yield ALIVE
                await self._live.pause(EVERY_SECONDS)
                if self._live.closed or clock() > end:
                    return
                story = await self._again(look, story)
        finally:
            look.listeners -= 1
            if not look.listeners:
                self._known.pop(story.correlation, None)

    async def _again(self, look: _Look, story: pb.Story) -> pb.Story:
        """The story as it is now; as it was where it cannot be read."""
        clock = asyncio.get_running_loop().time
        async with self._looks:
            if clock() - look.at < EVERY_SECONDS / 2 and look.story is not None:
                return look.story
            try:
                request = pb.GetStoryRequest(correlation=story.correlation)
                found = await self._pillars.look(request, pb.GetStoryResponse, within=LOOK_SECONDS)
            except grpc.aio.AioRpcError as error:
                _log.info("story not read for listeners", code=error.code().name)
                return story
            look.at, look.story = clock(), found.story
            return found.story
