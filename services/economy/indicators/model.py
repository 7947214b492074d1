"""Indicators: how many payments there were, how many of them cashless, and what they came to. Pure rules."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from services.economy.days import read_day
from services.kit.errors import invalid

DAYS_USUAL, DAYS_MOST = 30, 366
LEAST_PAYMENTS = 5
"""A cell with fewer tells no turnover: it could tell what somebody paid."""
CELLS_MOST = 1_000


class Group(Enum):
    """What figures are grouped by."""

    DAY = "day"
    AREA = "area"
    SECTOR = "sector"


@dataclass(frozen=True)
class Figures:
    """Figures of some payments. ``units`` is what was captured less what was given back of it, in whole units."""

    payments: int = 0
    cashless: int = 0
    units: int = 0
    bills: int = 0

    @property
    def share(self) -> float:
        """Cashless payments in all payments, 0 to 1, four digits."""
        return round(self.cashless / self.payments, 4) if self.payments else 0.0

    @property
    def turnover(self) -> int | None:
        """What they came to; None for too few payments."""
        return self.units if self.payments >= LEAST_PAYMENTS else None


@dataclass(frozen=True)
class Cell:
    """Figures of one group; ``key`` is its day (ISO 8601), area or sector."""

    key: str
    figures: Figures


@dataclass(frozen=True)
class Wanted:
    """Which figures: of the days from first to last, both included; an empty area or sector means any."""

    first: date
    last: date
    group: Group
    area: str = ""
    sector: str = ""


def days(first: str, last: str, today: date) -> tuple[date, date]:
    """The days asked for: until ``today`` and 30 of them, unless told otherwise.

    Errors: DAY_INVALID, DAYS_INVALID (none, or more than 366).
    """
    until = read_day(last, "last_day") if last else today
    since = read_day(first, "first_day") if first else until - timedelta(days=DAYS_USUAL - 1)
    if not timedelta(0) <= until - since < timedelta(days=DAYS_MOST):
        raise invalid("DAYS_INVALID", f"Ask for 1 to {DAYS_MOST} days, the first one first.", field="first_day")
    return since, until


def check_filter(area: str, sector: str, *, is_area: Callable[[str], bool], is_sector: Callable[[str], bool]) -> None:
    """Refuses what the city does not have. Errors: AREA_UNKNOWN, SECTOR_UNKNOWN."""
    if area and not is_area(area):
        raise invalid("AREA_UNKNOWN", "Give the Kemendagri code of a kelurahan or desa of this city.", field="area")
    if sector and not is_sector(sector):
        raise invalid("SECTOR_UNKNOWN", "Name a sector of the city's economy.toml, such as food.", field="sector")
