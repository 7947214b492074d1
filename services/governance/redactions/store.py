"""SQL of redactions."""

from uuid import UUID

from services.governance.redactions.model import Redaction
from services.kit.database import Transaction
from services.kit.database.table import Table

_REDACTIONS = Table(Redaction, "redaction", fixed=("complaint_id", "create_time", "asker"))
_MOST = 100


async def save(tx: Transaction, redaction: Redaction) -> None:
    """Writes a redaction, new or done."""
    await _REDACTIONS.save(tx, redaction)


async def get(tx: Transaction, identity: UUID) -> Redaction | None:
    """A redaction by its id."""
    return await _REDACTIONS.get(tx, identity)


async def of(tx: Transaction, complaint_id: UUID) -> list[Redaction]:
    """Those of a case, the newest first."""
    return await _REDACTIONS.every(tx, "complaint_id = $1 ORDER BY id DESC LIMIT $2", complaint_id, _MOST)
