"""SQL of tallies and outcomes."""

from collections.abc import Sequence
from uuid import UUID

from services.kit.database import Transaction
from services.kit.database.table import Table
from services.society.tallies.model import Outcome, Tally

_TALLIES = Table(Tally, "survey_tally")
_OUTCOMES = Table(Outcome, "survey_outcome")
get, add, save = _TALLIES.get, _TALLIES.add, _TALLIES.save
outcome, conclude = _OUTCOMES.get, _OUTCOMES.add


async def of_surveys(tx: Transaction, surveys: Sequence[UUID]) -> dict[UUID, Tally]:
    """The tallies of those of these that have not closed."""
    return {one.id: one for one in await _TALLIES.every(tx, "id = ANY($1::uuid[])", list(surveys))}


async def outcomes(tx: Transaction, surveys: Sequence[UUID]) -> dict[UUID, Outcome]:
    """The outcomes of those of these that have closed."""
    return {one.id: one for one in await _OUTCOMES.every(tx, "id = ANY($1::uuid[])", list(surveys))}


async def invite(tx: Transaction, survey: UUID, more: int = 1) -> None:
    """One more could answer, or one fewer."""
    await tx.execute("INSERT INTO survey_invited (survey, invited) VALUES ($1, $2)", survey, more)


async def invited(tx: Transaction, surveys: Sequence[UUID]) -> dict[UUID, int]:
    """How many could have answered those of these that have not closed."""
    sql = """
    SELECT survey, sum(invited)::bigint AS invited FROM survey_invited WHERE survey = ANY($1::uuid[]) GROUP BY survey
    """
    return {row["survey"]: row["invited"] for row in await tx.fetch(sql, list(surveys))}


async def burn(tx: Transaction, survey: UUID) -> None:
    """Takes the tally of a survey that has closed away: between its batches were few."""
    await tx.execute("DELETE FROM survey_tally WHERE id = $1", survey)
    await tx.execute("DELETE FROM survey_invited WHERE survey = $1", survey)
