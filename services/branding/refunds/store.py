"""SQL of refunds of tickets."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from services.branding.refunds.model import AT_COUNTER, Refund, State
from services.kit.database import Transaction
from services.kit.database.table import Keyset, Page, Table

REFUNDS = Table(
    Refund, "ticket_refund", fixed=("cause", "sale", "order_id", "order_code", "request", "created_at", "by_hand")
)
_OLDEST: Keyset[Refund] = Keyset({"id": UUID}, of=lambda one: (one.id,))
get, save, add_all = REFUNDS.get, REFUNDS.save, REFUNDS.add_all

# By their cause are known those that were written before there was a column for it.
_BY_HAND = """
SELECT order_id FROM ticket_refund WHERE order_id = ANY($1::uuid[]) AND (by_hand OR cause = 'by_hand')
 ORDER BY id FOR NO KEY UPDATE
"""
_OWED = "SELECT order_id, sum(amount)::bigint AS owed FROM ticket_refund WHERE order_id = ANY($1::uuid[]) GROUP BY 1"

AT_ONCE = 100
"""Refunds that are asked for again by one turn of the timer."""


async def by_id(tx: Transaction, id_: UUID) -> Refund | None:
    """One of them, locked."""
    return await REFUNDS.get(tx, id_, lock=True)


async def of_order(tx: Transaction, order: UUID) -> list[Refund]:
    """Those of an order, the oldest first."""
    return await REFUNDS.every(tx, "order_id = $1 ORDER BY id", order)


async def lock_of_order(tx: Transaction, order: UUID) -> list[Refund]:
    """The same, locked."""
    return await REFUNDS.every(tx, "order_id = $1 ORDER BY id FOR NO KEY UPDATE", order)


async def owed_beside(tx: Transaction, orders: Collection[UUID]) -> dict[UUID, int]:
    """What goes back in all, done or not, of those orders of which something was given back by hand. One transaction at
    a time adds to that of an order.
    """
    locked = {row["order_id"] for row in await tx.fetch(_BY_HAND, list(orders))}
    rows = await tx.fetch(_OWED, list(locked)) if locked else ()
    return {row["order_id"]: row["owed"] for row in rows}


async def page(tx: Transaction, sale: UUID, states: tuple[State, ...], size: int, token: str) -> Page[Refund]:
    """Those of a sale in these states (none: in any), the oldest first."""
    return await REFUNDS.page(tx, _OLDEST, size, token, sale=sale, state=states)


async def refused(tx: Transaction, before: datetime) -> list[UUID]:
    """Some that were refused and asked for before."""
    sql = "SELECT id FROM ticket_refund WHERE state = 'refused' AND asked_at < $1 ORDER BY asked_at LIMIT $2"
    return [row["id"] for row in await tx.fetch(sql, before, AT_ONCE)]


async def open_since(tx: Transaction) -> datetime | None:
    """Since when the money is to go back that has waited the longest for us; None where none does. Cash that lies ready
    waits for its buyer.
    """
    sql = "SELECT created_at FROM ticket_refund WHERE state <> 'done' AND reason <> $1 ORDER BY created_at LIMIT 1"
    found: datetime | None = await tx.fetchval(sql, AT_COUNTER)
    return found
