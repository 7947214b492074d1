"""SQL of watching: what rules there are, where their alarms stand, and what is due."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from services.environment.alarms.model import About, Alarm, Kind
from services.environment.alarms.store import ALARMS
from services.environment.datastreams.model import OBSERVED, Property
from services.environment.rules.model import Rule
from services.environment.rules.store import RULES
from services.environment.watching.model import Came, Reach
from services.kit.database import Transaction

# Both bounds, so that a plan for any editions takes them for the few that they are.
_CHANGED = "SELECT DISTINCT datastream FROM rule WHERE edition > $1 AND edition <= $2"
_LIVE = "datastream = ANY($1) AND NOT paused AND kind <> 'silence' ORDER BY datastream, name"
_LAST = """
id IN (SELECT last.id FROM unnest($1::uuid[]) AS one (rule), LATERAL (
    SELECT id FROM alarm WHERE alarm.rule = one.rule ORDER BY lasting DESC, opened_at DESC, id DESC LIMIT 1) AS last)
"""
_PERIODS = "SELECT number, period FROM datastream WHERE number = ANY($1)"
_READINGS = """
SELECT one.datastream, o.at, o.received, o.value
  FROM unnest($1::integer[], $2::timestamptz[], $3::timestamptz[]) AS one (datastream, since, before),
LATERAL (SELECT at, received, value FROM observation AS o
          WHERE o.datastream = one.datastream AND o.at >= one.since AND o.at < one.before AND o.flags = 0
          ORDER BY o.at DESC LIMIT $4) AS o
"""
# Rules that still say what was seen, and hold: locked, so that nobody changes one while its alarm opens or ends, and in
# the order of their ids, as all do who lock several.
_ABOUT = """
SELECT rule.id AS rule, rule.name AS rule_name, rule.kind, rule.made_up OR datastream.made_up AS made_up,
       rule.version, datastream.id AS datastream, datastream.property, thing.id AS thing, thing.code AS thing_code,
       thing.name AS thing_name, thing.area
  FROM rule JOIN datastream ON datastream.number = rule.datastream JOIN thing ON thing.id = rule.thing
 WHERE rule.id = ANY($1) AND NOT rule.paused AND NOT thing.retired
 ORDER BY rule.id FOR SHARE OF rule
"""
# By the rule's clock, since what it knew of last. What is not late arrived soon after it was measured, so what has come
# since the rule was looked at is a short stretch, whatever else the datastream sends. Whoever changes a rule locks it
# before its silence, so what is being changed is looked at later.
_DUE = """
WITH due AS (
    SELECT silence.rule, silence.since, silence.last, held.clock, held.datastream
      FROM silence JOIN rule AS held ON held.id = silence.rule
     WHERE silence.due_at <= $1 ORDER BY silence.due_at LIMIT $2
       FOR SHARE OF held SKIP LOCKED FOR UPDATE OF silence SKIP LOCKED
)
SELECT due.rule, due.last, came.first, came.newest
  FROM due JOIN datastream ON datastream.number = due.datastream,
LATERAL (
    SELECT min(heard) AS first, max(heard) AS newest FROM (
        SELECT CASE due.clock WHEN 'arrival' THEN o.received ELSE least(o.at, o.received) END AS heard
          FROM observation AS o
         WHERE o.datastream = due.datastream AND o.flags = 0 AND o.received >= due.since
           AND o.at > due.since - make_interval(secs => $3 + 2 * datastream.period)
    ) AS o WHERE heard > coalesce(due.last, '-infinity')
) AS came
"""
_KNOWN = """
UPDATE silence SET last = one.last, due_at = one.due_at, since = greatest(silence.since, $4)
  FROM unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[]) AS one (rule, last, due_at)
 WHERE silence.rule = one.rule
"""


class Due(NamedTuple):
    """A rule of silence that is due: the newest reading that was known, and the first and the newest since."""

    rule: UUID
    last: datetime | None
    first: datetime | None
    newest: datetime | None


async def changed(tx: Transaction, after: int, until: int) -> list[int]:
    """Datastreams whose rules or calibrations have changed after an edition of the registry, until another."""
    return [row["datastream"] for row in await tx.fetch(_CHANGED, after, until)]


async def live(tx: Transaction, datastreams: Collection[int]) -> list[Rule]:
    """The rules that readings of datastreams are held to."""
    return await RULES.every(tx, _LIVE, list(datastreams))


async def periods(tx: Transaction, datastreams: Collection[int]) -> dict[int, timedelta]:
    """How far apart the readings of datastreams are, as planned."""
    rows = await tx.fetch(_PERIODS, list(datastreams))
    return {row["number"]: timedelta(seconds=row["period"]) for row in rows}


async def last_alarms(tx: Transaction, rules: Collection[UUID]) -> dict[UUID, Alarm]:
    """The alarm of each rule that is open, or else the last one."""
    return {one.rule: one for one in await ALARMS.every(tx, _LAST, list(rules))}


async def readings(tx: Transaction, of: Mapping[int, Reach], most: int) -> dict[int, list[Came]]:
    """The readings of datastreams that count, the newest of them first, of each at most so many."""
    found: dict[int, list[Came]] = {}
    since, before = [one.since for one in of.values()], [one.before for one in of.values()]
    for row in await tx.fetch(_READINGS, list(of), since, before, most):
        found.setdefault(row["datastream"], []).append(Came(row["at"], row["received"], row["value"]))
    return found


async def about(tx: Transaction, rules: Collection[tuple[UUID, int]]) -> dict[UUID, About]:
    """What alarms of rules are about: of those that still say what that version said. They stay so until the commit."""
    versions = dict(rules)
    rows = await tx.fetch(_ABOUT, list(versions))
    return {
        row["rule"]: About(
            rule=row["rule"],
            rule_name=row["rule_name"],
            kind=Kind(row["kind"]),
            datastream=row["datastream"],
            unit=OBSERVED[Property(row["property"])].unit,
            thing=row["thing"],
            thing_code=row["thing_code"],
            thing_name=row["thing_name"],
            area=row["area"],
            made_up=row["made_up"],
        )
        for row in rows
        if row["version"] == versions[row["rule"]]
    }


async def due(tx: Transaction, patience: timedelta, most: int) -> list[Due]:
    """Rules of silence that are due, locked."""
    return [Due(*row) for row in await tx.fetch(_DUE, tx.now, most, patience.total_seconds())]


async def know(tx: Transaction, known: Collection[tuple[UUID, datetime | None, datetime]], since: datetime) -> None:
    """Writes the newest reading that is known of rules of silence, and when they are due next.

    What came before ``since`` is known.
    """
    if known:
        await tx.execute(_KNOWN, *map(list, zip(*known, strict=True)), since)
