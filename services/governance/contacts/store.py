"""SQL of contacts and of the reads that were made of them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.governance.contacts.model import Mail, MailState, Read
from services.kit.database import Transaction
from services.kit.database.table import Table

_READS = Table(Read, "contact_read")
_MAILS = Table(Mail, "contact")


async def insert(
    tx: Transaction, subject: UUID, complaint_id: UUID, *, ciphertext: bytes, address: bytes | None,
    mailbox: bytes | None, link_hash: bytes | None, mail: MailState,
) -> None:  # fmt: skip
    """Adds a contact: with ``link_hash`` that of a supporter, with the digests of an address where it has one."""
    await tx.execute(
        """
        INSERT INTO contact (subject, complaint_id, supporter, ciphertext, has_email, create_time, address, link_hash,
                             mail, confirm_time, mailbox)
        VALUES ($1, $2, $3, $4, $5, $6::timestamptz, $7, $8, $9::text,
                CASE WHEN $9::text = 'confirmed' THEN $6::timestamptz END, $10)
        """,
        subject,
        complaint_id,
        link_hash is not None,
        ciphertext,
        address is not None,
        tx.now,
        address,
        link_hash,
        mail.value,
        mailbox,
    )


async def mail(tx: Transaction, subject: UUID, *, lock: bool = False) -> Mail | None:
    """How mail to a contact stands; None when there never was one."""
    return await _MAILS.first(tx, "subject = $1", subject, lock=lock)


async def mails(tx: Transaction, complaint_id: UUID) -> list[Mail]:
    """How mail stands to each contact of a case that has an address."""
    return await _MAILS.every(tx, "complaint_id = $1 AND has_email ORDER BY subject", complaint_id)


async def of_supporter(tx: Transaction, code: str, link_hash: bytes) -> UUID | None:
    """The supporter of a case whose key this is the digest of."""
    found: UUID | None = await tx.fetchval(
        """
        SELECT subject FROM contact JOIN complaint ON complaint.id = contact.complaint_id
        WHERE contact.link_hash = $2 AND complaint.code = $1
        """,
        code,
        link_hash,
    )
    return found


async def asked(tx: Transaction, subject: UUID) -> None:
    """Takes note that a confirmation is on its way; the contact waits for its owner from now on."""
    await tx.execute("UPDATE contact SET mail = 'waiting', ask_time = $2 WHERE subject = $1", subject, tx.now)


async def confirm(tx: Transaction, subject: UUID, address: bytes, mailbox: bytes) -> None:
    """The owner of the address says that it is theirs."""
    await tx.execute(
        "UPDATE contact SET mail = 'confirmed', confirm_time = $2, address = $3, mailbox = $4 WHERE subject = $1",
        subject,
        tx.now,
        address,
        mailbox,
    )


async def readdress(tx: Transaction, subject: UUID, *, ciphertext: bytes, address: bytes, mailbox: bytes) -> None:
    """Puts another address in the place of the former one: it waits for its owner, and another round begins."""
    await tx.execute(
        """
        UPDATE contact SET ciphertext = $2, has_email = true, address = $3, mailbox = $4, mail = 'waiting',
               ask_time = NULL, confirm_time = NULL, address_round = address_round + 1
        WHERE subject = $1
        """,
        subject,
        ciphertext,
        address,
        mailbox,
    )


async def reseal(tx: Transaction, subject: UUID, ciphertext: bytes) -> None:
    """Puts another name or telephone in the place of the former; its address stays."""
    await tx.execute("UPDATE contact SET ciphertext = $2 WHERE subject = $1", subject, ciphertext)


async def stop(tx: Transaction, subject: UUID, address: bytes, state: MailState) -> None:
    """No contact with this address gets mail any more, whichever case it is of."""
    await tx.execute(
        """
        UPDATE contact SET mail = $3, address = $2
        WHERE (address = $2 OR subject = $1) AND has_email AND mail IN ('waiting', 'confirmed')
        """,
        subject,
        address,
        state.value,
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


async def outdated(tx: Transaction, before: datetime, most: int) -> list[UUID]:
    """Contacts, locked, of cases that ended before a moment and could not be reopened any more by then."""
    rows = await tx.fetch(
        """
        SELECT subject FROM contact JOIN complaint ON complaint.id = contact.complaint_id
         WHERE contact.erase_time IS NULL AND contact.create_time < $1
           AND NOT complaint.open AND greatest(complaint.updated_at, complaint.reopen_until) < $1
         ORDER BY contact.create_time LIMIT $2 FOR NO KEY UPDATE OF contact
        """,
        before,
        most,
    )
    return [row["subject"] for row in rows]


async def mark_erased(tx: Transaction, subjects: Sequence[UUID]) -> datetime | None:
    """Empties the rows and answers with the time they were first erased; None when there were none."""
    erased: datetime | None = await tx.fetchval(
        """
        WITH erased AS (
            UPDATE contact SET ciphertext = '', has_email = false, address = NULL, mailbox = NULL,
                   erase_time = coalesce(erase_time, $2)
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
