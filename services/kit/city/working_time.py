"""Working time: what of a span lies on working days, each worth 24 hours of local time. For clocks that wait. Pure."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Protocol

_DAY, _SECOND = timedelta(days=1), timedelta(seconds=1)


class Days(Protocol):
    """The working days of a city (``working_days.Calendar``)."""

    @property
    def timezone(self) -> tzinfo:
        """The city's time zone."""

    def is_working_day(self, day: date) -> bool:
        """Whether the city works on that local day."""


def between(days: Days, start: datetime, end: datetime) -> timedelta:
    """Time between two instants that lies on working days."""
    first, last = local(days, start), local(days, end)
    total, day = timedelta(), first.date()
    while day <= last.date():
        if days.is_working_day(day):
            begin = datetime.combine(day, time())
            total += min(last, begin + _DAY) - max(first, begin)
        day += _DAY
    return total


def after(days: Days, start: datetime, amount: timedelta) -> datetime:
    """The instant (UTC) at which this much working time has passed since the start."""
    now = local(days, start)
    while True:
        midnight = datetime.combine(now.date(), time()) + _DAY
        if days.is_working_day(now.date()):
            if now + amount < midnight:
                return utc(days, now + amount)
            amount -= midnight - now
        now = midnight


def end_of_day(days: Days, at: datetime) -> datetime:
    """The last second (UTC) of the city's day of an instant, never before the instant itself."""
    return max(at, utc(days, datetime.combine(local(days, at).date(), time()) + _DAY - _SECOND))


def on_working_day(days: Days, at: datetime) -> datetime:
    """The same hour of the first day from then on that is worked: holidays may be decided after a term was counted."""
    wall = local(days, at)
    while not days.is_working_day(wall.date()):
        wall += _DAY
    return max(at, utc(days, wall))


def end_of_working_day(days: Days, at: datetime) -> datetime:
    """The end of that day."""
    return end_of_day(days, on_working_day(days, at))


def local(days: Days, at: datetime) -> datetime:
    """Wall-clock time of the city, naive: on it every day has 24 hours."""
    return at.astimezone(days.timezone).replace(tzinfo=None)


def utc(days: Days, wall: datetime) -> datetime:
    """The instant of a wall-clock time of the city."""
    return wall.replace(tzinfo=days.timezone).astimezone(UTC)
