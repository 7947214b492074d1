"""The days for which a permit holds. Pure rules."""

from dataclasses import replace
from datetime import date, timedelta

from services.economy.permits.model import Permit

_DAY = timedelta(days=1)


def follow(one: Permit, before: Permit, months: int) -> Permit:
    """An extension that holds, from the day after the one before it ends; where that has ended before, as it is."""
    over = before.shown not in ("valid", "suspended")
    if over or one.first_day is None or before.last_day is None or before.last_day < one.first_day:
        return one
    first = before.last_day + _DAY
    return replace(one, first_day=first, last_day=last_of(first, months))


def last_of(first: date, months: int) -> date:
    """The last day of so many months: the day before the same day of the month in which they are over."""
    count = first.month - 1 + months
    year, month = first.year + count // 12, count % 12 + 1
    beyond = date(year + month // 12, month % 12 + 1, 1)  # of the next month
    return min(date(year, month, 1) + timedelta(days=first.day - 1), beyond) - _DAY
