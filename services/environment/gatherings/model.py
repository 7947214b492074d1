"""A gathering: a day on which a city event leaves waste at a place. Pure rules."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from uuid import UUID

MOST_DAYS = 100
"""Days of an event that are kept, the next of them."""
LITRES = 0.5
"""Of waste that a person is taken to leave: a guess, as nobody has measured it."""
LARGEST_M3 = 20.0
NIGHT = timedelta(hours=4)
"""What lasts into the night until then is over before trucks set out, and leaves nothing for another day."""


@dataclass(frozen=True)
class Gathering:
    """One of them. ``day`` is the day after, when it is collected; WGS 84 degrees."""

    id: UUID
    event: UUID
    code: str
    """The event's short name in addresses."""
    day: date
    area: str
    lon: float | None
    lat: float | None
    expected: int
    """People; 0 where nobody knows."""

    def m3(self, least: float) -> float:
        """Cubic metres that are taken to lie there, ``least`` where nobody knows how many people come."""
        return min(LARGEST_M3, max(least, self.expected * LITRES / 1000))


def days_after(dates: Iterable[tuple[datetime, datetime]], zone: tzinfo, today: date) -> list[date]:
    """The days after each day of some dates, from today on; a night is its evening's."""
    found: set[date] = set()
    for begins, ends in dates:
        first = begins.astimezone(zone).date()
        last = max(first, (ends.astimezone(zone) - timedelta(seconds=1) - NIGHT).date())
        found |= {first + timedelta(days=each + 1) for each in range((last - first).days + 1)}
    return sorted(one for one in found if one >= today)[:MOST_DAYS]
