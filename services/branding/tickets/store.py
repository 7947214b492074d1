"""SQL of tickets."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from services.branding.tickets.model import Before, Ticket
from services.kit.database import Transaction
from services.kit.database.table import Table
from services.kit.database.transaction import Write

TICKETS = Table(Ticket, "ticket", fixed=("code", "order_id", "created_at", "ordered_at"))
get, save = TICKETS.get, TICKETS.save

_COLUMNS = (
    ("id", "uuid"), ("version", "bigint"), ("code", "text"), ("state", "text"), ("order_id", "uuid"), ("sale", "uuid"),
    ("type", "uuid"), ("seats", "uuid"), ("first_day", "date"), ("last_day", "date"), ("price", "bigint"),
    ("request", "text"), ("generation", "bigint"), ("hands", "bigint"), ("holder", "text"), ("sealed", "bytea"),
    ("admissions", "bigint"), ("admitted_day", "date"), ("inside", "boolean"), ("created_at", "timestamptz"),
    ("updated_at", "timestamptz"), ("ordered_at", "timestamptz"),
)  # fmt: skip
_ADD = f"""
INSERT INTO ticket ({", ".join(name for name, _ in _COLUMNS)})
SELECT * FROM unnest({", ".join(f"${place}::{kind}[]" for place, (_, kind) in enumerate(_COLUMNS, 1))})
"""
OVER = "last_day < $1 AND coalesce((SELECT ends_at FROM ticket_sale WHERE id = ticket.sale) <= $2, true)"
"""Tickets that are not for a day ($1), which begins at $2, nor for a later one: what is sold may have been put off."""
_FORGET = f"""
UPDATE ticket SET holder = '', sealed = NULL WHERE id IN (
    SELECT id FROM ticket WHERE {OVER} AND (holder <> '' OR sealed IS NOT NULL) ORDER BY last_day LIMIT $3
       FOR NO KEY UPDATE SKIP LOCKED
)
"""
FORGOTTEN = 1_000
"""Tickets that one statement forgets the holders of."""


_REMEMBER = f"""
INSERT INTO ticket_before ({", ".join(Before._fields)})
SELECT id, generation, $2, sale, type, seats, first_day, last_day FROM ticket WHERE id = ANY($1::uuid[])
ON CONFLICT DO NOTHING
"""
_BEFORE = f"SELECT {', '.join(Before._fields)} FROM ticket_before WHERE ticket = ANY($1::uuid[])"
_FORGET_BEFORE = """
DELETE FROM ticket_before WHERE (ticket, generation) IN (
    SELECT ticket, generation FROM ticket_before WHERE until < $1 ORDER BY until LIMIT $2 FOR UPDATE SKIP LOCKED)
"""


def added(tickets: Sequence[Ticket]) -> Write:
    """The write of new tickets."""
    if not tickets:
        return Write(_ADD, ())
    values = [[one.state.value if name == "state" else getattr(one, name) for one in tickets] for name, _ in _COLUMNS]
    return Write(_ADD, tuple(values), rows=len(tickets))


async def by_code(tx: Transaction, code: str, *, lock: bool = False) -> Ticket | None:
    """The ticket of a code."""
    return await TICKETS.first(tx, "code = $1", code, lock=lock)


async def order_code(tx: Transaction, ticket: Ticket) -> str:
    """The code of the order that a ticket was bought with."""
    return str(await tx.fetchval("SELECT code FROM ticket_order WHERE id = $1", ticket.order_id))


async def buyer(tx: Transaction, ticket: Ticket) -> str:
    """Who ordered a ticket; empty for who has no login."""
    return str(await tx.fetchval("SELECT buyer FROM ticket_order WHERE id = $1", ticket.order_id))


async def of_order(tx: Transaction, order: UUID) -> list[Ticket]:
    """The tickets of an order, in the order in which they were made."""
    return await TICKETS.every(tx, "order_id = $1 ORDER BY id", order)


async def of_orders(tx: Transaction, orders: Collection[UUID]) -> list[Ticket]:
    """The tickets of several orders, locked in the order of their ids."""
    return await TICKETS.every(tx, "order_id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE", list(orders))


async def remember(tx: Transaction, tickets: Sequence[UUID]) -> None:
    """Keeps what tickets are that are changed now, to judge by it whom a gate let in before without a connection."""
    await tx.execute(_REMEMBER, list(tickets), tx.now)


async def before(tx: Transaction, tickets: Collection[UUID]) -> dict[tuple[UUID, int], Before]:
    """What tickets were before, by ticket and by the QR code that was good then."""
    found = [Before(*row) for row in await tx.fetch(_BEFORE, list(tickets))]
    return {(one.ticket, one.generation): one for one in found}


async def forget_before(tx: Transaction, until: datetime) -> bool:
    """Forgets what tickets were so long ago. Whether there is more."""
    return await tx.execute(_FORGET_BEFORE, until, FORGOTTEN) == f"DELETE {FORGOTTEN}"


async def forget(tx: Transaction, day: date, begin: datetime) -> bool:
    """Takes away who had tickets that are over before a day. Whether there are more."""
    return await tx.execute(_FORGET, day, begin, FORGOTTEN) == f"UPDATE {FORGOTTEN}"
