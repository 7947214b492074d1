"""SQL of orders."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

import asyncpg

from services.branding.orders.deciding import Taken
from services.branding.orders.model import Line, Order
from services.branding.tickets import store as tickets
from services.kit.database import Transaction
from services.kit.database.table import Keyset, Page, Table
from services.kit.database.transaction import Write

ORDERS = Table(Order, "ticket_order", fixed=("code", "sale", "quantity", "amount", "last_day", "created_at"))
_NEWEST: Keyset[Order] = Keyset({"id": UUID}, of=lambda one: (one.id,), descending=True)
get, save = ORDERS.get, ORDERS.save

_COLUMNS = (
    ("id", "uuid"), ("version", "bigint"), ("code", "text"), ("state", "text"), ("sale", "uuid"), ("buyer", "text"),
    ("sealed", "bytea"), ("quantity", "bigint"), ("amount", "bigint"), ("payment", "text"), ("reason", "text"),
    ("hold_until", "timestamptz"), ("last_day", "date"),
    ("created_at", "timestamptz"), ("updated_at", "timestamptz"), ("counted_by", "bytea"),
)  # fmt: skip
_ADD = f"""
INSERT INTO ticket_order ({", ".join(name for name, _ in _COLUMNS)})
SELECT * FROM unnest({", ".join(f"${place}::{kind}[]" for place, (_, kind) in enumerate(_COLUMNS, 1))})
ON CONFLICT DO NOTHING
"""
_ADD_LINES = """
INSERT INTO ticket_order_line (order_id, place, type, seats, quantity, price)
SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::uuid[], $5::bigint[], $6::bigint[])
"""
_LINES = """
SELECT order_id, type, seats, quantity, price FROM ticket_order_line
 WHERE order_id = ANY($1::uuid[]) ORDER BY order_id, place
"""
OVER = f"""
last_day < $1 AND coalesce((SELECT ends_at FROM ticket_sale WHERE id = ticket_order.sale) <= $2, true)
   AND NOT EXISTS (SELECT FROM ticket WHERE order_id = ticket_order.id AND state = 'valid' AND NOT ({tickets.OVER}))
"""
"""Orders of which nothing is on from a day ($1) on, which begins at $2: their sale may have been put off since, and a
ticket of theirs changed to another day.
"""
_FORGET = f"""
UPDATE ticket_order SET buyer = '', sealed = NULL WHERE id IN (
    SELECT id FROM ticket_order WHERE {OVER} AND (buyer <> '' OR sealed IS NOT NULL) ORDER BY last_day LIMIT $3
       FOR NO KEY UPDATE SKIP LOCKED
)
"""
_UNPAID = """
(SELECT id FROM ticket_order WHERE sale = $1 AND state = 'held' LIMIT $3)
UNION ALL
(SELECT id FROM ticket_order WHERE sale = $1 AND state = 'expired' AND created_at > $2 LIMIT $3)
 LIMIT $3
"""
_COUNTED = """
SELECT counted_by, sum(quantity)::bigint AS tickets FROM ticket_order
 WHERE counted_by IS NOT NULL AND counted_by = ANY($1::bytea[]) GROUP BY counted_by
"""
_FORGET_COUNTED = """
UPDATE ticket_order SET counted_by = NULL WHERE id IN (
    SELECT id FROM ticket_order WHERE counted_by IS NOT NULL AND created_at < $1 ORDER BY created_at LIMIT $2
       FOR NO KEY UPDATE SKIP LOCKED
)
"""
FORGOTTEN = 1_000
"""Orders that one statement forgets the makers of."""


def added(taken: Sequence[Taken]) -> list[Write]:
    """The writes of new orders. A code that is taken makes the batch run again, with others."""
    orders = [one.order for one in taken]
    if not orders:
        return []
    values = [[one.state.value if name == "state" else getattr(one, name) for one in orders] for name, _ in _COLUMNS]
    lines = [(one.order.id, place, *line) for one in taken for place, line in enumerate(one.lines)]
    return [
        Write(_ADD, tuple(values), rows=len(orders), otherwise=asyncpg.SerializationError),
        Write(_ADD_LINES, tuple(map(list, zip(*lines, strict=True))), rows=len(lines)),
    ]


async def lines_of(tx: Transaction, orders: Collection[UUID]) -> dict[UUID, list[Line]]:
    """What was ordered, by order."""
    found: dict[UUID, list[Line]] = {order: [] for order in orders}
    for row in await tx.fetch(_LINES, list(orders)):
        found[row["order_id"]].append(Line(row["type"], row["seats"], row["quantity"], row["price"]))
    return found


async def by_code(tx: Transaction, code: str, *, lock: bool = False) -> Order | None:
    """The order of a code."""
    return await ORDERS.first(tx, "code = $1", code, lock=lock)


async def by_ids(tx: Transaction, wanted: Collection[UUID]) -> dict[UUID, Order]:
    """Orders by their ids."""
    return {one.id: one for one in await ORDERS.every(tx, "id = ANY($1::uuid[])", list(wanted))} if wanted else {}


async def lock(tx: Transaction, wanted: Collection[UUID]) -> dict[UUID, Order]:
    """Orders by their ids, locked in the order of those."""
    tail = "id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE"
    return {one.id: one for one in await ORDERS.every(tx, tail, sorted(wanted))} if wanted else {}


async def page(tx: Transaction, buyer: str, size: int, token: str) -> Page[Order]:
    """Those of a buyer, the newest first."""
    return await ORDERS.page(tx, _NEWEST, size, token, buyer=buyer)


async def over(tx: Transaction, now: datetime, most: int) -> list[UUID]:
    """Orders whose hold is over."""
    sql = "SELECT id FROM ticket_order WHERE hold_until < $1 ORDER BY hold_until LIMIT $2"
    return [row["id"] for row in await tx.fetch(sql, now, most)]


async def unpaid(tx: Transaction, sale: UUID, since: datetime, most: int) -> list[UUID]:
    """Orders of a sale that are not paid: those that are held, and others that were made since then."""
    rows = await tx.fetch(_UNPAID, sale, since, most)
    return [row["id"] for row in rows]


async def held_since(tx: Transaction) -> datetime | None:
    """The hold that is over the longest and still holds; None where none holds."""
    sql = "SELECT hold_until FROM ticket_order WHERE hold_until IS NOT NULL ORDER BY hold_until LIMIT 1"
    found: datetime | None = await tx.fetchval(sql)
    return found


async def counted(tx: Transaction, by: Collection[bytes]) -> dict[bytes, int]:
    """How many tickets each of some has that are not paid, or cost nothing."""
    rows = await tx.fetch(_COUNTED, sorted(by)) if by else ()
    return {row["counted_by"]: row["tickets"] for row in rows}


async def forget_counted(tx: Transaction, before: datetime) -> bool:
    """Takes away by whom orders are counted that were made before. Whether there are more."""
    return await tx.execute(_FORGET_COUNTED, before, FORGOTTEN) == f"UPDATE {FORGOTTEN}"


async def forget(tx: Transaction, day: date, begin: datetime) -> bool:
    """Takes away who made orders of which nothing is on from a day on. Whether there are more."""
    return await tx.execute(_FORGET, day, begin, FORGOTTEN) == f"UPDATE {FORGOTTEN}"
