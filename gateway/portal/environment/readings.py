"""Readings in people's words, and the times that pages show them for."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from babel.numbers import format_decimal, format_scientific
from starlette.requests import Request

from gateway.callers.session import current_caller
from gateway.gateway import current_gateway
from gateway.portal.environment.charts import Point, Span
from gateway.portal.kit.texts import Texts
from services.kit.rpc import protos
from services.kit.rpc.rules import Field
from smartcity.environment.v1 import observations_pb2 as pb
from smartcity.environment.v1 import observations_views as views

PLACES = {"water_level": 2, "rainfall": 1, "pm2_5": 1, "pm10": 1}
"""Decimals of a property's values; none of the others."""
UNITS = {"m": "m", "mm": "mm", "%": "%", "ug/m3": "µg/m³"}
"""Units as people write them; a number of things has its word among the texts."""
SUMMED = frozenset({"rainfall"})
"""Properties whose readings are added up over a time, not averaged."""


BEYOND = 1e15
"""What is as large is no measure, and has more digits than are counted with: it is written by its power of ten."""


TOGETHER = Field(pb.ListSeriesRequest.DESCRIPTOR.fields_by_name["datastreams"]).rules.max_items
"""Series that one call answers, as the contract has it."""
HOUR, FINE = timedelta(hours=1), timedelta(days=7)
"""What series of less than an hour a point reach over, all of them together: the contract says it in words alone."""


class Range(NamedTuple):
    """A time that a page shows, and how long a point of it is."""

    name: str
    long: timedelta
    each: timedelta

    def until(self, now: datetime) -> Span:
        """The time up to now, in whole points."""
        seconds = int(self.each.total_seconds())
        end = datetime.fromtimestamp((int(now.timestamp()) // seconds + 1) * seconds, UTC)
        return Span(end - self.long, end, self.each)


RANGES = {
    one.name: one
    for one in (
        Range("hari", timedelta(days=1), timedelta(minutes=15)),
        Range("pekan", timedelta(days=7), timedelta(hours=1)),
        Range("bulan", timedelta(days=30), timedelta(hours=6)),
    )
}
"""By their names in addresses, the shortest first."""
LAST_DAY = Range("", timedelta(days=1), timedelta(hours=1))


def words(texts: Texts, value: float, property_: str) -> str:
    """A value with its unit. Example: 1,37 m"""
    if property_ == "pumps_running" and abs(value) < BEYOND:
        return texts.count("measured.pumps", round(value))
    return plain(texts, value, PLACES.get(property_, 0)) + _unit(property_)


def limit(texts: Texts, value: float, property_: str) -> str:
    """A value that somebody set, with all its decimals and its unit. Example: 0,125 m"""
    return exact(texts, value, PLACES.get(property_, 0)) + _unit(property_)


def _unit(property_: str) -> str:
    """A unit as it follows its number: per cent without a space."""
    unit = UNITS.get(unit_of(property_), "")
    return unit if unit in ("", "%") else f"\N{NO-BREAK SPACE}{unit}"


def exact(texts: Texts, value: float, least: int = 0, pattern: str = "#,##0") -> str:
    """A number with all its decimals, and ``least`` of them at least. Example: 1.234.567,125"""
    if abs(value) >= BEYOND:
        return _beyond(texts, value)
    decimals = Decimal(repr(value)) + 0
    places = max(least, -int(decimals.normalize().as_tuple().exponent))
    number: str = format_decimal(decimals, f"{pattern}.{'0' * places}".rstrip("."), locale=texts.language)
    return number


def typed(texts: Texts, value: float) -> str:
    """A number as somebody would type it into a form. Example: 1234567,125"""
    return exact(texts, value, pattern="0")


def plain(texts: Texts, value: float, places: int) -> str:
    """A number with so many decimals."""
    if abs(value) >= BEYOND:
        return _beyond(texts, value)
    number: str = format_decimal(round(value, places) + 0.0, f"#,##0.{'0' * places}".rstrip("."), locale=texts.language)
    return number


def _beyond(texts: Texts, value: float) -> str:
    number: str = format_scientific(value, "0.##E0", locale=texts.language)
    return number


def unit_of(property_: str) -> str:
    """The unit of a property (UCUM), as the contract fixes it."""
    fixed = {"water_level": "m", "rainfall": "mm", "pumps_running": "1", "fill_level": "%"}
    return fixed.get(property_, "ug/m3")


async def series(request: Request, datastreams: Sequence[str], span: Span) -> Mapping[str, list[views.Bucket]]:
    """The sums of datastreams over a time, in one call as far as they fit, else in some side by side."""
    fit = TOGETHER if span.each >= HOUR else max(1, min(FINE // (span.end - span.start), TOGETHER))
    calls = [
        pb.ListSeriesRequest(
            datastreams=datastreams[first : first + fit],
            start_time=protos.timestamp(span.start),
            end_time=protos.timestamp(span.end),
            seconds=int(span.each.total_seconds()),
        )
        for first in range(0, len(datastreams), fit)
    ]
    pillars, caller = current_gateway(request).pillars, current_caller(request)
    answers = await asyncio.gather(*(pillars.call(one, caller) for one in calls))
    found = itertools.chain.from_iterable(answer.series for answer in answers)
    return {one.datastream: [views.bucket(each) for each in one.buckets] for one in found}


def points(buckets: Iterable[views.Bucket], property_: str) -> list[Point]:
    """What is drawn of sums: of what is added up the sum alone, else the mean and what it lies between."""
    return [_point(one.start, one, summed=property_ in SUMMED) for one in buckets if one.start]


def _point(start: datetime, of: views.Bucket, *, summed: bool) -> Point:
    total = of.mean * of.count
    return Point(start, total, total, total) if summed else Point(start, of.mean, of.least, of.most)
