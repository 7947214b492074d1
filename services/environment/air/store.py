"""SQL of the air index: rolling means from the sums of hours, and the indices that were made of them."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.environment.air.ispu import HOURS, Category
from services.environment.air.model import Hour, Mean, Station
from services.environment.datastreams.model import Property
from services.kit.database import Transaction

_DAY = f"interval '{HOURS} hours'"
_COLUMNS = "thing, version, at, value, category, worst, pollutants, hours, means"
_DUE = "SELECT thing FROM air_station WHERE due <= $1 ORDER BY due, thing LIMIT $2"
_LOCK = f"SELECT {_COLUMNS}, greatest(due, $2) AS first FROM air_station WHERE thing = $1 FOR UPDATE"
_KNOWN = f"SELECT {_COLUMNS} FROM air_station WHERE thing = $1 FOR UPDATE"
_OF = f"SELECT {_COLUMNS} FROM air_station WHERE thing = ANY($1)"
_OLDEST = """
SELECT min(air_station.at) FROM thing JOIN air_station ON air_station.thing = thing.id
 WHERE NOT thing.retired AND thing.kind = 'air_station'
"""
# An hour counts once however many datastreams of a property a station has, each by the calibration that holds.
_MEANS = f"""
WITH measured AS (
    SELECT stream.property, hour.at,
           avg(greatest(0, hour.mean * coalesce(holds.factor, 1) + coalesce(holds.shift, 0))) AS mean
      FROM datastream AS stream
      JOIN hour ON hour.datastream = stream.number AND hour.at >= $3::timestamptz - {_DAY} AND hour.at < $4
      LEFT JOIN LATERAL (
           SELECT factor, shift FROM correction
            WHERE datastream = stream.number AND kind = 'calibration' AND since <= hour.at
            ORDER BY since DESC, created_at DESC LIMIT 1) AS holds ON true
     WHERE stream.thing = $1 AND stream.property = ANY($2)
     GROUP BY stream.property, hour.at
)
SELECT ended.at, measured.property, count(*)::integer AS hours, avg(measured.mean) AS mean
  FROM generate_series($3::timestamptz, $4::timestamptz, interval '1 hour') AS ended (at)
  JOIN measured ON measured.at >= ended.at - {_DAY} AND measured.at < ended.at
 GROUP BY ended.at, measured.property ORDER BY ended.at, measured.property
"""
_WRITE = """
INSERT INTO air_index (thing, at, value, category, worst)
SELECT $1, * FROM unnest($2::timestamptz[], $3::integer[], $4::text[], $5::text[])
ON CONFLICT (thing, at) DO UPDATE
   SET value = excluded.value, category = excluded.category, worst = excluded.worst
"""
_SAVE = """
UPDATE air_station
   SET version = $2, at = $3, value = $4, category = $5, worst = $6, pollutants = $7, hours = $8, means = $9
 WHERE thing = $1
"""
_NEXT = "UPDATE air_station SET due = $2 WHERE thing = $1"
# One that is never due again has ended; where its air is told still, a process of before this was known passed it over.
_PASSED_OVER = """
UPDATE air_station SET due = air_station.at FROM thing
 WHERE air_station.due = 'infinity' AND air_station.category IS NOT NULL
   AND thing.id = air_station.thing AND thing.retired
"""
_HISTORY = """
SELECT at, value, category, worst FROM air_index WHERE thing = $1 AND at >= $2 AND at <= $3 ORDER BY at LIMIT 1000
"""
_PRUNE = """
DELETE FROM air_index WHERE (thing, at) IN (
    SELECT thing, at FROM air_index WHERE at < $1 ORDER BY at LIMIT 5000 FOR UPDATE SKIP LOCKED)
"""


async def due(tx: Transaction, newest: datetime, most: int) -> list[UUID]:
    """Stations whose indices are to be made, those that wait the longest first."""
    return [row["thing"] for row in await tx.fetch(_DUE, newest, most)]


async def locked(tx: Transaction, thing: UUID, furthest: datetime) -> tuple[Station, datetime]:
    """A station that is due, and the hour of the index that is to be made next, not before ``furthest``."""
    row = await tx.fetchrow(_LOCK, thing, furthest)
    assert row is not None
    return _station(row), row["first"]


async def known(tx: Transaction, thing: UUID) -> Station | None:
    """A station that has measured anything, locked."""
    row = await tx.fetchrow(_KNOWN, thing)
    return _station(row) if row else None


async def of(tx: Transaction, things: Collection[UUID]) -> dict[UUID, Station]:
    """The stations that have measured anything, by the thing."""
    return {row["thing"]: _station(row) for row in await tx.fetch(_OF, list(things))}


async def oldest(tx: Transaction) -> datetime | None:
    """The hour of the oldest present index of a station in service; None where there is none."""
    found: datetime | None = await tx.fetchval(_OLDEST)
    return found


async def means(
    tx: Transaction, thing: UUID, properties: Collection[Property], first: datetime, last: datetime
) -> dict[datetime, list[Mean]]:
    """The means of the 24 hours before each hour, of what has any reading in them."""
    names = [one.value for one in properties]
    found: dict[datetime, list[Mean]] = defaultdict(list)
    for at, name, hours, mean in await tx.fetch(_MEANS, thing, names, first, last):
        found[at].append(Mean(Property(name), hours, mean))
    return found


async def write(tx: Transaction, thing: UUID, hours: Sequence[Hour]) -> None:
    """Writes indices, new or made anew."""
    await tx.execute(
        _WRITE,
        thing,
        [one.at for one in hours],
        [one.value for one in hours],
        [one.category.value if one.category else None for one in hours],
        [one.worst.value if one.worst else None for one in hours],
    )


async def save(tx: Transaction, station: Station) -> None:
    """Writes a station's present air."""
    at, value, category, worst = station.hour or (None, None, None, None)
    await tx.execute(
        _SAVE,
        station.thing,
        station.version,
        at,
        value,
        category.value if category else None,
        worst.value if worst else None,
        [one.property.value for one in station.means],
        [one.hours for one in station.means],
        [one.mean for one in station.means],
    )


async def go_on(tx: Transaction, thing: UUID, due: datetime | None) -> None:
    """Says which index of a station is to be made next; None: none ever."""
    await tx.execute(_NEXT, thing, due or datetime.max)  # asyncpg's infinity


async def take_up(tx: Transaction) -> None:
    """Retired stations whose air is told still come due."""
    await tx.execute(_PASSED_OVER)


async def history(tx: Transaction, thing: UUID, first: datetime, last: datetime) -> list[Hour]:
    """The indices of a station, the oldest first."""
    return [_hour(row) for row in await tx.fetch(_HISTORY, thing, first, last)]


async def prune(tx: Transaction, before: datetime) -> bool:
    """Forgets old indices, some at a time; answers whether there were any."""
    return await tx.execute(_PRUNE, before) != "DELETE 0"


def _station(row: Any) -> Station:
    means = zip(row["pollutants"], row["hours"], row["means"], strict=True)
    return Station(
        row["thing"],
        row["version"],
        _hour(row) if row["at"] else None,
        [Mean(Property(name), hours, mean) for name, hours, mean in means],
    )


def _hour(row: Any) -> Hour:
    category, worst = row["category"], row["worst"]
    return Hour(row["at"], row["value"], Category(category) if category else None, Property(worst) if worst else None)
