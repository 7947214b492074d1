"""SQL of invitations."""

from datetime import date

from services.kit.database import Transaction
from services.society.inviting.model import Invitation

FORGOTTEN = 1_000
"""Invitations that one statement forgets."""


async def get(tx: Transaction, id_: bytes, *, lock: bool = False) -> Invitation | None:
    """One by the digest of its code."""
    sql = "SELECT id, agency, request, until FROM survey_invitation WHERE id = $1"
    row = await tx.fetchrow(f"{sql} FOR NO KEY UPDATE" if lock else sql, id_)
    return Invitation(**row) if row else None


async def add(tx: Transaction, id_: bytes, agency: str, until: date) -> bool:
    """Writes one; False where it is there."""
    sql = "INSERT INTO survey_invitation (id, agency, request, until) VALUES ($1, $2, '', $3) ON CONFLICT DO NOTHING"
    return await tx.execute(sql, id_, agency, until) == "INSERT 0 1"


async def renew(tx: Transaction, id_: bytes, agency: str, until: date) -> None:
    """It is about another agency, or until another day."""
    await tx.execute("UPDATE survey_invitation SET agency = $2, until = $3 WHERE id = $1", id_, agency, until)


async def use(tx: Transaction, id_: bytes, request: bytes) -> None:
    """It was used, by a request."""
    await tx.execute("UPDATE survey_invitation SET request = $2 WHERE id = $1", id_, request)


async def forget(tx: Transaction, before: date) -> bool:
    """Forgets those that ended before a day; whether there are more."""
    tag = await tx.execute(
        "DELETE FROM survey_invitation WHERE id IN"
        " (SELECT id FROM survey_invitation WHERE until < $1 ORDER BY until LIMIT $2 FOR UPDATE SKIP LOCKED)",
        before,
        FORGOTTEN,
    )
    return tag == f"DELETE {FORGOTTEN}"
