"""The tide ahead: what the sea is expected to do at each tide gauge, and when it would flood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from gateway.callers.session import current_caller
from gateway.gateway import current_gateway
from gateway.portal.environment import charts
from gateway.portal.environment.charts import Drawing, Point, Span, Threshold
from gateway.portal.environment.sections import section
from gateway.portal.environment.things import words
from gateway.portal.kit.addresses import Identifier
from gateway.portal.kit.page import PageRoute, render
from smartcity.environment.v1 import tides_pb2
from smartcity.environment.v1 import tides_views as views

router = APIRouter(route_class=PageRoute, include_in_schema=False)
PATH = "/lingkungan/pasang"
HOUR = timedelta(hours=1)
OLD = timedelta(hours=36)
"""How old a forecast may be before the page warns of its age: one is made each day."""
SILENT = timedelta(days=3)
"""How old the newest hour of a forecast may be before the page says that the gauge is silent."""
LEAST_WAVE, MOST_WAVES = 0.0005, 12
"""Metres of the smallest constituent that is listed, half of what the table shows; and how many."""
_MOST = 20
"""Gauges that the start page shows."""


@dataclass(frozen=True)
class Flood:
    """A time above a limit in full hours of the city's clock, as widely as they reach: 14 to 17."""

    of: views.TideFlood
    start: datetime
    end: datetime
    since: str
    until: str
    rises_on: bool = False
    """Whether its peak is where the forecast ends, and so perhaps none."""

    @property
    def one_day(self) -> bool:
        """Whether it ends on the day on which it begins, midnight included."""
        return (self.end - timedelta(minutes=1)).date() == self.start.date()


@dataclass(frozen=True)
class Ahead:
    """A gauge's forecast as pages show it."""

    of: views.Tide
    drawing: Drawing | None
    floods: Sequence[Flood]
    highest: views.TideHeight | views.TideTurn | None
    """The highest high water; the highest of all where there is none."""
    rises_on: views.TideHeight | None
    """Where the forecast ends with the sea above that: perhaps it rises further."""
    old: bool
    silent: bool
    """Whether its hours ended long before it was made."""


@section("tide")
async def on_start(request: Request) -> dict[str, Any]:
    """The tide gauges, in one call."""
    asked = tides_pb2.ListTidesRequest(page_size=_MOST)
    answer = await current_gateway(request).pillars.call(asked, current_caller(request))
    zone = current_gateway(request).city.timezone
    return {"tides": [ahead(views.tide(one), zone) for one in answer.tides], **words(request)}


@router.get(PATH + "/{code}")
async def shown(request: Request, code: Identifier) -> Response:
    """One gauge: its forecast, what it rests on, and how far such a forecast was off."""
    answer = await current_gateway(request).pillars.call(tides_pb2.GetTideRequest(gauge=code), current_caller(request))
    row = ahead(views.tide(answer.tide), current_gateway(request).city.timezone)
    hourly = [one for one in row.of.heights or () if one.time and one.time.minute == 0]
    waves = [one for one in row.of.constituents or () if one.amplitude >= LEAST_WAVE][:MOST_WAVES]
    return render(
        request, "environment/tide.html", here="environment", row=row, hourly=hourly, waves=waves, **words(request)
    )


def ahead(tide: views.Tide, zone: tzinfo) -> Ahead:
    """A gauge's forecast on the clock of a zone. Its highest water is told of a turn, never of the forecast's edge."""
    made, heights = tide.forecast_time, tide.heights or ()
    turns = [one for one in tide.turns or () if one.high]
    highest = max(turns or heights, key=lambda one: one.height, default=None)
    last = heights[-1] if heights else None
    return Ahead(
        of=tide,
        drawing=_drawn(tide, zone),
        floods=[_flood(one, zone, last) for one in tide.floods or ()],
        highest=highest,
        rises_on=last if turns and last and highest and last.height > highest.height else None,
        old=made is not None and datetime.now(UTC) - made > OLD,
        silent=made is not None and tide.end_time is not None and made - tide.end_time > SILENT,
    )


def _drawn(tide: views.Tide, zone: tzinfo) -> Drawing | None:
    """The line through the heights, with what they mean; a limit of several zones once."""
    moments = [(one.time, one.height) for one in tide.heights or () if one.time]
    if len(moments) < 2:
        return None
    step = min(after - before for (before, _), (after, _) in pairwise(moments))
    points = [Point(at - step / 2, height, height, height) for at, height in moments]
    limits = {(one.limit, one.level or "") for one in tide.limits or ()}
    marks = [Threshold(limit, level) for limit, level in sorted(limits)]
    return charts.draw(points, Span(moments[0][0], moments[-1][0], step), charts.LARGE, zone, thresholds=marks)


def _flood(flood: views.TideFlood, zone: tzinfo, last: views.TideHeight | None) -> Flood:
    assert flood.start_time is not None
    assert flood.end_time is not None
    start = flood.start_time.astimezone(zone).replace(minute=0, second=0, microsecond=0)
    end = flood.end_time.astimezone(zone)
    full = end.replace(minute=0, second=0, microsecond=0)
    end = full if full == end and full > start else full + HOUR
    midnight = end.hour == 0
    rises_on = flood.goes_on and last is not None and flood.peak_time == last.time
    return Flood(flood, start, end, f"{start:%H}", "24" if midnight else f"{end:%H}", rises_on)
