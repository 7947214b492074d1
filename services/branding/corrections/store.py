"""SQL of corrections of destinations."""

from datetime import datetime
from uuid import UUID

from services.branding.corrections.model import MOST_OF_ONE, MOST_WAITING, Correction, State
from services.kit.database import Transaction
from services.kit.database.table import Keyset, Page, Table

_CORRECTIONS = Table(Correction, "destination_correction", fixed=("destination", "reason", "by", "created_at"))
_OLDEST: Keyset[Correction] = Keyset({"id": UUID}, of=lambda one: (one.id,))
_NEWEST: Keyset[Correction] = Keyset({"id": UUID}, of=lambda one: (one.id,), descending=True)
get, save = _CORRECTIONS.get, _CORRECTIONS.save
_FORGOTTEN = 1_000
_WAITING_OF = """
SELECT count(*)::integer FROM (
    SELECT FROM destination_correction WHERE destination = $1 AND state = 'waiting' LIMIT $2) AS part
"""
_WAITING_BY = """
SELECT count(*)::integer FROM (
    SELECT FROM destination_correction WHERE by = $1 AND by <> '' AND state = 'waiting' LIMIT $2) AS part
"""
TAKEN = """
by = '', reason = '',
       content = CASE state WHEN 'declined' THEN '{}' ELSE content END,
       note = CASE state WHEN 'declined' THEN '' ELSE note END
"""
"""What a decided correction loses. What was accepted the destination says, and how it was checked stays with it; what
was declined is words of whoever wrote it, and so may be why.
"""
# Also what a process of before took the reason of, and nothing else.
_FORGET = f"""
UPDATE destination_correction SET {TAKEN} WHERE id IN (
    SELECT id FROM destination_correction
     WHERE decided_at < $1 AND (reason <> '' OR by <> '' OR state = 'declined' AND content <> '{{}}')
     ORDER BY decided_at LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED)
"""


async def page(tx: Transaction, state: State, size: int, token: str) -> Page[Correction]:
    """Those in a state: those that wait with the oldest first, others with the newest."""
    order = _OLDEST if state is State.WAITING else _NEWEST
    return await _CORRECTIONS.page(tx, order, size, token, state=state)


async def waiting_of(tx: Transaction, destination: UUID) -> int:
    """How many of a destination wait, up to as many as may."""
    found: int = await tx.fetchval(_WAITING_OF, destination, MOST_WAITING)
    return found


async def waiting_by(tx: Transaction, subject: str) -> int:
    """How many of a login wait, up to as many as may."""
    found: int = await tx.fetchval(_WAITING_BY, subject, MOST_OF_ONE)
    return found


async def forget(tx: Transaction, before: datetime) -> bool:
    """Takes away the words of corrections that were decided on before, and whose they were. Whether there are more."""
    return await tx.execute(_FORGET, before, _FORGOTTEN) == f"UPDATE {_FORGOTTEN}"
