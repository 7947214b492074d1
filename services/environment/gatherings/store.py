"""SQL of gatherings."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from services.environment.gatherings.model import Gathering
from services.kit.database import Transaction
from services.kit.database.table import Table

_GATHERINGS = Table(Gathering, "gathering")
_REMOVE = "DELETE FROM gathering WHERE event = $1 AND day >= $2"
_PRUNE = "DELETE FROM gathering WHERE id IN (SELECT id FROM gathering WHERE day < $1 ORDER BY day LIMIT 1000)"


async def replace(tx: Transaction, event: UUID, since: date, rows: Sequence[Gathering]) -> None:
    """Lets an event have these days, and no others from a day on. What is there stays as it is."""
    await tx.execute(_REMOVE, event, since)
    await _GATHERINGS.add_all(tx, rows)


async def on(tx: Transaction, day: date, areas: Collection[str]) -> list[Gathering]:
    """Those that are collected on a day in some areas."""
    return await _GATHERINGS.every(tx, "day = $1 AND area = ANY($2) ORDER BY code", day, list(areas))


async def prune(tx: Transaction, before: date) -> None:
    """Takes away what was to be collected before a day."""
    await tx.execute(_PRUNE, before)
