"""SQL of counting again: who asked for it, and the events as the outbox still has them."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.governance.recounting.model import Request
from services.kit.database import Transaction
from services.kit.database.table import Table
from services.kit.runtime import Runtime

MOST = 500
_REQUESTS = Table(Request, "performance_recompute")
_WAITING = "SELECT id FROM performance_recompute WHERE done_at IS NULL ORDER BY asked_at LIMIT 1"
# Positions grow with time, so what was recorded since a moment begins at one of them.
_BEGIN = "SELECT position FROM outbox WHERE recorded_at >= $1 ORDER BY position LIMIT 1"
_ADVANCE = """
UPDATE performance_recompute
   SET events = events + $2, missing = missing + $3, changed = changed + $4, next = coalesce($5::date, next),
       done_at = CASE WHEN $5::date IS NULL THEN $6::timestamptz END
 WHERE id = $1
"""
_RECORDED = f"""
SELECT position, id, type, aggregate, version, recorded_at, exercise, payload
  FROM outbox WHERE position > $1 ORDER BY position LIMIT {MOST}
"""


async def anything_asked(runtime: Runtime) -> bool:
    """Whether somebody waits."""
    return await runtime.pool.fetchval(_WAITING) is not None


async def waiting(tx: Transaction, skip: Collection[UUID]) -> Request | None:
    """Who has waited longest, but not these."""
    tail = "done_at IS NULL AND id <> ALL($1::uuid[]) ORDER BY asked_at"
    return await _REQUESTS.first(tx, tail, list(skip), lock=False)


async def refuse(tx: Transaction, request: UUID, why: str) -> None:
    """Says why it cannot be done."""
    await tx.execute("UPDATE performance_recompute SET done_at = $2, refused = $3 WHERE id = $1", request, tx.now, why)


async def begun(tx: Transaction, request: UUID, month: date) -> None:
    """Says which month is counted first."""
    await tx.execute("UPDATE performance_recompute SET next = $2 WHERE id = $1", request, month)


async def advance(tx: Transaction, request: UUID, events: int, missing: int, changed: int, then: date | None) -> None:
    """Says what came of one month more, and which is the next; None where that was the last."""
    await tx.execute(_ADVANCE, request, events, missing, changed, then, tx.now)


async def begin(tx: Transaction, since: datetime) -> int | None:
    """The position before the first event that was recorded since; None where there is none."""
    first = await tx.fetchval(_BEGIN, since)
    return None if first is None else int(first) - 1


async def recorded(tx: Transaction, after: int) -> Sequence[Any]:
    """The next events of the outbox."""
    return await tx.fetch(_RECORDED, after)
