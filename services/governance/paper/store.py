"""SQL of the numbers of paper forms."""

from datetime import datetime
from typing import NamedTuple

from services.kit.database import Transaction

_ADD = """
INSERT INTO paper_number (number, reserved_at, state, reason)
SELECT number, $3, 'reserved', '' FROM generate_series($1::bigint, $2::bigint) AS number
"""
_AFTER = """
SELECT number, reserved_at FROM paper_number WHERE state = 'reserved' AND number > $1 ORDER BY number LIMIT $2
"""
_END = "UPDATE paper_number SET state = $2, reason = $3 WHERE number = $1"


class Reserved(NamedTuple):
    """A number that waits for its form."""

    number: int
    reserved_at: datetime


async def add(tx: Transaction, first: int, last: int) -> None:
    """Reserves them."""
    await tx.execute(_ADD, first, last, tx.now)


async def after(tx: Transaction, number: int, size: int) -> list[Reserved]:
    """Those that wait, from above a number on."""
    return [Reserved(*row) for row in await tx.fetch(_AFTER, number, size)]


async def end(tx: Transaction, number: int, state: str, reason: str = "") -> None:
    """It waits no more."""
    await tx.execute(_END, number, state, reason)
