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

_BY_HAND = "SELECT order_id FROM ticket_refund WHERE order_id = ANY($1::uuid[]) AND by_hand"
_LOCK_BY_HAND = f"{_BY_HAND} ORDER BY id FOR NO KEY UPDATE"
_LEFT = """
SELECT id, amount - (SELECT sum(amount) FROM ticket_refund WHERE order_id = ticket_order.id)::bigint AS left
  FROM ticket_order WHERE id = ANY($1::uuid[])
"""

_ORDERS = "SELECT id, reason, buyer FROM ticket_order WHERE id = ANY($1::uuid[])"

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


async def left(tx: Transaction, orders: Collection[UUID], *, lock: bool = False) -> dict[UUID, int]:
    """What does not go back yet, done or not, of what was paid for those orders of which something was given back by
    hand. With ``lock`` one transaction at a time adds to that of an order.
    """
    rows = await tx.fetch(_LOCK_BY_HAND if lock else _BY_HAND, list(orders)) if orders else ()
    found = {row["order_id"] for row in rows}
    rows = await tx.fetch(_LEFT, list(found)) if found else ()
    return {row["id"]: max(0, row["left"]) for row in rows}


async def orders(tx: Transaction, ids: Collection[UUID]) -> dict[UUID, tuple[str, str]]:
    """Why orders are over (empty where one is not), and who placed them (empty where nobody is known), by their ids."""
    rows = await tx.fetch(_ORDERS, list(ids)) if ids else ()
    return {row["id"]: (row["reason"], row["buyer"]) for row in rows}


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
