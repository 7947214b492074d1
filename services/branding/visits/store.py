"""SQL of visits: counts, and their sums by place, day and origin."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from services.branding.visits.model import Origin, Visit
from services.kit.database import Transaction
from services.kit.database.table import Table

_VISITS = Table(Visit, "visit")
add_all = _VISITS.add_all
_PRUNED = 5_000
_OF = """
SELECT day, origin, sum(visits)::bigint AS visits, sum(made_up)::bigint AS made_up FROM visit_tally
 WHERE destination = $1 AND day >= $2 AND day <= $3 GROUP BY day, origin ORDER BY day, origin
"""
_TOGETHER = """
SELECT day, origin, sum(visits)::bigint AS visits, sum(made_up)::bigint AS made_up FROM visit_tally
 WHERE day >= $1 AND day <= $2 GROUP BY day, origin ORDER BY day, origin
"""
_TODAY = "SELECT coalesce(sum(visits), 0)::bigint FROM visit_tally WHERE day = $1"
_COPY = """
INSERT INTO visit_tally (destination, day, origin, visits, made_up)
SELECT destination, day, origin, visits, visits
  FROM unnest($1::uuid[], $2::date[], $3::text[], $4::bigint[]) AS new (destination, day, origin, visits)
"""
_PRUNE = """
DELETE FROM visit WHERE id IN (SELECT id FROM visit WHERE at < $1 ORDER BY at LIMIT $2 FOR UPDATE SKIP LOCKED)
"""


class Sum(NamedTuple):
    """How many came on a day from somewhere."""

    day: date
    origin: Origin
    visits: int
    made_up: int = 0
    """How many of them are: those of a local start's history."""


async def sums(tx: Transaction, place: UUID | None, first: date, last: date) -> Sequence[Sum]:
    """Sums by day and origin: of a destination or an event, or of all together."""
    if place is None:
        rows = await tx.fetch(_TOGETHER, first, last)
    else:
        rows = await tx.fetch(_OF, place, first, last)
    return [Sum(row["day"], Origin(row["origin"]), row["visits"], row["made_up"]) for row in rows]


async def on(tx: Transaction, day: date) -> int:
    """How many came on a day."""
    found: int = await tx.fetchval(_TODAY, day)
    return found


async def prune(tx: Transaction, before: datetime) -> bool:
    """Forgets counts before a moment; their sums stay. Whether there are more."""
    return await tx.execute(_PRUNE, before, _PRUNED) == f"DELETE {_PRUNED}"


async def any_(tx: Transaction) -> bool:
    """Whether anybody was ever counted."""
    return await tx.fetchrow("SELECT day FROM visit_tally ORDER BY day LIMIT 1") is not None


async def copy(tx: Transaction, made: Sequence[tuple[UUID, Sum]]) -> None:
    """Writes made-up sums, of places by their ids."""
    rows = [(place, one.day, one.origin.value, one.visits) for place, one in made]
    if rows:
        await tx.execute(_COPY, *map(list, zip(*rows, strict=True)))
