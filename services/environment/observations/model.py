"""Readings: which are taken, how they are flagged, and how they are summed up. Pure."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from services.environment.datastreams.model import LATE, OUT_OF_RANGE, Correction, Datastream
from services.kit.errors import invalid

AHEAD = timedelta(minutes=5)
"""How far ahead of the city's clock a reading may be: what a device's clock is off by."""
PATIENCE = timedelta(minutes=10)
"""How old a reading may be when it comes, beside two of its periods, and still raise an alarm."""
MOST_READINGS = 4_000
"""Of one upload: as many as fit into a body of 256 kB, with room to spare."""
MOST_COUNTED = 100_000
"""Of one datastream, for who asks how many there are."""
MOST_BUCKETS = 2_000
"""Of one datastream."""
MOST_TOGETHER = 10_000
"""Of several datastreams."""
LONGEST_FINE = timedelta(days=7)
"""Longest time that is summed up in buckets of less than an hour, of all datastreams together."""
SETTLED = timedelta(hours=1, minutes=5)
"""From the beginning of an hour until it is summed up: readings come a little late."""
DAY_S, HOUR_S = 86_400, 3_600
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Taken(NamedTuple):
    """A raw reading to be stored."""

    datastream: int
    at: datetime
    value: float
    flags: int


Mark = tuple[int, datetime]
"""A datastream and an hour (UTC) of its that must be summed up."""


class Put(NamedTuple):
    """What became of readings: those that are new, of each datastream as they came, and what was marked."""

    new: list[Taken]
    marks: set[Mark]


class Sum(NamedTuple):
    """Raw readings of a bucket that one calibration holds for; ``part`` counts the calibrations that began before."""

    start: datetime
    part: int
    readings: int
    mean: float
    least: float
    most: float


class Bucket(NamedTuple):
    """The readings of a span of time, as they are shown."""

    start: datetime
    readings: int
    mean: float
    least: float
    most: float


class Span(NamedTuple):
    """What is summed up: from ``start`` until before ``end``, in buckets of so many seconds."""

    start: datetime
    end: datetime
    seconds: int


def flags(datastream: Datastream, value: float) -> int:
    """The flags of a raw value: one that the sensor cannot have measured is kept, and told."""
    return 0 if datastream.least <= value <= datastream.most else OUT_OF_RANGE


def in_bulk(datastream: Datastream, at: datetime, value: float) -> Taken:
    """A reading that came in bulk: too late for an alarm, whenever it was measured."""
    return Taken(datastream.number, at, value, flags(datastream, value) | LATE)


def checked_time(at: datetime, now: datetime, kept: timedelta, field: str) -> None:
    """Errors: TIME_IN_FUTURE, TIME_TOO_OLD."""
    if at > now + AHEAD:
        message = "The reading lies in the future; set the clock of the device."
        raise invalid("TIME_IN_FUTURE", message, field=field)
    if at < first_kept(now, kept):
        message = f"Readings are kept for {kept.days} days, and this one is older."
        raise invalid("TIME_TOO_OLD", message, field=field)


def checked_unit(datastream: Datastream, unit: str, field: str) -> None:
    """Errors: UNIT_WRONG. Nothing is converted: who guesses a unit guesses a level."""
    if unit != datastream.unit:
        message = f"This datastream is in {datastream.unit}; readings are taken in no other unit."
        raise invalid("UNIT_WRONG", message, field=field)


def span(start: datetime | None, end: datetime | None, seconds: int, now: datetime, datastreams: int) -> Span:
    """What is asked for of so many datastreams, the last day by the hour unless it is said.

    Errors: BUCKET_INVALID, TIME_INVALID.
    """
    seconds = seconds or HOUR_S
    if DAY_S % seconds or (seconds > HOUR_S and seconds % HOUR_S):  # longer ones are made of the sums of hours
        message = "A day divides into whole buckets, and long ones into hours: 60, 300, 900, 3600, 86400 seconds, ..."
        raise invalid("BUCKET_INVALID", message, field="seconds")
    until = end or now
    since = start or max(until, EPOCH) - timedelta(days=1)  # there is no day before the first
    if since >= until:
        raise invalid("TIME_INVALID", "The time must begin before it ends.", field="start_time")
    each = (until - since) / timedelta(seconds=seconds)
    if each > MOST_BUCKETS or each * datastreams > MOST_TOGETHER:
        most = min(MOST_BUCKETS, MOST_TOGETHER // datastreams)
        message = f"At most {most} buckets fit; ask for longer ones, or for less time."
        raise invalid("BUCKET_INVALID", message, field="seconds")
    if seconds < HOUR_S and (until - since) * datastreams > LONGEST_FINE:
        hours = int(LONGEST_FINE / timedelta(hours=1) / datastreams)
        message = f"Buckets of less than an hour reach over {hours} hours at most."
        raise invalid("BUCKET_INVALID", message, field="seconds")
    # What is made of the sums of hours has the first hour whole, as it has the last.
    return Span(since if seconds < HOUR_S else since.replace(minute=0, second=0, microsecond=0), until, seconds)


def buckets(sums: Iterable[Sum], calibrations: Sequence[Correction]) -> list[Bucket]:
    """The buckets as they are shown, by the calibrations that hold; calibrations come the newest first."""
    oldest_first = calibrations[::-1]
    found: dict[datetime, Bucket] = {}
    for one in sums:
        holds = oldest_first[one.part - 1] if one.part else None
        values = (one.mean, one.least, one.most)
        fresh = Bucket(one.start, one.readings, *(map(holds.shown, values) if holds else values))
        found[one.start] = _joined(found[one.start], fresh) if one.start in found else fresh
    return sorted(found.values())


def _joined(one: Bucket, other: Bucket) -> Bucket:
    readings = one.readings + other.readings
    mean = (one.mean * one.readings + other.mean * other.readings) / readings
    return Bucket(one.start, readings, mean, min(one.least, other.least), max(one.most, other.most))


def first_kept(now: datetime, kept: timedelta) -> datetime:
    """The oldest reading that is taken: the weeks from there on are there."""
    return now - kept


def weeks(now: datetime, kept: timedelta) -> list[date]:
    """The Mondays (UTC) whose weeks must be there: those of what is kept, and two ahead."""
    monday = _monday(first_kept(now, kept))
    until = _monday(now) + timedelta(weeks=2)
    return [monday + timedelta(weeks=count) for count in range((until - monday).days // 7 + 1)]


def _monday(at: datetime) -> date:
    day = at.astimezone(UTC).date()
    return day - timedelta(days=day.weekday())
