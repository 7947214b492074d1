"""The control room of 112 as it changes, to every dispatcher's desk.

The id of an event names the last entry of the journal that a desk was told, too. So a desk that lost its gateway goes
on at any other one: entries are read from the pillar by their numbers, which have no gaps, and nothing of a desk is
kept here. Who was away for long is told the latest alone, and that there were others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

import grpc.aio
import msgspec

from gateway.calls.pillars import Pillars
from gateway.city.dispatch_board import DEADLINE, Board, entries, newest, read
from gateway.streams.desks import OpenDesks, seen_of
from gateway.streams.events import event
from gateway.visitors.places import Places
from services.kit.caller import Caller
from services.kit.numbers import typed
from smartcity.governance.v1 import incidents_views

LOG = "log"
"""Name of the journal's number within an id."""
MOST = 1_000
"""Entries that a desk which comes back is told. Its page shows the last few, and has all else as it is now."""
_DIGITS = 18
"""More than any number of an entry has."""

Entry = incidents_views.DispatchEntry


@dataclass(frozen=True)
class Desk:
    """A dispatcher's desk that is open."""

    caller: Caller
    language: str
    shown: Callable[[Board], Mapping[str, str]]
    """Makes the parts of the page for all desks of this language."""
    worded: Callable[[Entry], Mapping[str, str]]
    """What an entry says, and where it leads."""
    left_out: Callable[[int], Mapping[str, str]]
    """What a desk is told instead of so many entries, and where it leads."""
    clock: Callable[[Board], str]
    """When the board was read, in words."""
    valid: Callable[[], Awaitable[bool]]
    """Whether its login still holds."""


class Dispatchers(OpenDesks[Desk]):
    """The desks of dispatchers."""

    name = "dispatch board"
    pillar = "governance"

    def __init__(self, pillars: Pillars, places: Places) -> None:
        """``places`` bounds the streams, in all and of one login."""
        super().__init__(places)
        self.pillars = pillars
        self._last = 0
        """Number of the journal's last entry when the board was read."""

    def key(self, desk: Desk) -> str:
        """By language: all dispatchers see the same."""
        return desk.language

    async def look(self) -> None:
        """Reads the board, as one of those who look."""
        desks = [group.desks[-1] for group in self.groups.values() if group.desks]
        if not desks:
            return
        board = await read(self.pillars, desks[-1].caller, DEADLINE)
        self._last = board.last
        for group in list(self.groups.values()):
            if group.desks:
                desk = group.desks[-1]
                group.show(desk.shown(board), desk.clock(board))
                await asyncio.sleep(0)  # others have their turn between two

    async def before(self, desk: Desk, has: dict[str, str]) -> list[bytes]:
        """Each entry of the journal once, in order."""
        told, left = [], self._left_out(has)
        for entry in await self._entries(desk, has):
            has[LOG] = str(entry.number)
            told.append(event("entry", msgspec.json.encode(desk.worded(entry)), seen_of(has)))
        if left:  # at last, where it is read and said
            told.append(event("entry", msgspec.json.encode(desk.left_out(left)), seen_of(has)))
        return told

    def _left_out(self, has: dict[str, str]) -> int:
        """How many entries a desk that was away for long is not told: it goes on after them."""
        at, first = typed(has.get(LOG, ""), _DIGITS), self._last - MOST
        if at is None or at >= first:
            return 0
        has[LOG] = str(first)
        return first - at

    async def _entries(self, desk: Desk, has: dict[str, str]) -> list[Entry]:
        """What a desk was not told yet; what cannot be read now is told with the next look."""
        at, last = typed(has.get(LOG, ""), _DIGITS), self._last
        if at is None:
            if last:
                has[LOG] = str(last)  # a desk that says nothing begins now
            return []
        found: list[Entry] = []
        with suppress(grpc.aio.AioRpcError):
            if at > last:
                # Told by a gateway that is ahead of this one, or before the journal was restored: it begins at the end.
                has[LOG] = str(min(at, await newest(self.pillars, desk.caller)))
            while at < last:
                page = await entries(self.pillars, desk.caller, at)
                if not page:
                    break
                found += page
                at = page[-1].number or last
        return found
