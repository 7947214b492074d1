"""The air: each station's index with what it rests on, and a station's index by the hour."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from fastapi import APIRouter
from google.protobuf.timestamp_pb2 import Timestamp
from starlette.requests import Request
from starlette.responses import Response

from gateway.callers.session import current_caller
from gateway.gateway import current_gateway
from gateway.portal.environment import charts, readings
from gateway.portal.environment.charts import Drawing, Point, Threshold
from gateway.portal.environment.sections import section
from gateway.portal.kit.addresses import Identifier
from gateway.portal.kit.page import PageRoute, render, texts_of
from gateway.portal.kit.paging import next_href, page_token, strange
from smartcity.environment.v1 import air_pb2
from smartcity.environment.v1 import air_views as views

router = APIRouter(route_class=PageRoute, include_in_schema=False)
PATH = "/lingkungan/udara"
HOUR = timedelta(hours=1)
FRESH = 3 * HOUR
"""How old an index may be before the page warns of its age."""
CATEGORIES = tuple(views.AIR_CATEGORY_NUMBERS)
"""From the best to the worst."""
_TO = (50, 100, 200, 300)
"""The greatest index of each category but the last, which has none."""
REACH = {
    name: f"{least}–{most}" if most else f"> {least - 1}"
    for name, least, most in zip(CATEGORIES, (0, *(each + 1 for each in _TO)), (*_TO, None), strict=True)
}
"""From where to where a category reaches, as pages say it."""
_THRESHOLDS = [Threshold(value, name) for value, name in zip(_TO, CATEGORIES[1:], strict=True)]
RANGES = {"hari": timedelta(days=2), "pekan": timedelta(days=7), "bulan": timedelta(days=31)}
"""Times that a station's page shows, by their names in addresses."""


@section("air")
async def on_start(request: Request) -> dict[str, Any]:
    """The stations' present indices."""
    stations, _, token = await _stations(request, "")
    return {"stations": stations, "old": _old, "cut": bool(token)}


@router.get(PATH)
async def listed(request: Request) -> Response:
    """All stations, with what their indices rest on and what to do."""
    stations, table, token = await _stations(request, page_token(request))
    return render(
        request, "environment/air.html", here="environment", stations=stations, table=table, categories=CATEGORIES,
        reach=REACH, next_href=next_href(PATH, token), **words(request),
    )  # fmt: skip


@router.get(PATH + "/{code}")
async def shown(request: Request, code: Identifier, rentang: str = "hari") -> Response:
    """One station, and its index by the hour."""
    if (back := strange(request, rentang=RANGES)) is not None:
        return back
    chosen = rentang if rentang in RANGES else "hari"
    end = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + HOUR
    start, until = Timestamp(), Timestamp()
    start.FromDatetime(end - RANGES[chosen])
    until.FromDatetime(end)
    asked = air_pb2.GetAirStationRequest(station=code, start_time=start, end_time=until)
    answer = await current_gateway(request).pillars.call(asked, current_caller(request))
    hours = [views.air_hour(one) for one in answer.history]
    return render(
        request, "environment/air_station.html", here="environment", station=views.air_station(answer.station),
        table=views.air_table(answer.table) if answer.HasField("table") else None, hours=hours,
        drawing=_drawn(request, hours, end - RANGES[chosen], end), range=chosen,
        ranges=list(RANGES), **words(request),
    )  # fmt: skip


def words(request: Request) -> dict[str, Any]:
    """How templates say values, and which are old."""
    texts = texts_of(request)
    return {
        "measured": partial(readings.words, texts),
        "number": partial(readings.plain, texts),
        "old": _old,
    }


def _old(stamp: datetime) -> bool:
    return datetime.now(UTC) - stamp > FRESH


async def _stations(request: Request, token: str) -> tuple[Sequence[views.AirStation], views.AirTable | None, str]:
    asked = air_pb2.ListAirStationsRequest(page_token=token)
    answer = await current_gateway(request).pillars.call(asked, current_caller(request))
    table = views.air_table(answer.table) if answer.HasField("table") else None
    return [views.air_station(one) for one in answer.stations], table, answer.next_page_token


def _drawn(request: Request, hours: Sequence[views.AirHour], start: datetime, end: datetime) -> Drawing | None:
    points = [
        Point(one.time - HOUR, one.index.value, one.index.value, one.index.value)
        for one in hours
        if one.index and one.time
    ]
    most = max((one.value for one in points), default=0)
    marks = [one for place, one in enumerate(_THRESHOLDS) if place == 0 or _THRESHOLDS[place - 1].value < most]
    zone = current_gateway(request).city.timezone
    return charts.draw(points, charts.Span(start, end, HOUR), charts.LARGE, zone, thresholds=marks)
