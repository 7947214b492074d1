"""SQL of the counts.

Drills never count. Secret cases count, but not by area, where a count of one would tell of them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.kit.database import Transaction

WEEK = timedelta(days=7)
QUARTER = timedelta(days=90)

_TOTALS = """
    SELECT
        (SELECT count(*) FROM complaint WHERE NOT exercise AND created_at >= $2 AND created_at <= $1) AS filed,
        (SELECT count(*) FROM complaint WHERE NOT exercise AND resolved_at >= $2) AS resolved,
        EXISTS (SELECT FROM complaint WHERE channel = 'demo') AS demo
"""
_AREAS = """
    SELECT area, sum(filed)::integer AS filed, sum(resolved)::integer AS resolved FROM (
        SELECT area, 1 AS filed, 0 AS resolved FROM complaint
         WHERE NOT exercise AND NOT secret AND area <> '' AND created_at >= $2 AND created_at <= $1
        UNION ALL
        SELECT area, 0, 1 FROM complaint
         WHERE NOT exercise AND NOT secret AND area <> '' AND resolved_at >= $2 AND resolved_at <= $1
    ) AS happened GROUP BY area ORDER BY area
"""
_AGENCIES = """
    SELECT agency, sum(resolved)::integer AS resolved, sum(on_time)::integer AS on_time, sum(open)::integer AS open,
           sum(overdue)::integer AS overdue, sum(rated)::integer AS rated, sum(stars)::integer AS stars
    FROM (
        SELECT agency, count(*) AS resolved, count(*) FILTER (WHERE on_time) AS on_time, 0 AS open, 0 AS overdue,
               count(*) FILTER (WHERE rating > 0) AS rated, sum(rating) AS stars
          FROM complaint WHERE NOT exercise AND resolved_at >= $2 GROUP BY agency
        UNION ALL
        SELECT agency, 0, 0, count(*), count(*) FILTER (WHERE due_at < $1), 0, 0
          FROM complaint WHERE open AND NOT exercise GROUP BY agency
    ) AS counted GROUP BY agency
"""
_WAITING = """
    SELECT agency, count(*) AS open, count(*) FILTER (WHERE due_at < $1) AS overdue
      FROM complaint WHERE open AND NOT exercise GROUP BY agency
"""


@dataclass(frozen=True)
class Counts:
    """What there is to show, as rows of the database."""

    totals: Any
    areas: list[Any]
    agencies: list[Any]


async def counts(tx: Transaction) -> Counts:
    """Counts the last seven and ninety days, and what is open now."""
    now: datetime = tx.now
    return Counts(
        totals=await tx.fetchrow(_TOTALS, now, now - WEEK),
        areas=await tx.fetch(_AREAS, now, now - WEEK),
        agencies=await tx.fetch(_AGENCIES, now, now - QUARTER),
    )


async def waiting(tx: Transaction) -> list[Any]:
    """What is open and what of it is overdue, by agency."""
    return await tx.fetch(_WAITING, tx.now)
