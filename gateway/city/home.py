"""The city home in memory: what each pillar shows, fetched by a task of its own, read without a hop.

A dead pillar costs its section's freshness, never the page: ``as_of`` stands still and the status says so.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import grpc
import msgspec
import structlog

from gateway.answers.packing import LEVEL, packed
from gateway.calls.contracts import RPCS, view
from gateway.calls.pillars import PILLARS, Pillars
from services.kit import tasks
from services.kit.rpc.contract import Rpc

_log = structlog.get_logger(__name__)

PERIOD = 1.0
"""Seconds between two fetches of a section without a nudge."""
REST = 0.5
"""Shortest time between two fetches in seconds, however many events nudge."""
DEADLINE = 2.0
"""Seconds a fetch may take; one that is given up and begun anew comes later than a slow one."""
STALE_AFTER = 3.0
"""Age in seconds from which a section is called stale."""


class Section(msgspec.Struct, frozen=True, omit_defaults=True):
    """One pillar's part of the home."""

    status: str
    """``ok``, ``stale`` (the pillar does not answer; this is what it last said) or ``unavailable`` (never answered)."""
    as_of: datetime | None = None
    """When the pillar said so; stands still while it does not answer."""
    overview: Any = None
    """What the pillar shows: the view of its ``GetOverviewResponse``."""


class CityHome(msgspec.Struct, frozen=True):
    """The body of ``GET /v1/city``."""

    city: Mapping[str, Any]
    sections: Mapping[str, Any]


OVERVIEWS: dict[str, Rpc] = {rpc.pillar: rpc for rpc in RPCS.values() if rpc.method.name == "GetOverview"}
"""What each pillar's section is asked with."""


class Home:
    """The sections, and the ready answer made of them."""

    def __init__(self, city: Callable[[], Mapping[str, Any]], pillars: Pillars) -> None:
        """What ``city`` says now stands at the head of the answer."""
        self._city = city
        self._pillars = pillars
        self._seen: dict[str, float] = {}
        self._nudges = {name: asyncio.Event() for name in PILLARS}
        self._tried: set[str] = set()
        self._raw: dict[str, msgspec.Raw] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self.sections: dict[str, Section] = {}
        self.changes = 0
        """How often what a section shows has changed."""
        self.body = b""
        self._packed = b""
        for name in PILLARS:
            self._put(name, Section("unavailable"))
        self._render()

    @property
    def tried(self) -> bool:
        """Whether each section was asked for at least once, with or without an answer."""
        return len(self._tried) == len(PILLARS)

    def section(self, name: str) -> Section:
        """The section of a pillar as it stands."""
        return self.sections[name]

    @property
    def packed(self) -> bytes:
        """The body as gzip, made when it is first asked for."""
        if not self._packed:
            self._packed = packed(self.body, LEVEL)
        return self._packed

    def nudge(self, pillar: str) -> None:
        """Fetches a section soon: something happened in that pillar."""
        if (event := self._nudges.get(pillar)) is not None:
            event.set()

    def start(self) -> None:
        """Starts a task per section."""
        self._tasks = [asyncio.create_task(self._keep(name), name=f"section {name}") for name in PILLARS]

    async def stop(self) -> None:
        """Stops the tasks."""
        await tasks.end(*self._tasks)

    async def _keep(self, name: str) -> None:
        while True:
            self._nudges[name].clear()
            try:
                await self._fetch(name)
            except Exception:
                _log.exception("section failed", pillar=name)
            self._tried.add(name)
            await asyncio.sleep(REST)
            with suppress(TimeoutError):
                async with asyncio.timeout(PERIOD - REST):
                    await self._nudges[name].wait()

    async def _fetch(self, name: str) -> None:
        rpc = OVERVIEWS[name]
        asked = datetime.now(UTC)
        try:
            answer = await self._pillars.look(rpc.request(), rpc.answer, within=DEADLINE)
        except grpc.aio.AioRpcError as error:
            self._age(name, error)
            return
        if self.sections[name].status != "ok":
            _log.info("section is fresh", pillar=name)
        self._seen[name] = time.monotonic()
        found, last = view(rpc.method.output_type)(answer), self.sections[name].overview
        self._put(name, Section("ok", asked, last if found == last else found))  # who compares two is quick with one
        self._render()

    def _age(self, name: str, error: grpc.aio.AioRpcError) -> None:
        section = self.sections[name]
        if section.status == "ok" and time.monotonic() - self._seen[name] > STALE_AFTER:
            _log.warning("section is stale", pillar=name, code=error.code().name)
            self._put(name, Section("stale", section.as_of, section.overview))
            self._render()

    def _put(self, name: str, section: Section) -> None:
        last = self.sections.get(name)
        self.changes += last is None or (last.status, last.overview) != (section.status, section.overview)
        self.sections[name] = section
        self._raw[name] = msgspec.Raw(msgspec.json.encode(section))

    def _render(self) -> None:
        self.body = msgspec.json.encode(CityHome(self._city(), self._raw))
        self._packed = b""
