"""SQL of what sales took, and of how many tickets are sold."""

from collections.abc import Collection
from dataclasses import fields
from datetime import datetime
from uuid import UUID

from services.branding.settlements.model import Takings
from services.kit.database import Transaction
from services.kit.database.counters import Counters

SUMS = tuple(one.name for one in fields(Takings))
COUNTERS = (
    Counters("ticket_takings", ("sale",), SUMS),
    Counters("ticket_tally", ("hour",), ("tickets",)),
)
_OF = f"""
SELECT sale, {", ".join(f"sum({name})::bigint AS {name}" for name in SUMS)}
  FROM ticket_takings WHERE sale = ANY($1::uuid[]) GROUP BY sale
"""


async def of_sales(tx: Transaction, wanted: Collection[UUID]) -> dict[UUID, Takings]:
    """The sums of sales; those that took nothing are not there."""
    rows = await tx.fetch(_OF, list(wanted)) if wanted else []
    return {row["sale"]: Takings(**{name: row[name] for name in SUMS}) for row in rows}


async def sold_in(tx: Transaction, hours: Collection[datetime]) -> int:
    """How many tickets were sold in some hours, by their begin."""
    sql = "SELECT coalesce(sum(tickets), 0)::bigint FROM ticket_tally WHERE hour = ANY($1::timestamptz[])"
    found: int = await tx.fetchval(sql, list(hours))
    return found
