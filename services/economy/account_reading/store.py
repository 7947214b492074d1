"""SQL of who read it, which stands among the acts, and of what waits."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from services.kit.database import Transaction

_READS = """
SELECT at, agency FROM act WHERE about = $1 AND what = 'payout_account_read' ORDER BY at DESC LIMIT $2
"""
_PAYOUT_WAITS = "SELECT EXISTS (SELECT FROM batch WHERE merchant = $1 AND state = 'closed')"


class Read(NamedTuple):
    """When somebody read it, and for which agency (empty: an administrator of none)."""

    at: datetime
    agency: str


async def reads(tx: Transaction, merchant: UUID, most: int) -> list[Read]:
    """Readings, the newest first."""
    return [Read(**row) for row in await tx.fetch(_READS, str(merchant), most)]


async def payout_waits(tx: Transaction, merchant: UUID) -> bool:
    """Whether a batch of the merchant waits to be paid out."""
    found: bool = await tx.fetchval(_PAYOUT_WAITS, merchant)
    return found
