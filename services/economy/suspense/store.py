"""SQL of money in suspense."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.economy.providers.model import ASK_AGAIN
from services.economy.suspense.model import Item, State
from services.kit.database import Transaction
from services.kit.database.table import Keyset, Page, Table

_ITEMS = Table(
    Item,
    "suspense",
    fixed=("currency", "provider_reference", "correlation", "exercise", "created_at"),
)
_NEWEST: Keyset[Item] = Keyset(
    {"created_at": datetime, "id": UUID}, of=lambda one: (one.created_at, one.id), descending=True
)
_RETURNING = """
SELECT id FROM suspense
 WHERE state = 'proposed' AND approved_by <> '' AND coalesce(asked_at, updated_at) <= $1::timestamptz - $2::interval
 ORDER BY updated_at LIMIT $3
"""
_DOUBTED = """
SELECT EXISTS (SELECT FROM difference WHERE provider_reference = $1 AND NOT mended
               AND kind IN ('only_here', 'amount'))
"""

_MISSING = """
SELECT EXISTS (SELECT FROM difference WHERE provider_reference = $1 AND NOT mended AND kind = 'only_here')
"""
_STRUCK = "UPDATE difference SET mended = true WHERE provider_reference = $1 AND NOT mended AND kind = 'only_here'"
_DECIDED = "UPDATE difference SET mended = true WHERE provider_reference = $1 AND NOT mended AND kind = 'only_bank'"

by_id, save = _ITEMS.get, _ITEMS.save


async def by_provider_reference(tx: Transaction, reference: str) -> Item | None:
    """The item that the acquirer knows by that reference."""
    return await _ITEMS.first(tx, "provider_reference = $1", reference)


async def waiting(tx: Transaction, payment: UUID) -> list[Item]:
    """What came for a payment and waits, locked, the oldest first."""
    tail = "payment = $1 AND state IN ('open', 'proposed') ORDER BY id FOR UPDATE"
    return await _ITEMS.every(tx, tail, payment)


async def is_doubted(tx: Transaction, reference: str) -> bool:
    """Whether the acquirer's report does not have the money that it told of under that reference, or another amount."""
    return bool(await tx.fetchval(_DOUBTED, reference))


async def is_missing(tx: Transaction, reference: str) -> bool:
    """Whether the acquirer's report does not have the money that it told of under that reference."""
    return bool(await tx.fetchval(_MISSING, reference))


async def struck(tx: Transaction, reference: str) -> None:
    """We do not have it any more either."""
    await tx.execute(_STRUCK, reference)


async def decided(tx: Transaction, reference: str) -> None:
    """What only the acquirer had is where it belongs."""
    await tx.execute(_DECIDED, reference)


async def mark_asked(tx: Transaction, id_: UUID) -> None:
    """Writes down that the bank is about to be asked to send it back."""
    await tx.execute("UPDATE suspense SET asked_at = $2 WHERE id = $1", id_, tx.now)


async def page(tx: Transaction, states: Sequence[State], size: int, token: str) -> Page[Item]:
    """Money in these states, newest first. Errors: PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID."""
    return await _ITEMS.page(tx, _NEWEST, size, token, state=states)


async def returning(tx: Transaction, most: int) -> list[UUID]:
    """Items on their way back of which the bank has not told for a while what became of them."""
    return [row["id"] for row in await tx.fetch(_RETURNING, tx.now, ASK_AGAIN, most)]
