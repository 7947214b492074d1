"""The control room as it changes: server-sent events to every desk that is open, fed by one reading for all of them.

While a desk is open the room is read each second, and at once when the pillar nudges. Each part of the page is made
once for all who are shown the same (language, and whether proposals are theirs to see) and sent where it differs from
what a desk has: what it costs does not grow with those who look. A desk that connects again says what it has.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import grpc.aio
import msgspec
import structlog

from gateway.city.control_room import ControlRoom
from gateway.city.control_room import Room as Watched
from gateway.streams.events import ALIVE, HEARTBEAT_SECONDS, LONGEST_SECONDS, Looks, Room, Stream, event
from gateway.visitors.places import Places
from services.kit import tasks
from services.kit.caller import Caller
from smartcity.environment.v1 import warnings_views

_log = structlog.get_logger(__name__)

PILLAR = "environment"
PERIOD_SECONDS = 1.0
"""Between two readings without a nudge: readings of sensors nudge nobody."""
REST_SECONDS = 0.3
"""Shortest time between two readings, however many events nudge."""
CHECK_SECONDS = 5.0
"""How long a desk may be told more after its login has ended."""
PATIENCE_SECONDS = 2.0
"""How long a desk that opens waits for the first reading before its first sign of life."""

Waiting = Sequence[warnings_views.Warning]
Parts = Mapping[str, str]
"""Parts of the page by their names, as they are now."""


@dataclass(frozen=True)
class Desk:
    """A desk that is open."""

    caller: Caller
    language: str
    decides: bool
    """Whether proposals of warnings are its to see."""
    shown: Callable[[Watched, Waiting], Parts]
    """Makes the parts for all desks of this language that see as much."""
    clock: Callable[[Watched], str]
    """When the room was read, in words."""
    valid: Callable[[], Awaitable[bool]]
    """Whether its login still holds."""


@dataclass
class _Group:
    """Desks that are shown the same. ``looks`` are the readings that were shown."""

    desks: list[Desk] = field(default_factory=list)
    parts: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    """By their names: a digest, and the event's data."""
    clock: bytes = b""
    looks: Looks = field(default_factory=Looks)

    def show(self, parts: Parts, clock: str) -> None:
        self.parts = {name: (digest(html), _data(name, html)) for name, html in parts.items()}
        self.clock = msgspec.json.encode(clock)
        self.looks.another()


class Desks:
    """The desks that are open, and the one task that reads for them."""

    def __init__(self, watched: ControlRoom, places: Places) -> None:
        """``places`` bounds the streams, in all and of one login."""
        self.watched = watched
        self.room = Room(places, "your login", "reload the page")
        self._groups: dict[tuple[str, bool], _Group] = {}
        self._waiting: Waiting = ()
        self._nudged = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._closed = False
        self.readings = 0
        """Readings so far."""

    @property
    def open(self) -> int:
        """Desks that are open."""
        return sum(len(group.desks) for group in self._groups.values())

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
        """Bytes of the stream: parts that are not what the desk has, and when they were read.

        It ends after a while, and with the login.
        """
        clock = asyncio.get_running_loop().time
        end = clock() + LONGEST_SECONDS
        checked = clock()
        has = known(seen)
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
                for name, (mark, data) in group.parts.items():
                    if has.get(name) != mark:
                        has[name] = mark
                        yield event("part", data, seen_of(has))
                if group.clock != told:  # while the pillar does not answer it stands still
                    told = group.clock
                    yield event("at", told)

    @contextmanager
    def _at_work(self, desk: Desk) -> Iterator[_Group]:
        key = (desk.language, desk.decides)
        group = self._groups.setdefault(key, _Group())
        group.desks.append(desk)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._keep(), name="control room")
        self._nudged.set()
        try:
            yield group
        finally:
            group.desks.remove(desk)
            if not group.desks:
                del self._groups[key]

    async def _keep(self) -> None:
        """Reads until the last desk closes."""
        while self._groups:
            self._nudged.clear()
            try:
                await self._look()
            except grpc.aio.AioRpcError as error:
                _log.debug("control room not read", code=error.code().name)
            except Exception:
                _log.exception("control room failed")
            await asyncio.sleep(REST_SECONDS)
            with suppress(TimeoutError):
                async with asyncio.timeout(PERIOD_SECONDS - REST_SECONDS):
                    await self._nudged.wait()

    async def _look(self) -> None:
        watched, _ = await asyncio.gather(self.watched.now(), self._decisions())
        self.readings += 1
        for (_, decides), group in list(self._groups.items()):
            desk = group.desks[-1] if group.desks else None
            if desk is not None:
                group.show(desk.shown(watched, self._waiting if decides else ()), desk.clock(watched))
                await asyncio.sleep(0)  # others have their turn between two

    async def _decisions(self) -> None:
        """What is proposed, read as one of those who may see it; what was read before while it cannot be."""
        callers = [desk.caller for group in self._groups.values() for desk in group.desks if desk.decides]
        if callers:
            with suppress(grpc.aio.AioRpcError):
                self._waiting = await self.watched.waiting(callers[-1])


def digest(html: str) -> str:
    """A short name of what a part says."""
    return hashlib.blake2b(html.encode(), digest_size=5).hexdigest()


def seen_of(marks: Mapping[str, str]) -> str:
    """What a desk has, as the id of an event: each part with its digest."""
    return ".".join(f"{name}-{mark}" for name, mark in marks.items())


def known(seen: str) -> dict[str, str]:
    """The reverse of ``seen_of``; nothing where it is none of ours."""
    pairs = (each.partition("-") for each in seen.split(".")[:16])
    return {name: mark for name, _, mark in pairs if name and mark}


def _data(name: str, html: str) -> bytes:
    return msgspec.json.encode({"part": name, "html": html})
