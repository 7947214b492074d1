"""A count of visitors, and what becomes of it. Pure rules."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from typing import NamedTuple
from uuid import UUID

from services.kit.errors import invalid

OLDEST, AHEAD = timedelta(days=7), timedelta(minutes=5)
"""How old a count may be that an offline counter kept, and how far its clock may be ahead."""
KEPT = timedelta(days=30)
"""How long a count is known, so that it is counted once; its sum stays."""
MOST_DAYS, USUAL = 92, 7
"""Days that are told at once, and without being asked."""


class Origin(Enum):
    """Where visitors are from."""

    CITY = "city"
    COUNTRY = "country"
    ABROAD = "abroad"
    UNKNOWN = "unknown"


class Channel(Enum):
    """How they were counted."""

    GATE = "gate"
    COUNTER = "counter"
    TICKET = "ticket"
    """By a ticket that let somebody in: nobody counts it, it counts itself."""


class Outcome(Enum):
    """What became of a count."""

    COUNTED = "counted"
    REPEATED = "repeated"
    DESTINATION_UNKNOWN = "destination_unknown"
    TIME_INVALID = "time_invalid"


class Counted(NamedTuple):
    """A count as it came. Times are UTC."""

    id: UUID
    destination: str
    """Code."""
    at: datetime | None
    origin: Origin
    channel: Channel
    visits: int


@dataclass(frozen=True)
class Visit:
    """A count that is kept; ``day`` is of the city's calendar."""

    id: UUID
    destination: UUID
    """A destination, or an event that is at none."""
    day: date
    origin: Origin
    channel: Channel
    visits: int
    at: datetime


def judged(one: Counted, known: Collection[str], now: datetime) -> Outcome:
    """What becomes of a count, but for whether it came before."""
    if one.destination not in known:
        return Outcome.DESTINATION_UNKNOWN
    if one.at is not None and not now - OLDEST <= one.at <= now + AHEAD:
        return Outcome.TIME_INVALID
    return Outcome.COUNTED


def period(since: str, until: str, today: date) -> tuple[date, date]:
    """The days that are asked about. Errors: DAY_INVALID."""
    try:
        last = date.fromisoformat(until) if until else today
        first = date.fromisoformat(since) if since else last - timedelta(days=USUAL - 1)
    except ValueError:
        raise invalid("DAY_INVALID", "There is no such day.", field="since") from None
    if not first <= last or last - first >= timedelta(days=MOST_DAYS):
        message = f"The first day comes before the last, {MOST_DAYS} days at most."
        raise invalid("DAY_INVALID", message, field="since")
    return first, last
