"""SQL of the gauges that speak: alarms that are open, and the level that each means in a zone."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from services.environment.criteria.model import Level
from services.kit.database import Transaction

BATCH = 100
"""Zones that a timer looks at in one go."""

_SPEAKS = """
INSERT INTO warning_alarm (alarm, zone, level, exercise, opened_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (alarm, zone) DO NOTHING
"""
_ENDING = """
SELECT DISTINCT w.zone, w.exercise FROM warning w
 WHERE w.state = 'in_force' AND w.automatic AND w.expires_at <= $1
   AND EXISTS (SELECT FROM warning_alarm a WHERE a.zone = w.zone AND a.exercise = w.exercise) LIMIT $2
"""


class Place(NamedTuple):
    """A zone, for real or in a drill."""

    zone: str
    exercise: bool


async def speaks(tx: Transaction, alarm: UUID, place: Place, level: Level) -> None:
    """Takes down that a gauge speaks of a level in a zone."""
    await tx.execute(_SPEAKS, alarm, place.zone, level.value, place.exercise, tx.now)


async def falls_silent(tx: Transaction, alarm: UUID) -> list[Place]:
    """Takes down that an alarm is over; where it spoke."""
    rows = await tx.fetch("DELETE FROM warning_alarm WHERE alarm = $1 RETURNING zone, exercise", alarm)
    return sorted(Place(row["zone"], row["exercise"]) for row in rows)


async def spoken(tx: Transaction, place: Place) -> list[Level]:
    """The levels that gauges speak of in a zone."""
    sql = "SELECT DISTINCT level FROM warning_alarm WHERE zone = $1 AND exercise = $2"
    return [Level(row["level"]) for row in await tx.fetch(sql, *place)]


async def ending(tx: Transaction, before: datetime) -> list[Place]:
    """Where gauges still speak and the warning that they raised ends soon."""
    return [Place(row["zone"], row["exercise"]) for row in await tx.fetch(_ENDING, before, BATCH)]
