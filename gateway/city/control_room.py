"""What the control room watches: warnings, open alarms, gauges with their trend, pumps. Read once for all who look.

All of it but the proposals is everybody's to see, so one reading serves every desk; proposals are read as somebody who
may see them, and shown to such alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import chain
from typing import NamedTuple

import grpc.aio

from gateway.calls.kept import Kept
from gateway.calls.pages import pages
from gateway.calls.pillars import Pillars
from gateway.city.measuring import Limit, Measuring
from services.kit.caller import Caller
from services.kit.rpc import protos
from services.kit.rpc.rules import Field
from smartcity.environment.v1 import (
    alarms_pb2,
    alarms_views,
    datastreams_pb2,
    datastreams_views,
    observations_pb2,
    pumps_pb2,
    pumps_views,
    rules_pb2,
    rules_views,
    things_pb2,
    things_views,
    warnings_pb2,
    warnings_views,
)

FRESH, LONGEST = 0.25, 3600.0
"""Seconds that a reading is used for, and at most while the pillar does not answer."""
SLOW, TREND = 30.0, 120.0
"""Seconds that is used which changes rarely: the gauges themselves, and what they measured an hour ago. That is
told for two minutes at most while it cannot be read: older, it is no trend of the last hour."""
DEADLINE = 1.5
"""Seconds a page of a list may take."""
PAGE, MOST_PAGES = 200, 20
"""Of a list."""
SERIES = Field(observations_pb2.ListSeriesRequest.DESCRIPTOR.fields_by_name["datastreams"]).rules.max_items
"""Datastreams whose series come in one call, as the contract has it."""
HOUR, BUCKET = timedelta(hours=1), timedelta(minutes=10)
LEVELS = ("awas", "siaga", "waspada")
"""Names of rules that mean a level, the gravest first."""
_KINDS = (things_pb2.THING_KIND_RIVER_GAUGE, things_pb2.THING_KIND_TIDE_GAUGE, things_pb2.THING_KIND_RAIN_GAUGE)
_PROPERTIES = (datastreams_pb2.OBSERVED_PROPERTY_WATER_LEVEL, datastreams_pb2.OBSERVED_PROPERTY_RAINFALL)
_URGENT = ("threshold", "rate")
"""Kinds of rules that speak of water; the others of a sensor that does not speak."""


class Past(NamedTuple):
    """The last hour of a datastream: its mean when it began, None where nothing was measured then, and its sum."""

    mean: float | None = None
    total: float | None = None


NOTHING = Past()


@dataclass(frozen=True)
class Gauge:
    """A gauge and one of the properties that it measures."""

    thing: things_views.Thing
    of: datastreams_views.Datastream
    thresholds: Sequence[Limit] = ()
    past: Past = NOTHING

    @property
    def reached(self) -> Limit | None:
        """The highest threshold that the latest value is not below."""
        latest = self._credible
        return max((one for one in self.thresholds if latest and latest.value >= one.value), default=None)

    @property
    def rise(self) -> float | None:
        """By how much the value has risen within an hour; less than zero where it fell."""
        latest = self._credible
        return latest.value - self.past.mean if latest and self.past.mean is not None and not self.of.silent else None

    @property
    def _credible(self) -> datastreams_views.Reading | None:
        """The latest value where its sensor can have measured it."""
        latest = self.of.latest
        return None if latest is None or latest.out_of_range else latest


@dataclass(frozen=True)
class Room:
    """All of it, as it stood."""

    as_of: datetime
    warnings: Sequence[warnings_views.Warning]
    alarms: Sequence[alarms_views.Alarm]
    gauges: Sequence[Gauge]
    pumps: Sequence[pumps_views.PumpStation]
    rest: int = 0
    """How many alarms are open that are not shown."""


class ControlRoom:
    """The room as it was read last."""

    def __init__(self, pillars: Pillars, measuring: Measuring) -> None:
        """Reads nothing yet; ``measuring`` knows the thresholds."""
        self._pillars, self._measuring = pillars, measuring
        self._kept = Kept(self._read, FRESH, LONGEST)
        self._things = Kept(self._gauges, SLOW, LONGEST)
        self._past = Kept(self._hour, SLOW, TREND)
        self._streams: Sequence[str] = ()

    async def now(self) -> Room:
        """The room; the one before while the pillar does not answer. Raises AioRpcError where there is none."""
        return await self._kept.now()

    async def waiting(self, caller: Caller) -> list[warnings_views.Warning]:
        """What is proposed, as ``caller`` may see it. Raises AioRpcError."""
        asked = warnings_pb2.ListWarningProposalsRequest(page_size=PAGE)
        answer = warnings_pb2.ListWarningProposalsResponse
        found = await self._pillars.look(asked, answer, within=DEADLINE, caller=caller)
        return [warnings_views.warning(one) for one in found.warnings]

    async def _read(self) -> Room:
        asked_at = datetime.now(UTC)
        things, streams, limits, alarms, pumps, warnings = await asyncio.gather(
            self._things.now(), self._datastreams(), self._limits(), self._alarms(), self._pumps(), self._warnings()
        )
        found = [one for one in streams if one.thing in things]
        self._streams = [one.id for one in found]
        past = await self._trends()
        gauges = [Gauge(things[one.thing], one, limits.get(one.id, ()), past.get(one.id, NOTHING)) for one in found]
        return Room(asked_at, warnings, alarms[:PAGE], in_order(gauges), needy_first(pumps), max(0, len(alarms) - PAGE))

    async def _gauges(self) -> Mapping[str, things_views.Thing]:
        found: dict[str, things_views.Thing] = {}
        ask = partial(self._pillars.look, answer=things_pb2.ListThingsResponse, within=DEADLINE)
        async for page in pages(ask, things_pb2.ListThingsRequest(kinds=_KINDS, page_size=PAGE), MOST_PAGES):
            found |= {one.id: things_views.thing(one) for one in page.things}
        return found

    async def _datastreams(self) -> list[datastreams_views.Datastream]:
        found: list[datastreams_views.Datastream] = []
        asked = datastreams_pb2.ListDatastreamsRequest(properties=_PROPERTIES, page_size=PAGE)
        ask = partial(self._pillars.look, answer=datastreams_pb2.ListDatastreamsResponse, within=DEADLINE)
        async for page in pages(ask, asked, MOST_PAGES):
            found += [datastreams_views.datastream(one) for one in page.datastreams]
        return found

    async def _limits(self) -> Mapping[str, Sequence[Limit]]:
        """A level is worth showing without its thresholds too."""
        try:
            return await self._measuring.limits.now()
        except grpc.aio.AioRpcError:
            return {}

    async def _alarms(self) -> list[alarms_views.Alarm]:
        """All that are open. A list has the newest first, and the gravest may be older than very many silent sensors:
        each kind is read apart.
        """
        found = await asyncio.gather(*map(self._alarms_of, rules_views.RULE_KIND_NUMBERS.values()))
        # A pillar of the version before knows no kinds, and answers each time with all.
        return gravest_first({one.id: one for one in chain.from_iterable(found)}.values())

    async def _alarms_of(self, kind: rules_pb2.RuleKind.ValueType) -> list[alarms_views.Alarm]:
        found: list[alarms_views.Alarm] = []
        asked = alarms_pb2.ListAlarmsRequest(state=alarms_pb2.ALARM_STATE_OPEN, kind=kind, page_size=PAGE)
        ask = partial(self._pillars.look, answer=alarms_pb2.ListAlarmsResponse, within=DEADLINE)
        async for page in pages(ask, asked, MOST_PAGES):
            found += [alarms_views.alarm(one) for one in page.alarms]
        return found

    async def _pumps(self) -> list[pumps_views.PumpStation]:
        found: list[pumps_views.PumpStation] = []
        ask = partial(self._pillars.look, answer=pumps_pb2.ListPumpsResponse, within=DEADLINE)
        async for page in pages(ask, pumps_pb2.ListPumpsRequest(page_size=PAGE), MOST_PAGES):
            found += [pumps_views.pump_station(one) for one in page.stations]
        return found

    async def _warnings(self) -> list[warnings_views.Warning]:
        """Those in force: the list begins with them."""
        found: list[warnings_views.Warning] = []
        ask = partial(self._pillars.look, answer=warnings_pb2.ListWarningsResponse, within=DEADLINE)
        async for page in pages(ask, warnings_pb2.ListWarningsRequest(page_size=PAGE), MOST_PAGES):
            views = [warnings_views.warning(one) for one in page.warnings]
            found += [one for one in views if one.state == "in_force"]
            if not views or views[-1].state != "in_force":
                break
        return sorted(found, key=lambda one: (one.exercise, LEVELS.index(one.level or "waspada")))

    async def _trends(self) -> Mapping[str, Past]:
        """A level is worth showing without its trend too."""
        try:
            return await self._past.now() if self._streams else {}
        except grpc.aio.AioRpcError:
            return {}

    async def _hour(self) -> Mapping[str, Past]:
        now = datetime.now(UTC)
        found: dict[str, Past] = {}
        for first in range(0, len(self._streams), SERIES):
            asked = observations_pb2.ListSeriesRequest(
                datastreams=self._streams[first : first + SERIES], start_time=protos.timestamp(now - HOUR - BUCKET),
                end_time=protos.timestamp(now), seconds=int(BUCKET.total_seconds()),
            )  # fmt: skip
            answer = await self._pillars.look(asked, observations_pb2.ListSeriesResponse, within=DEADLINE)
            found |= {one.datastream: past(one.buckets, now) for one in answer.series}
        return found


def gravest_first(alarms: Iterable[alarms_views.Alarm]) -> list[alarms_views.Alarm]:
    """The gravest level first, then what else rises, then sensors that are silent or stuck; each the oldest first."""

    def place(one: alarms_views.Alarm) -> tuple[int, datetime]:
        grave = LEVELS.index(one.rule_name) if one.rule_name in LEVELS else len(LEVELS)
        return grave if one.kind in _URGENT else len(LEVELS) + 1, one.open_time or datetime.now(UTC)

    return sorted(alarms, key=place)


def in_order(gauges: Iterable[Gauge]) -> list[Gauge]:
    """Those over a threshold first, the gravest of them first, then the silent ones, then all others by their names."""

    def place(one: Gauge) -> tuple[int, str]:
        reached = one.reached
        if reached is not None:
            return LEVELS.index(reached.name) if reached.name in LEVELS else len(LEVELS), one.thing.name
        return len(LEVELS) + (1 if one.of.silent else 2), one.thing.name

    return sorted(gauges, key=place)


def needy_first(stations: Iterable[pumps_views.PumpStation]) -> list[pumps_views.PumpStation]:
    """Silent stations first, then those that run, then the rest; each by their names."""
    order = ("silent", "running", "stopped")
    return sorted(stations, key=lambda one: (order.index(one.state or "stopped"), one.name))


def past(buckets: Iterable[observations_pb2.Bucket], now: datetime) -> Past:
    """What the sums of the last hour and ten minutes say of the hour before ``now``."""
    began = now - HOUR
    found = [(one.start.ToDatetime(UTC), one) for one in buckets if one.count]
    first = next((one.mean for start, one in found if start <= began < start + BUCKET), None)
    within = [one.mean * one.count for start, one in found if start >= began - BUCKET / 2]
    return Past(first, sum(within) if within else None)
