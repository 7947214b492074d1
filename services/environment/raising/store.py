"""SQL of the gauges that speak: alarms that are open, and what stands in their zones."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from services.environment.criteria.model import Level, Zone, highest
from services.environment.raising import model
from services.environment.raising.model import Speaking, Standing, Word
from services.environment.warnings.model import State
from services.environment.warnings.store import BATCH
from services.kit.database import Transaction

_OPEN = """
SELECT t.code AS thing, d.name AS datastream, a.rule_name AS rule, a.created_at
  FROM thing AS t JOIN alarm AS a ON a.thing = t.id AND a.lasting = 1 JOIN datastream AS d ON d.id = a.datastream
 WHERE t.code = ANY($1)
"""
# Alarms that ended since nobody looks any more, as the last of their rules. Both states, so that the index does.
_UNMEASURED = """
SELECT t.code AS thing, d.name AS datastream, a.rule_name AS rule, a.created_at
  FROM thing AS t JOIN alarm AS a ON a.thing = t.id JOIN datastream AS d ON d.id = a.datastream
 WHERE t.code = ANY($1) AND a.ending IN ('rule_paused', 'thing_retired') AND a.ended_at >= $2
   AND NOT EXISTS (SELECT FROM alarm AS later
                    WHERE later.rule = a.rule AND later.lasting IN (0, 1) AND later.opened_at > a.opened_at)
"""
_ENDING = """
SELECT zone FROM warning
 WHERE state = 'in_force' AND expires_at <= $1 AND automatic AND NOT exercise ORDER BY expires_at LIMIT $2
"""
_STANDING = """
SELECT w.zone, w.state, w.level, w.automatic, w.expires_at, p.level AS asked
  FROM warning AS w LEFT JOIN warning_proposal AS p ON p.warning = w.id AND p.fate = 'waiting'
 WHERE w.zone = ANY($1) AND NOT w.exercise AND w.live AND w.zone <> ''
"""
# What officers took back or ended was published, or rejected: lately, so that the newest of each are enough.
_DECIDED = """
SELECT max(lately.at) FROM (
    (SELECT warning, sent AS at FROM warning_message ORDER BY sent DESC, warning DESC, number DESC LIMIT 100)
    UNION ALL
    (SELECT warning, decided_at FROM warning_proposal
      WHERE fate = 'rejected' ORDER BY created_at DESC, id DESC LIMIT 100)
) AS lately JOIN warning AS w ON w.id = lately.warning WHERE w.zone = $1 AND NOT w.exercise
"""
# What gauges asked for agrees with them. What officers take a step about is the gravest that its warning was published
# at, and that they rejected of it; a rejected change of a warning that went on, or ran out by itself, left it as it
# was. The first condition is the index's.
_WORDS = """
WITH said AS (
    SELECT p.warning, p.fate, p.step, p.level, p.decided_at AS at, w.state
      FROM warning_proposal AS p JOIN warning AS w ON w.id = p.warning
     WHERE ((p.fate = 'taken' AND p.by <> '')
            OR (p.fate = 'rejected' AND p.step IN ('raise', 'update')))
       AND p.decided_at >= $2 AND w.zone = $1 AND NOT w.exercise
)
SELECT said.at, CASE WHEN said.step IN ('raise', 'update') AND said.fate = 'taken' THEN said.level END AS left,
       ARRAY(SELECT m.level FROM warning_message AS m WHERE m.warning = said.warning AND m.sent <= said.at
             UNION ALL
             SELECT r.level FROM said AS r
              WHERE r.warning = said.warning AND r.fate = 'rejected' AND r.at <= said.at) AS meant
  FROM said WHERE said.fate = 'taken' OR said.state IN ('cleared', 'cancelled', 'rejected')
"""
_OLDEST_PROPOSAL = """
SELECT min(p.created_at) FROM warning_proposal AS p JOIN warning AS w ON w.id = p.warning
 WHERE p.fate = 'waiting' AND NOT w.exercise
"""


async def spoken(tx: Transaction, zone: Zone) -> list[Level]:
    """The levels that gauges speak of in a zone, by the alarms that are open and that officers have not answered."""
    return await _counting(tx, zone, (await speaking(tx, [zone]))[zone.id])


async def unmeasured(tx: Transaction, zone: Zone, since: datetime) -> list[Level]:
    """The levels of alarms that ended ``since`` then because their rules were paused or their gauges retired."""
    return await _counting(tx, zone, _levels(zone, await tx.fetch(_UNMEASURED, zone.things, since)))


async def _counting(tx: Transaction, zone: Zone, found: Sequence[Speaking]) -> list[Level]:
    if not found:
        return []
    rows = await tx.fetch(_WORDS, zone.id, min(one.since for one in found))
    return model.counting(found, [_word(row) for row in rows])


def _word(row: Any) -> Word:
    meant = highest(map(Level, row["meant"]))
    assert meant is not None, "what was taken was published, and what was rejected is a level"
    return Word(meant, row["at"], Level(row["left"]) if row["left"] else None)


async def speaking(tx: Transaction, zones: Collection[Zone]) -> dict[str, list[Speaking]]:
    """All levels that gauges speak of in zones, each with since when its alarm is known."""
    rows = await tx.fetch(_OPEN, sorted({thing for zone in zones for thing in zone.things}))
    return {zone.id: _levels(zone, rows) for zone in zones}


def _levels(zone: Zone, rows: Iterable[Any]) -> list[Speaking]:
    return [
        Speaking(level, row["created_at"])
        for row in rows
        if (level := zone.level_of(row["thing"], row["datastream"], row["rule"])) is not None
    ]


async def standing(tx: Transaction, zones: Collection[str]) -> dict[str, Standing]:
    """The live warnings of zones that have one; no drills."""
    return {
        row["zone"]: Standing(
            State(row["state"]),
            Level(row["level"]),
            row["automatic"],
            row["expires_at"],
            Level(row["asked"]) if row["asked"] else None,
        )
        for row in await tx.fetch(_STANDING, list(zones))
    }


async def decided(tx: Transaction, zone: str) -> datetime | None:
    """When something was last published about a zone, or proposed and rejected; None: nothing lately."""
    found: datetime | None = await tx.fetchval(_DECIDED, zone)
    return found


async def oldest_proposal(tx: Transaction) -> datetime | None:
    """Since when the oldest proposal waits that is no drill; None: none waits."""
    found: datetime | None = await tx.fetchval(_OLDEST_PROPOSAL)
    return found


async def ending(tx: Transaction, before: datetime) -> list[str]:
    """Zones whose warning was raised by their gauges and ends soon."""
    return [row["zone"] for row in await tx.fetch(_ENDING, before, BATCH)]
