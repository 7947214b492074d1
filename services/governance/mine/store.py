"""SQL of the cases that somebody reported or joined."""

from typing import Any
from uuid import UUID

from services.governance.mine.model import MyCase
from services.governance.states.model import State
from services.kit.database import Transaction

_CASE = "code, category, area, state, created_at, resolution"
_OF_LOGIN = f"""
SELECT id, id AS complaint_id, false AS supporter, {_CASE} FROM complaint
 WHERE reporter = $1 AND reporter <> '' -- as its index has it, which leaves out who has no login
"""
_OF_MAILBOX = f"""
SELECT subject AS id, complaint_id, supporter, {_CASE} FROM contact JOIN complaint ON complaint.id = complaint_id
 WHERE mailbox = $1 AND has_email AND erase_time IS NULL AND mail IN ('confirmed', 'unsubscribed')
"""
"""Of whose links hold, as ``grants.store`` has it: an erased address finds nothing, whatever is left of its row."""
_SHOWN = " AND NOT (supporter AND secret)"
"""What somebody joined before it was hidden is not for them to follow any more; the key to what they gave still is."""


async def of_login(tx: Transaction, subject: str, before: UUID | None, size: int) -> list[MyCase]:
    """What a login reported, the newest first, older than the case `before`."""
    after, values = ("", ()) if before is None else (" AND id < $3", (before,))
    rows = await tx.fetch(f"{_OF_LOGIN}{after} ORDER BY id DESC LIMIT $2", subject, size, *values)
    return [_case(row) for row in rows]


async def of_mailbox(tx: Transaction, mailbox: bytes, before: UUID | None, size: int) -> list[MyCase]:
    """The same of those for which an address was confirmed, those that its owner joined among them."""
    after, values = ("", ()) if before is None else (" AND subject < $3", (before,))
    rows = await tx.fetch(f"{_OF_MAILBOX}{_SHOWN}{after} ORDER BY subject DESC LIMIT $2", mailbox, size, *values)
    return [_case(row) for row in rows]


async def one(tx: Transaction, mailbox: bytes, code: str) -> MyCase | None:
    """A case of an address: as its reporter, where they are that too."""
    row = await tx.fetchrow(f"{_OF_MAILBOX} AND code = $2 ORDER BY supporter LIMIT 1", mailbox, code)
    return _case(row) if row else None


async def mailbox(tx: Transaction, subject: UUID) -> bytes | None:
    """The digest of a contact's address."""
    found: bytes | None = await tx.fetchval("SELECT mailbox FROM contact WHERE subject = $1", subject)
    return found


async def subjects(tx: Transaction, mailbox: bytes) -> list[UUID]:
    """All contacts of an address."""
    return [row["subject"] for row in await tx.fetch("SELECT subject FROM contact WHERE mailbox = $1", mailbox)]


async def unknown(tx: Transaction, address: bytes, most: int) -> list[UUID]:
    """Contacts of an address, or of one like it, of which the digest of the very address is not there yet."""
    rows = await tx.fetch(
        "SELECT subject FROM contact WHERE address = $1 AND mailbox IS NULL AND has_email LIMIT $2", address, most
    )
    return [row["subject"] for row in rows]


async def know(tx: Transaction, subject: UUID, mailbox: bytes) -> None:
    """Keeps the digest of a contact's address."""
    await tx.execute("UPDATE contact SET mailbox = $2 WHERE subject = $1 AND has_email", subject, mailbox)


def _case(row: Any) -> MyCase:
    return MyCase(**{**dict(row), "state": State(row["state"])})
