"""What dispatchers of the emergency number watch: calls that wait, open incidents, units. Read as one of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

import grpc.aio

from gateway.answers.problems import error_info
from gateway.calls.pages import pages
from gateway.calls.pillars import Pillars
from services.kit.caller import Caller
from smartcity.governance.v1 import (
    emergency_calls_pb2,
    emergency_calls_views,
    incidents_pb2,
    incidents_views,
    units_pb2,
    units_views,
)

DEADLINE, PATIENCE = 1.5, 5.0
"""Seconds a page of a list may take where it is read each second, and where somebody waits for a page."""
PAGE, MOST_PAGES = 200, 3
_OPEN = (
    incidents_pb2.INCIDENT_STATE_WAITING,
    incidents_pb2.INCIDENT_STATE_DISPATCHED,
    incidents_pb2.INCIDENT_STATE_ON_SCENE,
    incidents_pb2.INCIDENT_STATE_CLEARED,
)
_ORDER = ("on_scene", "en_route", "dispatched", "available", "returning", "out_of_service")


@dataclass(frozen=True)
class Board:
    """All of it, as it stood after the entry ``last`` of the journal."""

    as_of: datetime
    last: int
    calls: Sequence[emergency_calls_views.EmergencyCall]
    incidents: Sequence[incidents_views.Incident]
    units: Sequence[units_views.Unit]
    more_calls: int = 0
    """Calls that wait beside those, the newest."""
    more_incidents: int = 0
    """Incidents that are open beside those, the least urgent."""

    @property
    def numbers(self) -> Mapping[str, int]:
        """Numbers of the incidents by their ids."""
        return {one.id: one.number for one in self.incidents}


async def read(pillars: Pillars, caller: Caller, within: float = PATIENCE) -> Board:
    """The board as somebody may see it. Raises AioRpcError."""
    look: Any = partial(pillars.look, within=within, caller=caller)
    as_of = datetime.now(UTC)
    # First the journal: what comes while the rest is read is told again, and nothing is missed.
    last = await newest(pillars, caller, within)
    (calls, more_calls), (incidents, more), units = await asyncio.gather(_calls(look), _incidents(look), _units(look))
    return Board(as_of, last, calls, incidents, units, more_calls, more)


async def newest(pillars: Pillars, caller: Caller, within: float = DEADLINE) -> int:
    """Number of the journal's last entry; 0 where it has none. Raises AioRpcError."""
    asked = incidents_pb2.ListDispatchEntriesRequest(page_size=1)
    found = await pillars.look(asked, incidents_pb2.ListDispatchEntriesResponse, within=within, caller=caller)
    return found.last


async def entries(pillars: Pillars, caller: Caller, after: int) -> Sequence[incidents_views.DispatchEntry]:
    """What happened after an entry, at most a page of it. Raises AioRpcError."""
    asked = incidents_pb2.ListDispatchEntriesRequest(after=after, page_size=PAGE)
    answer = incidents_pb2.ListDispatchEntriesResponse
    found = await pillars.look(asked, answer, within=DEADLINE, caller=caller)
    return [incidents_views.dispatch_entry(one) for one in found.entries]


async def _calls(look: Any) -> tuple[list[emergency_calls_views.EmergencyCall], int]:
    """Those that wait, the longest first, then those of paper forms, and drills last; and how many more wait."""
    ask = partial(look, answer=emergency_calls_pb2.ListEmergencyCallsResponse)
    asked = emergency_calls_pb2.ListEmergencyCallsRequest(
        page_size=PAGE, states=[emergency_calls_pb2.EMERGENCY_CALL_STATE_WAITING], oldest_first=True
    )
    found: list[emergency_calls_views.EmergencyCall] = []
    async for page in _pages(ask, asked):
        found += [emergency_calls_views.emergency_call(one) for one in page.calls]
    # As they come, but from a pillar of the version before.
    return sorted(found, key=_waits), max(0, page.total_size - len(found))


def _waits(one: emergency_calls_views.EmergencyCall) -> tuple[bool, bool, datetime, int]:
    """By which one call waits before another."""
    return one.exercise, one.paper, one.receive_time or datetime.max.replace(tzinfo=UTC), one.number


async def _incidents(look: Any) -> tuple[list[incidents_views.Incident], int]:
    """The most urgent first, each the oldest first, and drills last; and how many more are open."""
    ask = partial(look, answer=incidents_pb2.ListIncidentsResponse)
    asked = incidents_pb2.ListIncidentsRequest(page_size=PAGE, states=_OPEN, urgent_first=True)
    found: list[incidents_views.Incident] = []
    async for page in _pages(ask, asked):
        found += [incidents_views.incident(one) for one in page.incidents]
    first = sorted(found, key=lambda one: (one.exercise, one.priority, one.number))
    return first, max(0, page.total_size - len(found))


async def _pages(ask: Any, asked: Any) -> AsyncIterator[Any]:
    """The pages of a list in an order that the version before does not know. While both versions serve, either refuses
    where the other would go on: that ends the list.
    """
    try:
        async for page in pages(ask, asked, MOST_PAGES):
            yield page
    except grpc.aio.AioRpcError as error:
        told = error_info(error)
        if not asked.page_token or told is None or told.reason != "PAGE_TOKEN_INVALID":
            raise


async def _units(look: Any) -> list[units_views.Unit]:
    ask = partial(look, answer=units_pb2.ListUnitsResponse)
    found: list[units_views.Unit] = []
    async for page in pages(ask, units_pb2.ListUnitsRequest(page_size=PAGE), MOST_PAGES):
        found += [units_views.unit(one) for one in page.units]
    return sorted(found, key=lambda one: (not one.escalated, _ORDER.index(one.state or "available"), one.code))
