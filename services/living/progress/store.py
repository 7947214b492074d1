"""SQL of the progress of vehicles. All tables here have a row for each vehicle in service, and no more."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from services.kit.database import Transaction
from services.living.positions.model import IMPROBABLE
from services.living.progress.model import Run
from services.living.tracking.model import WAITS_M

MOST_DUE = 1_000
"""Positions that are looked at in one go."""
MOST_OF_A_ROUTE = 200
"""Vehicles of a line that are read."""
MOST_LATE = 5_000

_FIELDS = tuple(Run.__dataclass_fields__)
_COLUMNS = ", ".join(_FIELDS)
_BEFORE = ", ".join(f"g.{name} AS before_{name}" for name in _FIELDS if name != "calls")
# A position that cannot be true is not followed: what was made of the one before gets old.
_DUE = f"""
SELECT p.vehicle, p.at, p.lat, p.lon, p.bearing, p.speed, p.route, p.trip, v.agency, {_BEFORE}
  FROM vehicle_position p JOIN vehicle v ON v.id = p.vehicle LEFT JOIN vehicle_progress g ON g.vehicle = p.vehicle
 WHERE p.at > $1 AND p.flags & {IMPROBABLE} = 0 AND (g.at IS NULL OR g.at < p.at OR g.feed <> $2) LIMIT {MOST_DUE}
"""
_PUT = f"""
INSERT INTO vehicle_progress ({_COLUMNS})
SELECT one.* FROM unnest($1::text[], $2::integer[], $3::timestamptz[], $4::double precision[], $5::double precision[],
    $6::text[], $7::text[], $8::text[], $9::text[], $10::integer[], $11::integer[], $12::date[], $13::integer[],
    $14::double precision[], $15::integer[], $16::integer[], $17::bytea[]) AS one ({_COLUMNS})
 WHERE EXISTS (SELECT FROM vehicle v WHERE v.id = one.vehicle AND v.retired_at IS NULL) ORDER BY one.vehicle
ON CONFLICT (vehicle) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _FIELDS[1:])}
"""
_OF_ROUTES = f"""
SELECT {_COLUMNS} FROM unnest($1::text[]) AS wanted (id), LATERAL (
    SELECT {_COLUMNS} FROM vehicle_progress WHERE route = wanted.id AND at > $2 ORDER BY vehicle LIMIT {MOST_OF_A_ROUTE}
) AS one
"""
_OF_VEHICLES = f"SELECT {_COLUMNS} FROM vehicle_progress WHERE vehicle = ANY($1)"
_ON_ROUTE = """
SELECT vehicle FROM vehicle_progress WHERE route = $1 AND vehicle > $2 AND at > $3 ORDER BY vehicle LIMIT $4
"""
# A run is told once, as ``model.foremost`` has it of those of the timetable. By headway it begins as its vehicle leaves
# the first stop: until then each position makes another of it, the same one for all who wait there.
_LIVE = f"""
SELECT {", ".join(f"one.{name}" for name in _FIELDS)}
  FROM vehicle_progress AS one JOIN vehicle AS v ON v.id = one.vehicle
 WHERE one.vehicle > $1 AND one.at > $2 AND one.route <> '' AND (one.headway = 0 OR one.metres >= {WAITS_M})
   AND NOT EXISTS (
        SELECT FROM vehicle_progress AS other JOIN vehicle AS w ON w.id = other.vehicle
         WHERE other.trip = one.trip AND other.start_day = one.start_day AND other.start_second = one.start_second
           AND other.at > $2 AND (other.headway = 0 OR other.metres >= {WAITS_M})
           AND (w.simulated, coalesce(abs(other.delay), 0), other.vehicle)
             < (v.simulated, coalesce(abs(one.delay), 0), one.vehicle)
       )
 ORDER BY one.vehicle LIMIT $3
"""
# The same of real ones alone.
_DELAYS = f"""
SELECT DISTINCT ON (trip, start_day, start_second) trip, start_day, start_second, delay
  FROM vehicle_progress JOIN vehicle ON id = vehicle AND NOT simulated
 WHERE delay IS NOT NULL AND at > $1 ORDER BY trip, start_day, start_second, abs(delay), vehicle LIMIT {MOST_LATE}
"""
_COUNT = """
SELECT count(*) FILTER (WHERE at > $1)::integer AS live,
       count(*) FILTER (WHERE at <= $1 AND octet_length(calls) > 1)::integer AS silent
  FROM vehicle_progress WHERE at > $2
"""


class Due(NamedTuple):
    """A position that nothing was made of yet, and what was made of the one before."""

    vehicle: str
    at: datetime
    lat: float
    lon: float
    bearing: float | None
    speed: float | None
    route: str
    trip: str
    agency: str
    """Who keeps the vehicle."""
    before: Run | None


class TripDelay(NamedTuple):
    """A trip that a vehicle drives now, and by how many seconds it is late."""

    trip: str
    day: date
    """Of its service."""
    start: int
    """The second of that day at which it should have left its first stop."""
    delay: int


async def due(tx: Transaction, since: datetime, feed: int) -> list[Due]:
    """Positions that nothing was made of yet, or by another feed."""
    return [_due(row) for row in await tx.fetch(_DUE, since, feed)]


async def save(tx: Transaction, runs: Sequence[Run]) -> None:
    """Writes what was made of positions."""
    if runs:
        ordered = sorted(runs, key=lambda one: one.vehicle)
        await tx.execute(_PUT, *([getattr(one, name) for one in ordered] for name in _FIELDS))


async def of_routes(tx: Transaction, routes: Collection[str], since: datetime) -> list[Run]:
    """Vehicles on some lines that have told where they are since."""
    return [Run(*row) for row in await tx.fetch(_OF_ROUTES, list(routes), since)]


async def of_vehicles(tx: Transaction, vehicles: Collection[str]) -> dict[str, Run]:
    """What was made of some vehicles."""
    return {row["vehicle"]: Run(*row) for row in await tx.fetch(_OF_VEHICLES, list(vehicles))}


async def on_route(tx: Transaction, route: str, after: str, since: datetime, most: int) -> list[str]:
    """Ids of vehicles on a line that come after one and have told where they are since."""
    return [row["vehicle"] for row in await tx.fetch(_ON_ROUTE, route, after, since, most)]


async def live(tx: Transaction, after: str, since: datetime, most: int) -> list[Run]:
    """Vehicles on any line that have told where they are since, by their ids; one for a run, once it has begun."""
    return [Run(*row) for row in await tx.fetch(_LIVE, after, since, most)]


async def delays(tx: Transaction, since: datetime) -> list[TripDelay]:
    """How late trips with times of their own are, of which a real vehicle has told since: nobody waits for others."""
    return [TripDelay(*row) for row in await tx.fetch(_DELAYS, since)]


async def count(tx: Transaction, fresh: datetime, since: datetime) -> tuple[int, int]:
    """How many have told after ``fresh``; and how many on their way only before that, but after ``since``."""
    row = await tx.fetchrow(_COUNT, fresh, since)
    assert row is not None
    return row["live"], row["silent"]


def _due(row: Any) -> Due:
    before = None
    if row["before_vehicle"] is not None:
        before = Run(**{name: row[f"before_{name}"] for name in _FIELDS if name != "calls"}, calls=b"\x90")
    return Due._make((*tuple(row)[: len(Due._fields) - 1], before))
