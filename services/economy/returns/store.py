"""SQL of what was paid for nothing."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from services.economy.returns.model import Return
from services.kit.database import Transaction
from services.kit.database.table import Table

_RETURNS = Table(Return, "payment_return", fixed=("request", "why", "correlation", "exercise", "created_at"))
_READY = """
SELECT paid.code, back.amount FROM payment_return back
  JOIN payment paid ON paid.requester = 'economy' AND paid.request = back.request
 WHERE back.correlation = $1 AND back.state = 'ready' ORDER BY paid.code
"""
save = _RETURNS.save


async def add(tx: Transaction, one: Return) -> bool:
    """Writes a new one; False where it is there already."""
    return bool(await _RETURNS.add_all(tx, [one]))


async def by_request(tx: Transaction, request: str) -> Return | None:
    """What is to go back of the payment that was asked for like that, locked."""
    return await _RETURNS.first(tx, "request = $1", request, lock=True)


async def ready(tx: Transaction, correlation: str) -> dict[str, int]:
    """What lies ready in cash of all that was paid for nothing in one matter, by the codes of the payments."""
    return {row["code"]: row["amount"] for row in await tx.fetch(_READY, correlation)}


async def due(tx: Transaction, but: Collection[UUID]) -> Return | None:
    """The one that is to be asked for again the longest, locked, except some."""
    tail = "again_at <= $1 AND id <> ALL($2::uuid[]) ORDER BY again_at LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED"
    return next(iter(await _RETURNS.every(tx, tail, tx.now, list(but))), None)


async def open_since(tx: Transaction) -> datetime | None:
    """Since when what waits the longest is to go back; None where nothing does. What lies ready waits for its owner."""
    sql = "SELECT created_at FROM payment_return WHERE state IN ('asked', 'refused') ORDER BY created_at LIMIT 1"
    found: datetime | None = await tx.fetchval(sql)
    return found
