"""SQL of the counts: sums of the counters that the database keeps beside the clean-ups, never of clean-ups.

Drills never count. Secret cases count, but not by area, where a count of one would tell of them. Days are UTC's, today
and those before: to add up whole days is what keeps the cost the same for any number of clean-ups.
"""

from datetime import UTC, timedelta
from typing import Any

from services.kit.database import Transaction

WEEK = timedelta(days=6)
"""Before today."""

# Late is what is due on days before, in hours of today before this one, and before now in this hour.
_TOTALS = """
SELECT coalesce((SELECT sum(live) FROM backlog WHERE span = 'all'), 0)::integer AS open,
       (coalesce((SELECT sum(live) FROM backlog WHERE span = 'day' AND at < $1), 0)
        + coalesce((SELECT sum(live) FROM backlog WHERE span = 'hour' AND at >= $1 AND at < $2), 0)
        + (SELECT count(*) FROM cleanup WHERE live AND NOT exercise AND due_at >= $2 AND due_at < $3)
       )::integer AS overdue
"""
_AREAS = """
SELECT area, sum(completed)::integer AS completed FROM completion
 WHERE day BETWEEN $1 AND $2 GROUP BY area HAVING sum(completed) <> 0 ORDER BY area
"""


async def totals(tx: Transaction) -> Any:
    """Counts of what is open and late."""
    hour = tx.now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return await tx.fetchrow(_TOTALS, hour.replace(hour=0), hour, tx.now)


async def areas(tx: Transaction) -> list[Any]:
    """What was completed in the last seven days, by kelurahan; without one (empty) what must not be told by it."""
    today = tx.now.astimezone(UTC).date()
    return await tx.fetch(_AREAS, today - WEEK, today)
