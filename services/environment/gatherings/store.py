"""SQL of gatherings."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from services.environment.gatherings.model import Gathering
from services.kit.database import Transaction
from services.kit.database.table import Table

_GATHERINGS = Table(Gathering, "gathering")
_IDS = "SELECT day, id FROM gathering WHERE event = $1 AND day >= $2"
_REMOVE = "DELETE FROM gathering WHERE event = $1 AND day >= $2"
_PRUNE = """
DELETE FROM gathering WHERE id IN (
    SELECT id FROM gathering WHERE day < $1 ORDER BY day LIMIT 1000 FOR UPDATE SKIP LOCKED)
"""


async def replace(tx: Transaction, event: UUID, since: date, rows: Sequence[Gathering]) -> None:
    """Lets an event have these days, and no others from a day on. What is there stays as it is."""
    await tx.execute(_REMOVE, event, since)
    await _GATHERINGS.add_all(tx, rows)


async def ids(tx: Transaction, event: UUID, since: date) -> dict[date, UUID]:
    """Those of an event from a day on, by their days: plans know them by these."""
    return {row["day"]: row["id"] for row in await tx.fetch(_IDS, event, since)}


async def between(tx: Transaction, first: date, last: date, areas: Collection[str]) -> list[Gathering]:
    """Those in some areas that are collected from one day to another."""
    tail = "day BETWEEN $1 AND $2 AND area = ANY($3) ORDER BY day, code"
    return await _GATHERINGS.every(tx, tail, first, last, list(areas))


async def prune(tx: Transaction, before: date) -> None:
    """Takes away what was to be collected before a day."""
    await tx.execute(_PRUNE, before)
