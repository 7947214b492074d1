"""Pages of officers as they change: server-sent events to every desk that is open, fed by one reading for all of them.

While a desk is open what it shows is read each second, and at once when the pillar nudges. Each part of the page is
made once for all who are shown the same and sent where it differs from what a desk has: what it costs does not grow
with those who look. A desk that connects again, here or at another gateway, says what it has by the id of its last
event.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

import grpc.aio
import msgspec
import structlog

from gateway.streams.events import ALIVE, CHECK_SECONDS, HEARTBEAT_SECONDS, LONGEST_SECONDS, Looks, Room, Stream, event
from gateway.visitors.places import Places
from services.kit import tasks
from services.kit.caller import Caller

_log = structlog.get_logger(__name__)
_SEEN = re.compile(r"(?P<name>[a-z_]+)-(?P<mark>[0-9a-z]+)")

PERIOD_SECONDS = 1.0
"""Between two readings without a nudge: readings of sensors nudge nobody."""
REST_SECONDS = 0.3
"""Shortest time between two readings, however many events nudge."""
PATIENCE_SECONDS = 2.0
"""How long a desk that opens waits for the first reading before its first sign of life."""


class Open(Protocol):
    """A desk that is open."""

    @property
    def caller(self) -> Caller:
        """Whose it is."""

    @property
    def valid(self) -> Callable[[], Awaitable[bool]]:
        """Whether its login still holds."""


D = TypeVar("D", bound=Open)


@dataclass
class Group(Generic[D]):
    """Desks that are shown the same. ``looks`` are the readings that were shown."""

    desks: list[D] = field(default_factory=list)
    parts: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    """By their names: a digest, and the event's data."""
    clock: bytes = b""
    looks: Looks = field(default_factory=Looks)

    def show(self, parts: Mapping[str, str], clock: str) -> None:
        """Shows parts of the page by their names, as they were at a time, in words."""
        self.parts = {
            name: (digest(html), msgspec.json.encode({"part": name, "html": html})) for name, html in parts.items()
        }
        self.clock = msgspec.json.encode(clock)
        self.looks.another()


class OpenDesks(Generic[D]):
    """The desks that are open, and the one task that reads for them."""

    name: str
    """Of what they show, in logs."""
    pillar: str
    """Whose events nudge it."""

    def __init__(self, places: Places) -> None:
        """``places`` bounds the streams, in all and of one login."""
        self.room = Room(places, "your login", "reload the page")
        self.groups: dict[Hashable, Group[D]] = {}
        self._nudged = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    def key(self, desk: D) -> Hashable:
        """Desks of one key are shown the same."""
        raise NotImplementedError

    async def look(self) -> None:
        """Reads once, and shows it to each group."""
        raise NotImplementedError

    async def before(self, desk: D, has: dict[str, str]) -> list[bytes]:
        """What a desk is told before its parts: events, whose ids say what it has then."""
        return []

    @property
    def open(self) -> int:
        """Desks that are open."""
        return sum(len(group.desks) for group in self.groups.values())

    def nudge(self, pillar: str) -> None:
        """Reads soon: something happened in that pillar."""
        if pillar == self.pillar:
            self._nudged.set()

    def close(self) -> None:
        """Ends all streams, so that a gateway that is told to stop can; their browsers find another one."""
        self._closed = True
        for group in self.groups.values():
            group.looks.another()

    async def stop(self) -> None:
        """Ends the task."""
        if self._task is not None:
            await tasks.end(self._task)

    def stream(self, desk: D, seen: str) -> Stream:
        """What changes at a desk as an answer; ``seen`` is what it has, by the id of the last event or of the page."""
        return Stream(self.events(desk, seen), self.room, f"login {desk.caller.subject}")

    async def events(self, desk: D, seen: str) -> AsyncGenerator[bytes, None]:
        """Bytes of the stream: parts that are not what the desk has, and when they were read.

        It ends after a while, and with the login.
        """
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
                for each in await self.before(desk, has):
                    yield each
                for name, (mark, data) in group.parts.items():
                    if has.get(name) != mark:
                        has[name] = mark
                        yield event("part", data, seen_of(has))
                if group.clock != told:  # while the pillar does not answer it stands still
                    told = group.clock
                    yield event("at", told)

    @contextmanager
    def _at_work(self, desk: D) -> Iterator[Group[D]]:
        key = self.key(desk)
        group = self.groups.setdefault(key, Group())
        group.desks.append(desk)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._keep(), name=self.name)
        self._nudged.set()
        try:
            yield group
        finally:
            group.desks.remove(desk)
            if not group.desks:
                del self.groups[key]

    async def _keep(self) -> None:
        """Reads until the last desk closes."""
        while self.groups:
            self._nudged.clear()
            try:
                await self.look()
            except grpc.aio.AioRpcError as error:
                _log.debug("not read", what=self.name, code=error.code().name)
            except Exception:
                _log.exception("reading failed", what=self.name)
            await asyncio.sleep(REST_SECONDS)
            with suppress(TimeoutError):
                async with asyncio.timeout(PERIOD_SECONDS - REST_SECONDS):
                    await self._nudged.wait()


def digest(html: str) -> str:
    """A short name of what a part says."""
    return hashlib.blake2b(html.encode(), digest_size=5).hexdigest()


def seen_of(marks: Mapping[str, str]) -> str:
    """What a desk has, as the id of an event: each part with its digest."""
    return ".".join(f"{name}-{mark}" for name, mark in marks.items())


def known(seen: str) -> dict[str, str]:
    """The reverse of ``seen_of``, without what is none of ours: a browser says it, and it comes back in the stream."""
    found = [_SEEN.fullmatch(each) for each in seen.split(".")[:16]]
    return {each["name"]: each["mark"] for each in found if each}
