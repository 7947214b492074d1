"""The control room of floods as it changes, to every desk that is open; proposals to those alone whose they are."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import grpc.aio

from gateway.city.control_room import ControlRoom
from gateway.city.control_room import Room as Watched
from gateway.streams.desks import OpenDesks
from gateway.visitors.places import Places
from services.kit.caller import Caller
from smartcity.environment.v1 import warnings_views

Waiting = Sequence[warnings_views.Warning]


@dataclass(frozen=True)
class Desk:
    """A desk that is open."""

    caller: Caller
    language: str
    decides: bool
    """Whether proposals of warnings are its to see."""
    shown: Callable[[Watched, Waiting], Mapping[str, str]]
    """Makes the parts for all desks of this language that see as much."""
    clock: Callable[[Watched], str]
    """When the room was read, in words."""
    valid: Callable[[], Awaitable[bool]]
    """Whether its login still holds."""


class Desks(OpenDesks[Desk]):
    """The desks of the control room."""

    name = "control room"
    pillar = "environment"

    def __init__(self, watched: ControlRoom, places: Places) -> None:
        """``places`` bounds the streams, in all and of one login."""
        super().__init__(places)
        self.watched = watched
        self._waiting: Waiting = ()
        self.readings = 0
        """Readings so far."""

    def key(self, desk: Desk) -> tuple[str, bool]:
        """By language, and by whether proposals are theirs to see."""
        return desk.language, desk.decides

    async def look(self) -> None:
        """Reads the room, and what is proposed where somebody decides on it."""
        watched, _ = await asyncio.gather(self.watched.now(), self._decisions())
        self.readings += 1
        for group in list(self.groups.values()):
            desk = group.desks[-1] if group.desks else None
            if desk is not None:
                group.show(desk.shown(watched, self._waiting if desk.decides else ()), desk.clock(watched))
                await asyncio.sleep(0)  # others have their turn between two

    async def _decisions(self) -> None:
        """What is proposed, read as one of those who may see it; what was read before while it cannot be."""
        callers = [desk.caller for group in self.groups.values() for desk in group.desks if desk.decides]
        if callers:
            with suppress(grpc.aio.AioRpcError):
                self._waiting = await self.watched.waiting(callers[-1])
