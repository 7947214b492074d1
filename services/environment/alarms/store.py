"""SQL of alarms."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from services.environment.alarms.model import Alarm, Kind
from services.kit.database import Transaction
from services.kit.database.table import Keyset, Page, Table

ALARMS = Table(Alarm, "alarm")
OPEN_FIRST: Keyset[Alarm] = Keyset(
    {"lasting": int, "opened_at": datetime, "id": UUID},
    of=lambda one: (one.lasting, one.opened_at, one.id),
    descending=True,
)

_CLEAR = """
UPDATE alarm SET lasting = 0, cleared_at = one.cleared_at, ended_at = one.ended_at, ending = one.ending
  FROM unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::text[]) AS one (id, cleared_at, ended_at, ending)
 WHERE alarm.id = one.id AND alarm.lasting = 1 RETURNING alarm.id
"""
_OPEN_COUNTS = "SELECT kind, count(*) FROM alarm WHERE lasting = 1 GROUP BY kind"


async def page(
    tx: Transaction,
    thing: UUID | None,
    rule: UUID | None,
    kind: Kind | None,
    lasting: int | None,
    size: int,
    token: str,
) -> Page[Alarm]:
    """Alarms, those that are open first."""
    return await ALARMS.page(tx, OPEN_FIRST, size, token, thing=thing, rule=rule, kind=kind, lasting=lasting)


async def open_of(tx: Transaction, rules: Collection[UUID]) -> list[Alarm]:
    """The open alarms of rules."""
    return await ALARMS.every(tx, "rule = ANY($1) AND lasting = 1 FOR NO KEY UPDATE", list(rules))


async def add(tx: Transaction, alarms: Sequence[Alarm]) -> set[UUID]:
    """Writes new alarms, and answers which: a rule that has an open one gets no other, says the index on open ones."""
    return await ALARMS.add_all(tx, alarms)


async def clear(tx: Transaction, alarms: Sequence[Alarm]) -> set[UUID]:
    """Writes that alarms are over, and answers which were not before."""
    columns = (
        [one.id for one in alarms],
        [one.cleared_at for one in alarms],
        [one.ended_at for one in alarms],
        [one.ending.value if one.ending else None for one in alarms],
    )
    return {row["id"] for row in await tx.fetch(_CLEAR, *columns)}


async def open_counts(tx: Transaction) -> dict[str, int]:
    """How many alarms are open, by the kind of their rules."""
    return {row["kind"]: row["count"] for row in await tx.fetch(_OPEN_COUNTS)}
