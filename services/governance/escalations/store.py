"""SQL of what fell due by itself."""

from collections.abc import Collection
from uuid import UUID

from services.governance.cases.model import Complaint
from services.governance.cases.store import SELECT, complaint
from services.kit.database import Transaction
from services.kit.runtime import Runtime


async def anything_due(runtime: Runtime) -> bool:
    """Whether something fell due by itself; asked without a transaction, each second, mostly for nothing."""
    # Not EXISTS: for any time at all, a plan would expect a third of the table to be due and read it from the start.
    sql = "SELECT min(wake_at) < $1 FROM complaint"
    return bool(await runtime.pool.fetchval(sql, runtime.clock()))


async def due(tx: Transaction, skip: Collection[UUID]) -> Complaint | None:
    """The complaint for which something fell due by itself longest ago, locked; not these, not one locked elsewhere."""
    row = await tx.fetchrow(
        f"{SELECT} WHERE wake_at < $1 AND id <> ALL($2::uuid[]) ORDER BY wake_at LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED",
        tx.now,
        list(skip),
    )
    return complaint(row) if row else None
