"""The control room of 112 as it changes: server-sent events to every dispatcher's desk.

An event's id says all that a desk has: the digest of each part of its page, and the number of the last entry of the
journal that it was told. So a desk that lost its gateway goes on at any other one: entries are read from the pillar by
their numbers, which have no gaps, and nothing of a desk is kept here.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import grpc.aio
import msgspec
import structlog

from gateway.calls.pillars import Pillars
from gateway.city.dispatch_board import DEADLINE, Board, entries, read
from gateway.streams.control_room import CHECK_SECONDS, PATIENCE_SECONDS, PERIOD_SECONDS, digest, known, seen_of
from gateway.streams.events import ALIVE, HEARTBEAT_SECONDS, LONGEST_SECONDS, Looks, Room, Stream, event
from gateway.visitors.places import Places
from services.kit import tasks
from services.kit.caller import Caller
from smartcity.governance.v1 import incidents_views

_log = structlog.get_logger(__name__)

PILLAR = "governance"
LOG = "log"
"""Name of the journal's number within an id."""
REST_SECONDS = 0.3
"""Shortest time between two readings, however many events nudge."""

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
    clock: Callable[[Board], str]
    """When the board was read, in words."""
    valid: Callable[[], Awaitable[bool]]
    """Whether its login still holds."""


@dataclass
class _Group:
    """Desks of one language."""

    desks: list[Desk] = field(default_factory=list)
    parts: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    clock: bytes = b""
    last: int = 0
    looks: Looks = field(default_factory=Looks)

    def show(self, desk: Desk, board: Board) -> None:
        self.parts = {
            name: (digest(html), msgspec.json.encode({"part": name, "html": html}))
            for name, html in desk.shown(board).items()
        }
        self.clock, self.last = msgspec.json.encode(desk.clock(board)), board.last
        self.looks.another()


class Dispatchers:
    """The desks that are open, and the one task that reads for them."""

    def __init__(self, pillars: Pillars, places: Places) -> None:
        """``places`` bounds the streams, in all and of one login."""
        self.pillars = pillars
        self.room = Room(places, "your login", "reload the page")
        self._groups: dict[str, _Group] = {}
        self._nudged = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    def nudge(self, pillar: str) -> None:
        """Reads soon: something happened in that pillar."""
        if pillar == PILLAR:
            self._nudged.set()

    def close(self) -> None:
        """Ends all streams, so that a gateway that is told to stop can; their browsers find another one."""
        self._closed = True
        for group in self._groups.values():
            group.looks.another()

    async def stop(self) -> None:
        """Ends the task."""
        if self._task is not None:
            await tasks.end(self._task)

    def stream(self, desk: Desk, seen: str) -> Stream:
        """What changes at a desk as an answer; ``seen`` is what it has, by the id of the last event or of the page."""
        return Stream(self.events(desk, seen), self.room, f"login {desk.caller.subject}")

    async def events(self, desk: Desk, seen: str) -> AsyncGenerator[bytes, None]:
        """Bytes of the stream: each entry of the journal once, in order, and parts that are not what the desk has."""
        clock = asyncio.get_running_loop().time
        end = clock() + LONGEST_SECONDS
        checked, has = clock(), known(seen)
        yield b"retry: 2000\n\n"
        with self._at_work(desk) as group:
            looks, told = 0, b""
            while not self._closed and clock() < end:
                if not await group.looks.past(looks, HEARTBEAT_SECONDS if looks else PATIENCE_SECONDS):
                    yield ALIVE
                if clock() - checked >= CHECK_SECONDS:
                    checked = clock()
                    if not await desk.valid():
                        yield event("over", b"")
                        return
                looks = group.looks.count
                for entry in await self._entries(desk, has, group.last):
                    has[LOG] = str(entry.number)
                    yield event("entry", msgspec.json.encode(desk.worded(entry)), seen_of(has))
                for name, (mark, data) in group.parts.items():
                    if has.get(name) != mark:
                        has[name] = mark
                        yield event("part", data, seen_of(has))
                if group.clock != told:  # while the pillar does not answer it stands still
                    told = group.clock
                    yield event("at", told)

    async def _entries(self, desk: Desk, has: dict[str, str], last: int) -> list[Entry]:
        """What a desk was not told yet; what cannot be read now is told with the next look."""
        after = has.get(LOG, "")
        if not after.isdigit() or len(after) > len(str(1 << 62)):
            has[LOG] = str(last)  # a desk that says nothing begins now
            return []
        found: list[Entry] = []
        with suppress(grpc.aio.AioRpcError):
            at = int(after)
            while at < last:
                page = await entries(self.pillars, desk.caller, at)
                if not page:
                    break
                found += page
                at = page[-1].number or last
        return found

    @contextmanager
    def _at_work(self, desk: Desk) -> Iterator[_Group]:
        group = self._groups.setdefault(desk.language, _Group())
        group.desks.append(desk)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._keep(), name="dispatch board")
        self._nudged.set()
        try:
            yield group
        finally:
            group.desks.remove(desk)
            if not group.desks:
                del self._groups[desk.language]

    async def _keep(self) -> None:
        """Reads until the last desk closes."""
        while self._groups:
            self._nudged.clear()
            try:
                await self._look()
            except grpc.aio.AioRpcError as error:
                _log.debug("dispatch board not read", code=error.code().name)
            except Exception:
                _log.exception("dispatch board failed")
            await asyncio.sleep(REST_SECONDS)
            with suppress(TimeoutError):
                async with asyncio.timeout(PERIOD_SECONDS - REST_SECONDS):
                    await self._nudged.wait()

    async def _look(self) -> None:
        """Reads once, as one of those who look: all of them may see the same."""
        desks = [group.desks[-1] for group in self._groups.values() if group.desks]
        if not desks:
            return
        board = await read(self.pillars, desks[-1].caller, DEADLINE)
        for group in list(self._groups.values()):
            if group.desks:
                group.show(group.desks[-1], board)
                await asyncio.sleep(0)  # others have their turn between two
