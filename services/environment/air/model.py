"""The air index of a station: which hours are due, and what the sums of hours mean. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from services.environment.air import ispu
from services.environment.air.ispu import LEAST_HOURS, Category, Table
from services.environment.datastreams.model import Property
from services.kit.errors import invalid

HOUR = timedelta(hours=1)
SETTLED = timedelta(minutes=6)
"""From the end of an hour until it is summed up: readings come a little late."""
FURTHEST = timedelta(days=31)
"""How far back indices are made when readings come late or a calibration reaches back; and most that is shown."""
STEP = timedelta(hours=47)
"""Between the first and the last hour whose indices are made in one transaction."""
SHOWN = timedelta(days=2)
"""Of history, unless another time is asked for."""


class Mean(NamedTuple):
    """A pollutant's mean over the hours of 24 that have readings, in the property's unit."""

    property: Property
    hours: int
    mean: float


class Hour(NamedTuple):
    """The index at the end of 24 hours; None where too few of them had readings."""

    at: datetime
    value: int | None
    category: Category | None
    worst: Property | None


@dataclass(frozen=True)
class Station:
    """The present air of a station. Times are UTC; ``version`` counts the changes of its category."""

    thing: UUID
    version: int
    hour: Hour | None
    """None while nothing was measured."""
    means: Sequence[Mean]
    """What it rests on: the pollutants that have any reading."""


def newest(now: datetime) -> datetime:
    """The newest hour that has an index."""
    return (now - SETTLED).replace(minute=0, second=0, microsecond=0)


def hour(table: Table, at: datetime, means: Iterable[Mean]) -> Hour:
    """The index of an hour."""
    found = ispu.index(table, {one.property: one.mean for one in means if one.hours >= LEAST_HOURS})
    return Hour(at, found.value, found.category, found.worst) if found else Hour(at, None, None, None)


def hours(table: Table, means: Mapping[datetime, Sequence[Mean]]) -> list[Hour]:
    """The indices of the hours in whose 24 hours anything was measured."""
    return [hour(table, at, found) for at, found in means.items()]


def present(table: Table, station: Station, at: datetime, means: Sequence[Mean]) -> Station:
    """The station with its index of an hour."""
    fresh = hour(table, at, means)
    before = station.hour.category if station.hour else None
    return Station(station.thing, station.version + (fresh.category is not before), fresh, means)


def span(start: datetime | None, end: datetime | None, now: datetime) -> tuple[datetime, datetime]:
    """The history that is asked for. Errors: TIME_INVALID."""
    last = end or now
    first = start or last - SHOWN
    if first >= last:
        raise invalid("TIME_INVALID", "The time must begin before it ends.", field="start_time")
    if last - first > FURTHEST:
        raise invalid("TIME_INVALID", f"At most {FURTHEST.days} days are shown at once.", field="start_time")
    return first, last
