"""SQL of the tides. A row comes with the first level that a tide gauge measures (a trigger)."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from services.environment.tides.model import Tide
from services.kit.database import Transaction
from services.kit.database.table import Table

_TIDES = Table(Tide, "tide", fixed=("datastream",))
_DUE = "SELECT id FROM tide WHERE due_at <= $1 ORDER BY due_at, id LIMIT $2"
get, save = _TIDES.get, _TIDES.save


async def due(tx: Transaction, most: int) -> list[UUID]:
    """Gauges whose forecast is to be made, those that wait the longest first."""
    return [row["id"] for row in await tx.fetch(_DUE, tx.now, most)]


async def of(tx: Transaction, things: Collection[UUID]) -> dict[UUID, Tide]:
    """The tides of things."""
    return {one.id: one for one in await _TIDES.every(tx, "id = ANY($1)", list(things))}


async def rest(tx: Transaction, thing: UUID) -> None:
    """Makes no forecast of a gauge any more."""
    await tx.execute("UPDATE tide SET due_at = $2 WHERE id = $1", thing, datetime.max)  # asyncpg's infinity
