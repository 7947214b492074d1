"""Seconds of a service day and moments. Pure.

A day begins at its noon less twelve hours (GTFS), so that clocks put forward or back at night move no departure after
it.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_NOON = time(12)
_HALF_DAY = timedelta(hours=12)


@lru_cache(maxsize=512)
def beginning(day: date, timezone: str) -> datetime:
    """When a service day's second 0 is, in UTC."""
    return datetime.combine(day, _NOON, ZoneInfo(timezone)).astimezone(UTC) - _HALF_DAY


def moment(day: date, seconds: int, timezone: str) -> datetime:
    """The moment of a second of a service day, in UTC."""
    return beginning(day, timezone) + timedelta(seconds=seconds)


def second(day: date, at: datetime, timezone: str) -> int:
    """The second of a service day at a moment; below 0 before it, past 86,400 after it."""
    return int((at - beginning(day, timezone)).total_seconds() // 1)


def day_of(at: datetime, timezone: str) -> date:
    """The calendar day of a moment there; the first or last there is where it would lie beyond the calendar."""
    try:
        return at.astimezone(ZoneInfo(timezone)).date()
    except OverflowError:
        return at.date()


def shift(of: date, seen_from: date, timezone: str) -> int:
    """How many seconds a service day begins after another: 86,400 for the next, unless clocks change between them."""
    return int((beginning(of, timezone) - beginning(seen_from, timezone)).total_seconds())


def at(seconds: int) -> datetime:
    """The moment of so many seconds since 1970, in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def zero(day: date, timezone: str) -> int:
    """Seconds since 1970 of the second 0 of a service day."""
    return int(beginning(day, timezone).timestamp())
