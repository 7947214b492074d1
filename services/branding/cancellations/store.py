"""SQL of sales whose tickets are taken back."""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from services.branding.tickets.model import Ticket
from services.branding.tickets.store import TICKETS
from services.kit.database import Transaction

AT_ONCE = 200
"""Tickets that one transaction takes back, or orders that it ends."""

_NEXT = """
SELECT sale, last, created_at FROM ticket_cancellation WHERE NOT done ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_CANCEL = """
UPDATE ticket SET state = 'cancelled', returned = price, version = version + 1, updated_at = $2
 WHERE id = ANY($1::uuid[])
"""


class Going(NamedTuple):
    """A sale whose tickets are taken back, and the last one that was."""

    sale: UUID
    last: UUID
    since: datetime
    """When it was called off."""


async def next_(tx: Transaction) -> Going | None:
    """The one that was cancelled first; locked."""
    row = await tx.fetchrow(_NEXT)
    return Going(*row) if row else None


async def holding(tx: Transaction, going: Going, day: date) -> list[Ticket]:
    """Some of its tickets that hold, locked in the order of their ids; of a destination none of days before ``day``:
    a date is planned first for the last day of its tickets, and may have been put off.
    """
    tail = """
    sale = $1 AND id > $2 AND state = 'valid'
    AND (last_day >= $4 OR (SELECT destination FROM ticket_sale WHERE id = $1) = '')
    ORDER BY id LIMIT $3 FOR NO KEY UPDATE
    """
    return await TICKETS.every(tx, tail, going.sale, going.last, AT_ONCE, day)


async def cancel(tx: Transaction, tickets: list[UUID]) -> None:
    """They hold no more."""
    await tx.execute(_CANCEL, tickets, tx.now)


async def advance(tx: Transaction, going: Going, *, done: bool) -> None:
    """How far it has come."""
    await tx.execute(
        "UPDATE ticket_cancellation SET last = $2, done = $3 WHERE sale = $1", going.sale, going.last, done
    )


async def under_way(tx: Transaction, sale: UUID) -> bool:
    """Whether tickets of a sale are still taken back."""
    sql = "SELECT EXISTS (SELECT FROM ticket_cancellation WHERE sale = $1 AND NOT done)"
    return bool(await tx.fetchval(sql, sale))
