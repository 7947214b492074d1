"""SQL of consents: a row for each time that one was given."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.kit.database import Transaction
from services.kit.database.table import Table


@dataclass(frozen=True)
class Consent:
    """Somebody agreed to a purpose; until it was withdrawn."""

    id: UUID
    subject: str
    purpose: str
    given_at: datetime
    withdrawn_at: datetime | None


_CONSENTS = Table(Consent, "consent", fixed=("subject", "purpose", "given_at"))
save = _CONSENTS.save


async def latest(tx: Transaction, subject: str, purpose: str, *, lock: bool = False) -> Consent | None:
    """The last time that somebody agreed to a purpose."""
    return await _CONSENTS.first(tx, "subject = $1 AND purpose = $2 ORDER BY id DESC", subject, purpose, lock=lock)


async def given(tx: Transaction, subject: str) -> list[str]:
    """Purposes that somebody agrees to."""
    sql = "SELECT purpose FROM consent WHERE subject = $1 AND withdrawn_at IS NULL ORDER BY purpose"
    return [row["purpose"] for row in await tx.fetch(sql, subject)]
