"""SQL of the counts.

Drills never count. Secret cases count, but not by area, where a count of one would tell of them.
"""

from datetime import timedelta
from typing import Any

from services.kit.database import Transaction

WEEK = timedelta(days=7)

_TOTALS = """
SELECT (SELECT count(*) FROM cleanup WHERE live AND NOT exercise) AS open,
       (SELECT count(*) FROM cleanup WHERE live AND NOT exercise AND due_at < $1) AS overdue,
       (SELECT count(*) FROM cleanup WHERE NOT exercise AND completed_at >= $2) AS completed
"""
_AREAS = """
SELECT area, count(*)::integer AS completed FROM cleanup
 WHERE NOT exercise AND NOT secret AND area <> '' AND completed_at >= $1 GROUP BY area ORDER BY area
"""


async def totals(tx: Transaction) -> Any:
    """Counts of what is open, late, and completed in the last seven days."""
    return await tx.fetchrow(_TOTALS, tx.now, tx.now - WEEK)


async def areas(tx: Transaction) -> list[Any]:
    """What was completed in the last seven days, by kelurahan."""
    return await tx.fetch(_AREAS, tx.now - WEEK)
