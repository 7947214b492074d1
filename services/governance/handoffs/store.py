"""SQL of hand-offs."""

from collections.abc import Collection
from uuid import UUID

from services.governance.handoffs.model import HandOff
from services.kit.database import Transaction
from services.kit.database.table import Table

HAND_OFFS = Table(HandOff, "hand_off", fixed=("incident", "party", "created_at", "due_at", "exercise"))
get, save = HAND_OFFS.get, HAND_OFFS.save
_OVERDUE = """
SELECT count(*)::integer FROM (
    SELECT FROM hand_off WHERE state = 'asked' AND escalations > 0 AND NOT exercise LIMIT 1000) AS part
"""
_UNANSWERED = """
SELECT count(*)::integer FROM (SELECT FROM hand_off WHERE state = 'asked' AND NOT exercise LIMIT 1000) AS part
"""


async def of(tx: Transaction, incidents: Collection[UUID]) -> list[HandOff]:
    """Those of incidents, the oldest first."""
    return await HAND_OFFS.every(tx, "incident = ANY($1) ORDER BY incident, created_at LIMIT 1000", list(incidents))


async def asked_of(tx: Transaction, incidents: Collection[UUID], party: str) -> HandOff | None:
    """That of incidents to a party which is not acknowledged, the oldest."""
    tail = "incident = ANY($1) AND party = $2 AND state = 'asked' ORDER BY created_at"
    return await HAND_OFFS.first(tx, tail, list(incidents), party)


async def due(tx: Transaction, but: Collection[UUID]) -> HandOff | None:
    """One that escalates now."""
    return await HAND_OFFS.first(
        tx, "state = 'asked' AND next_at <= $1 AND NOT id = ANY($2) ORDER BY next_at", tx.now, list(but), lock=True
    )


async def overdue(tx: Transaction) -> int:
    """Real ones that escalated and are not acknowledged yet."""
    found: int = await tx.fetchval(_OVERDUE)
    return found


async def unanswered(tx: Transaction) -> int:
    """Real ones that nobody has acknowledged."""
    found: int = await tx.fetchval(_UNANSWERED)
    return found
