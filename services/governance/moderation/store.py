"""SQL of cases that everybody can read, though their category is private."""

from collections.abc import Collection
from uuid import UUID

from services.governance.cases.model import Complaint
from services.governance.cases.store import SELECT, complaint
from services.kit.database import Transaction

# Of one category and in order, as its index has them: for several, a plan would expect one soon in the table itself.
_EXPOSED = f"""
{SELECT} WHERE category = $1 AND NOT secret AND id <> ALL($2::uuid[])
 ORDER BY id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
"""


async def exposed(tx: Transaction, skip: Collection[UUID]) -> Complaint | None:
    """One of them, locked; not these, not one locked elsewhere."""
    for category in tx.runtime.city.categories.values():
        if category.private and (row := await tx.fetchrow(_EXPOSED, category.id, list(skip))):
            return complaint(row)
    return None
