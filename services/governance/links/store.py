"""SQL of those who asked for the links of an address."""

from datetime import datetime
from typing import Any
from uuid import UUID

from services.kit.database import Transaction

_ASK = """
UPDATE contact SET link_time = $2 WHERE subject = $1 AND (link_time IS NULL OR link_time <= $3) RETURNING true
"""
_ASK_ALL = """
UPDATE contact SET links_time = $2 WHERE subject = $1 AND (links_time IS NULL OR links_time <= $3) RETURNING true
"""


async def ask(tx: Transaction, address: bytes, mailbox: bytes) -> None:
    """Takes note that somebody asks for the links of an address, known or not; once until it is answered."""
    await tx.execute(
        "INSERT INTO link_request (mailbox, address, ask_time) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        mailbox,
        address,
        tx.now,
    )


async def take(tx: Transaction, most: int) -> list[Any]:
    """Takes those who asked, in the order they did: mailbox and address."""
    rows = await tx.fetch(
        """
        DELETE FROM link_request WHERE mailbox IN (
            SELECT mailbox FROM link_request ORDER BY ask_time LIMIT $1 FOR UPDATE SKIP LOCKED
        ) RETURNING mailbox, address
        """,
        most,
    )
    return list(rows)


async def may_ask(tx: Transaction, subject: UUID, before: datetime) -> bool:
    """Whether the reporter of a case last asked for its link before a time; takes note that they ask now."""
    return bool(await tx.fetchval(_ASK, subject, tx.now, before))


async def asked_at(tx: Transaction, subject: UUID) -> datetime | None:
    """When the reporter of a case last asked for its link; None where they never did."""
    found: datetime | None = await tx.fetchval("SELECT link_time FROM contact WHERE subject = $1", subject)
    return found


async def may_ask_all(tx: Transaction, subject: UUID, before: datetime) -> bool:
    """The same of the links of an address, for which anybody may ask: it keeps no reporter from the link of a case."""
    return bool(await tx.fetchval(_ASK_ALL, subject, tx.now, before))
