"""SQL of the counts: sums of the counters that the database keeps beside clean-ups and things, never of these.

Drills never count. Secret cases count, but not by area, where a count of one would tell of them. Days are UTC's, today
and those before: to add up whole days is what keeps the cost the same for any number of clean-ups.
"""

from datetime import UTC, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from services.environment.datastreams.model import SILENT_LEAST, SILENT_PERIODS
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


_THINGS = "SELECT coalesce(sum(things), 0)::integer FROM tally"
_HEARING = "SELECT datastreams, silent, unheard FROM hearing"
_LISTEN = """
SELECT max(number) AS last, count(*) FILTER (WHERE NOT retired)::integer AS datastreams,
       count(*) FILTER (WHERE NOT retired AND (at IS NULL OR $3 - at > greatest(make_interval(secs => period * $4), $5))
       )::integer AS silent,
       count(*) FILTER (WHERE NOT retired AND at IS NULL)::integer AS unheard
  FROM (SELECT d.number, d.period, t.retired, l.at
          FROM datastream AS d JOIN thing AS t ON t.id = d.thing LEFT JOIN latest AS l ON l.datastream = d.number
         WHERE d.number > $1 ORDER BY d.number LIMIT $2) AS part
"""
_HEAR = """
INSERT INTO hearing (datastreams, silent, unheard, counted_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (one_row) DO UPDATE SET datastreams = $1, silent = $2, unheard = $3, counted_at = $4
"""
_HIGHEST = "SELECT datastream FROM highest"
_KEEP_HIGHEST = """
INSERT INTO highest (datastream) VALUES ($1) ON CONFLICT (one_row) DO UPDATE SET datastream = $1
 WHERE highest.datastream IS DISTINCT FROM $1
"""


class Heard(NamedTuple):
    """Datastreams of things in service, how many of them are silent, and how many of these never measured anything;
    ``last`` is the greatest number among them.
    """

    datastreams: int = 0
    silent: int = 0
    unheard: int = 0
    last: int | None = None


async def things(tx: Transaction) -> int:
    """How many things measure."""
    found: int = await tx.fetchval(_THINGS)
    return found


async def hearing(tx: Transaction) -> Heard:
    """How many datastreams there are, and how many are silent, as last counted."""
    row = await tx.fetchrow(_HEARING)
    return Heard(row["datastreams"], row["silent"], row["unheard"]) if row else Heard()


async def listen(tx: Transaction, after: int, most: int) -> Heard:
    """Counts the datastreams whose numbers come after one, so many at most."""
    row = await tx.fetchrow(_LISTEN, after, most, tx.now, SILENT_PERIODS, SILENT_LEAST)
    assert row is not None
    return Heard(row["datastreams"], row["silent"], row["unheard"], row["last"])


async def hear(tx: Transaction, heard: Heard) -> None:
    """Keeps what was counted."""
    await tx.execute(_HEAR, heard.datastreams, heard.silent, heard.unheard, tx.now)


async def highest(tx: Transaction) -> UUID | None:
    """The level that stood highest when it was last looked for, by its id."""
    found: UUID | None = await tx.fetchval(_HIGHEST)
    return found


async def keep_highest(tx: Transaction, datastream: UUID | None) -> None:
    """Keeps which level stands highest."""
    await tx.execute(_KEEP_HIGHEST, datastream)


async def totals(tx: Transaction) -> Any:
    """Counts of what is open and late."""
    hour = tx.now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return await tx.fetchrow(_TOTALS, hour.replace(hour=0), hour, tx.now)


async def areas(tx: Transaction) -> list[Any]:
    """What was completed in the last seven days, by kelurahan; without one (empty) what must not be told by it."""
    today = tx.now.astimezone(UTC).date()
    return await tx.fetch(_AREAS, today - WEEK, today)
