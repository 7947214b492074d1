"""What surveys published of agencies: shown beside their performance, and no part of its formula."""

from dataclasses import dataclass
from datetime import date

from services.kit.database import Transaction
from services.kit.database.table import Table

LATEST = 4


@dataclass(frozen=True)
class Satisfaction:
    """The index of an agency and a period."""

    survey: str
    agency: str
    first_day: date
    last_day: date
    index: str
    """Of two decimals."""
    answers: int


_PUBLISHED = Table(Satisfaction, "performance_satisfaction")
_ADD = """
INSERT INTO performance_satisfaction (survey, agency, first_day, last_day, index, answers)
VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (survey) DO NOTHING
"""


async def add(tx: Transaction, one: Satisfaction) -> None:
    """Keeps what was published, once: it never changes."""
    await tx.execute(_ADD, one.survey, one.agency, one.first_day, one.last_day, one.index, one.answers)


async def of_month(tx: Transaction, first: date, last: date) -> dict[str, Satisfaction]:
    """By agency what holds in a time: of periods that overlap, the latest."""
    found = await _PUBLISHED.every(tx, "last_day >= $1 AND first_day <= $2 ORDER BY last_day", first, last)
    return {one.agency: one for one in found}


async def latest(tx: Transaction, agency: str) -> list[Satisfaction]:
    """The last ones of an agency, the latest first."""
    return await _PUBLISHED.every(tx, f"agency = $1 ORDER BY last_day DESC LIMIT {LATEST}", agency)
