"""SQL of contacts and of the reads that were made of them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.governance.contacts.model import Read
from services.kit.database import Transaction
from services.kit.database.table import Table

_READS = Table(Read, "contact_read")


async def insert(
    tx: Transaction, subject: UUID, complaint_id: UUID, *, supporter: bool, ciphertext: bytes, has_email: bool
) -> None:
    """Adds a contact."""
    await tx.execute(
        """
        INSERT INTO contact (subject, complaint_id, supporter, ciphertext, has_email, create_time)
        VALUES ($1, $2, $3, $4, $5, $6)
        """,
        subject,
        complaint_id,
        supporter,
        ciphertext,
        has_email,
        tx.now,
    )


async def ciphertext(tx: Transaction, subject: UUID) -> bytes | None:
    """What was kept for a subject; None when nothing was, or it was erased."""
    kept: bytes | None = await tx.fetchval(
        "SELECT ciphertext FROM contact WHERE subject = $1 AND erase_time IS NULL", subject
    )
    return kept


async def subjects(tx: Transaction, complaint_id: UUID) -> Sequence[UUID]:
    """All subjects of a case whose contact was ever kept, locked."""
    rows = await tx.fetch(
        "SELECT subject FROM contact WHERE complaint_id = $1 ORDER BY subject FOR NO KEY UPDATE", complaint_id
    )
    return [row["subject"] for row in rows]


async def mark_erased(tx: Transaction, subjects: Sequence[UUID]) -> datetime | None:
    """Empties the rows and answers with the time they were first erased; None when there were none."""
    erased: datetime | None = await tx.fetchval(
        """
        WITH erased AS (
            UPDATE contact SET ciphertext = '', has_email = false, erase_time = coalesce(erase_time, $2)
            WHERE subject = ANY($1::uuid[]) RETURNING erase_time
        )
        SELECT max(erase_time) FROM erased
        """,
        list(subjects),
        tx.now,
    )
    return erased


async def add_read(tx: Transaction, id: UUID, complaint_id: UUID, *, by: str, purpose: str) -> None:  # noqa: A002
    """Writes down that somebody reads."""
    await tx.execute(
        "INSERT INTO contact_read (id, complaint_id, at, by, reader, purpose) VALUES ($1, $2, $3, $4, $5, $6)",
        id,
        complaint_id,
        tx.now,
        by,
        tx.caller.subject,
        purpose,
    )


async def reads(tx: Transaction, complaint_id: UUID, before: UUID | None, size: int) -> list[Read]:
    """Reads of a case, newest first, older than the read `before`."""
    tail = "complaint_id = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3"
    return await _READS.every(tx, tail, complaint_id, before, size)
