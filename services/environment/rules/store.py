"""SQL of rules, and of the readings that they are tried on."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from services.environment.alarms.model import Kind
from services.environment.datastreams.model import OUT_OF_RANGE
from services.environment.rules.model import Rule, Version
from services.kit import ids
from services.kit.database import Transaction
from services.kit.database.table import Keyset, Page, Table

RULES = Table(Rule, "rule", fixed=("datastream", "thing", "name", "kind", "source", "created_at"))
VERSIONS = Table(Version, "rule_version")
BY_NAME: Keyset[Rule] = Keyset(
    {"datastream": int, "name": str}, of=lambda one: (one.datastream, one.name)
)  # fmt: skip
NEWEST: Keyset[Version] = Keyset({"version": int}, of=lambda one: (one.version,), descending=True)

_NOTE = """
INSERT INTO rule_version (rule, version, kind, clock, bound, below, hysteresis, dwell, calm, span, paused, reason, by,
    created_at)
SELECT id, version, kind, clock, bound, below, hysteresis, dwell, calm, span, paused, reason, by, updated_at
  FROM rule WHERE id = $1
"""
# A rule of silence is looked at when it may be due. What it has heard, and what came since it was looked at, stays when
# its terms change. One that is new or goes on has heard nothing yet: where its datastream has ever measured anything,
# silence counts from when it began to hold.
_LISTEN = """
INSERT INTO silence (rule, since, due_at, last)
VALUES ($1, $2::timestamptz, $2, CASE WHEN EXISTS (SELECT FROM latest WHERE datastream = $3) THEN $2 END)
ON CONFLICT (rule) DO UPDATE SET due_at = excluded.due_at
"""
_LISTEN_NO_MORE = "DELETE FROM silence WHERE rule = $1"
_READINGS = f"""
SELECT at, received, value, flags FROM observation
 WHERE datastream = $1 AND at >= $2 AND at < $3 AND flags & {OUT_OF_RANGE} = 0 ORDER BY at LIMIT $4
"""


class Past(NamedTuple):
    """A raw reading of the past."""

    at: datetime
    received: datetime
    value: float
    flags: int


async def find(tx: Transaction, name: str, *, lock: bool = False) -> Rule | None:
    """A rule by its id."""
    known = ids.parse(name)
    return await RULES.get(tx, known, lock=lock) if known else None


async def of_datastream(tx: Transaction, datastream: int) -> list[Rule]:
    """All rules of a datastream."""
    return await RULES.every(tx, "datastream = $1", datastream)


async def by_ids(tx: Transaction, rules: Collection[UUID]) -> list[Rule]:
    """Rules by their ids."""
    return await RULES.every(tx, "id = ANY($1)", list(rules))


async def of_things(tx: Transaction, things: Collection[UUID]) -> list[Rule]:
    """All rules of things."""
    return await RULES.every(tx, "thing = ANY($1)", list(things))


async def of_thing(tx: Transaction, thing: UUID) -> list[Rule]:
    """All rules of a thing, locked: in the order of their ids, as all do who lock several."""
    return await RULES.every(tx, "thing = $1 ORDER BY id FOR NO KEY UPDATE", thing)


async def page(tx: Transaction, thing: UUID | None, datastream: int | None, size: int, token: str) -> Page[Rule]:
    """Rules by their datastreams and names."""
    return await RULES.page(tx, BY_NAME, size, token, thing=thing, datastream=datastream)


async def versions(tx: Transaction, rule: UUID, size: int, token: str) -> Page[Version]:
    """The versions of a rule, the newest first."""
    return await VERSIONS.page(tx, NEWEST, size, token, rule=rule)


async def save(tx: Transaction, rule: Rule) -> None:
    """Writes a rule, new or changed, and the version that it is now."""
    await RULES.save(tx, rule)
    await tx.execute(_NOTE, rule.id)
    if rule.kind is Kind.SILENCE and not rule.paused:
        await tx.execute(_LISTEN, rule.id, rule.updated_at, rule.datastream)
    elif rule.kind is Kind.SILENCE:
        await tx.execute(_LISTEN_NO_MORE, rule.id)


async def readings(tx: Transaction, datastream: int, start: datetime, end: datetime, most: int) -> list[Past]:
    """Raw readings of a time within the sensor's range, the oldest first, at most so many."""
    return [Past(*row) for row in await tx.fetch(_READINGS, datastream, start, end, most)]
