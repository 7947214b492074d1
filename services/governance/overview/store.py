"""SQL of the counts: sums of the counters that the database keeps beside the complaints, never of complaints.

Drills never count. Secret cases count, but not by area, where a count of one would tell of them. Days are UTC's, today
and those before: whole days can be added up and taken away, which keeps the cost the same for any number of complaints.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Any

from services.kit.database import Transaction
from services.kit.database.counters import Counters

WEEK = timedelta(days=6)
QUARTER = timedelta(days=89)
"""Before today."""

ACTIVITY = Counters("activity", ("day", "area"), ("filed", "resolved"), WEEK.days + 1)
PUNCTUALITY = Counters("punctuality", ("day", "agency"), ("resolved", "on_time", "rated", "stars"), QUARTER.days + 1)
WORKLOAD = Counters("workload", ("agency",), ("open", "late"))

# ORDER BY with LIMIT rather than EXISTS, which a generic plan may answer by reading the whole table.
_DEMO = "SELECT id FROM complaint WHERE channel = 'demo' ORDER BY id LIMIT 1"
_AREAS = f"""
SELECT area, sum(filed)::integer AS filed, sum(resolved)::integer AS resolved
  FROM ({ACTIVITY.recent("$4", "$3")}) AS week GROUP BY area HAVING (sum(filed), sum(resolved)) <> (0, 0) ORDER BY area
"""
# What falls late before the timer has come to it counts among the rest still. It has two bounds, so that a plan for any
# time takes it for the short stretch of the index that it is.
_WAITING = """
SELECT agency, open, (late + coalesce(passed, 0))::integer AS overdue
  FROM (SELECT agency, sum(open)::integer AS open, sum(late) AS late FROM workload GROUP BY agency) AS load
  LEFT JOIN (
      SELECT agency, count(*) AS passed FROM complaint
       WHERE wake_at > '-infinity' AND wake_at < $1 AND wake_at <= due_at AND due_at < $1 AND open AND NOT exercise
       GROUP BY agency) AS since USING (agency)
 WHERE open > 0
"""
_AGENCIES = f"""
SELECT agency, coalesce(resolved, 0) AS resolved, coalesce(on_time, 0) AS on_time, coalesce(rated, 0) AS rated,
       coalesce(stars, 0) AS stars, coalesce(open, 0) AS open, coalesce(overdue, 0) AS overdue
  FROM (SELECT agency, sum(resolved)::integer AS resolved, sum(on_time)::integer AS on_time,
               sum(rated)::integer AS rated, sum(stars)::integer AS stars
          FROM ({PUNCTUALITY.recent("$2", "$3")}) AS quarter GROUP BY agency HAVING sum(resolved) > 0) AS done
  FULL JOIN ({_WAITING}) AS waiting USING (agency)
"""
_OPEN = "FROM incident WHERE state IN ('waiting', 'dispatched', 'on_scene', 'cleared') AND NOT exercise"
_INCIDENTS = f"SELECT count(*)::integer {_OPEN}"
# Down from what is open, which is little: what was merged into one may be what the warning opened.
_FLOODS = f"""
WITH RECURSIVE part AS (
    SELECT id AS top, id, warning {_OPEN}
    UNION
    SELECT part.top, one.id, one.warning FROM part JOIN incident one ON one.merged_into = part.id
)
SELECT count(DISTINCT top)::integer FROM part WHERE warning > ''
"""
_AREA = ("area", "filed", "resolved")
_AGENCY = ("agency", "resolved", "on_time", "rated", "stars", "open", "overdue")
# One statement, so that what is read each second needs one round trip and no transaction.
_NESTED = (("areas", _AREA), ("agencies", _AGENCY))
_COUNTS = f"""
SELECT ARRAY(SELECT ROW({", ".join(_AREA)}) FROM ({_AREAS}) AS one) AS areas,
       ARRAY(SELECT ROW({", ".join(_AGENCY)}) FROM ({_AGENCIES}) AS one) AS agencies,
       ({_DEMO}) IS NOT NULL AS demo, ({_INCIDENTS}) AS incidents, ({_FLOODS}) AS floods
"""


@dataclass(frozen=True)
class Counts:
    """What there is to show, by the names of the database."""

    areas: Sequence[Mapping[str, Any]]
    """Of the week. One without an area (empty) holds what must not be told by area, or has none."""
    agencies: Sequence[Mapping[str, Any]]
    demo: bool
    incidents: int = 0
    """Of the emergency number 112, that are open."""
    floods: int = 0
    """Of these, opened by warnings, or with one such merged into them."""


async def counts(tx: Transaction) -> Counts:
    """Adds up the last seven and ninety days, and what is open now."""
    today = tx.now.astimezone(UTC).date()
    row = await tx.fetchrow(_COUNTS, tx.now, today - QUARTER, today, today - WEEK)
    assert row is not None
    areas, agencies = ([dict(zip(names, each, strict=True)) for each in row[place]] for place, names in _NESTED)
    return Counts(areas, agencies, row["demo"], row["incidents"], row["floods"])


async def waiting(tx: Transaction) -> list[Any]:
    """What is open and what of it is overdue, by agency."""
    return await tx.fetch(_WAITING, tx.now)
