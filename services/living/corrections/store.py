"""SQL of corrections."""

from datetime import datetime
from uuid import UUID

from services.kit.database import Transaction
from services.kit.database.table import Keyset, Page, Table
from services.living.corrections.model import MOST_OF_ONE, MOST_WAITING, Correction, State

CORRECTIONS = Table(
    Correction, "facility_correction", fixed=("facility", "agency", "reason", "by", "created_at")
)  # fmt: skip
_OLDEST: Keyset[Correction] = Keyset({"id": UUID}, of=lambda one: (one.id,))
_NEWEST: Keyset[Correction] = Keyset({"id": UUID}, of=lambda one: (one.id,), descending=True)
get, save = CORRECTIONS.get, CORRECTIONS.save

FORGOTTEN = 1_000
"""Corrections of which one statement takes away the words, and whose they were."""

_WAITING_OF = """
SELECT count(*)::integer FROM (
    SELECT FROM facility_correction WHERE facility = $1 AND state = 'waiting' LIMIT $2) AS part
"""
_WAITING_BY = """
SELECT count(*)::integer FROM (
    SELECT FROM facility_correction WHERE by = $1 AND by <> '' AND state = 'waiting' LIMIT $2) AS part
"""
_OLDEST_WAITING = "SELECT created_at FROM facility_correction WHERE state = 'waiting' ORDER BY id LIMIT 1"
# A name that was accepted is the facility's; one that was declined is words of whoever wrote it.
_FORGET = """
UPDATE facility_correction SET by = '', reason = '', name = CASE state WHEN 'declined' THEN '' ELSE name END
 WHERE id IN (
    SELECT id FROM facility_correction WHERE decided_at < $1 AND (reason <> '' OR by <> '')
     ORDER BY decided_at LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED)
"""
_COUNT = "SELECT coalesce(sum(waiting), 0)::integer FROM correction_tally"


async def page(tx: Transaction, state: State, agency: str, size: int, token: str) -> Page[Correction]:
    """Those in a state, of an agency or (empty) of all: those that wait with the oldest first, others the newest."""
    order = _OLDEST if state is State.WAITING else _NEWEST
    return await CORRECTIONS.page(tx, order, size, token, state=state, agency=agency)


async def waiting_of(tx: Transaction, facility: UUID) -> int:
    """How many of a facility wait, up to as many as may."""
    found: int = await tx.fetchval(_WAITING_OF, facility, MOST_WAITING)
    return found


async def waiting_by(tx: Transaction, subject: str) -> int:
    """How many of a login wait, up to as many as may."""
    found: int = await tx.fetchval(_WAITING_BY, subject, MOST_OF_ONE)
    return found


async def waiting(tx: Transaction) -> int:
    """How many wait."""
    found: int = await tx.fetchval(_COUNT)
    return found


async def waiting_since(tx: Transaction) -> datetime | None:
    """Since when the oldest waits."""
    found: datetime | None = await tx.fetchval(_OLDEST_WAITING)
    return found


async def forget(tx: Transaction, before: datetime) -> bool:
    """Takes away the words of corrections that were decided on before, and whose they were. Whether there are more."""
    tag = await tx.execute(_FORGET, before, FORGOTTEN)
    return tag == f"UPDATE {FORGOTTEN}"
