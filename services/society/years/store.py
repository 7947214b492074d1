"""SQL of the sums of a year. They are of what is published of each agency, so that subtracting tells nothing new."""

from dataclasses import dataclass

from services.kit.database import Transaction
from services.kit.database.table import Table
from services.society.tallies.model import Outcome, total


@dataclass(frozen=True)
class Year:
    """What was published in surveys that ended in a year."""

    year: int
    agencies: int
    """Surveys that were published."""
    answers: int
    invited: int
    counts: tuple[int, ...]
    formula: str
    """By which the first of its periods was published: the whole year is reckoned by it."""


_YEARS = Table(Year, "satisfaction_year")


async def latest(tx: Transaction) -> Year | None:
    """The last one of which something is published."""
    return await _YEARS.first(tx, "true ORDER BY year DESC")


async def add(tx: Transaction, year: int, outcome: Outcome) -> None:
    """Adds what was published of a survey."""
    await tx.one_at_a_time(f"satisfaction {year}")
    found = await _YEARS.first(tx, "year = $1", year)
    if found is None:
        await _YEARS.add(tx, Year(year, 1, outcome.answers, outcome.invited, outcome.counts, outcome.formula))
        return
    await tx.execute(
        "UPDATE satisfaction_year SET agencies = agencies + 1, answers = answers + $2, invited = invited + $3,"
        " counts = $4 WHERE year = $1",
        year,
        outcome.answers,
        outcome.invited,
        total((found.counts, outcome.counts)),
    )
