"""SQL of positions: where vehicles are, and the tracks of where they were."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple

from services.kit.database import Transaction
from services.living.positions.model import Known, Reported

_KNOWN = """
SELECT v.id, v.agency, p.at, p.lat, p.lon FROM vehicle v LEFT JOIN vehicle_position p ON p.vehicle = v.id
 WHERE v.id = ANY($1) AND v.retired_at IS NULL
"""
# By the key, so that two commits at once wait for each other and never for each other's end.
_PUT = """
WITH item AS (
    SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::double precision[], $4::double precision[], $5::real[],
                         $6::real[], $7::text[], $8::text[], $9::smallint[], $10::boolean[])
        AS one (vehicle, at, lat, lon, bearing, speed, route, trip, flags, newest)
), track AS (
    INSERT INTO vehicle_track (vehicle, at, lat, lon, bearing, speed, flags)
    SELECT vehicle, at, lat, lon, bearing, speed, flags FROM item ORDER BY vehicle, at ON CONFLICT DO NOTHING
)
INSERT INTO vehicle_position AS known (vehicle, at, received, lat, lon, bearing, speed, route, trip, flags)
SELECT vehicle, at, $11, lat, lon, bearing, speed, route, trip, flags FROM item WHERE newest ORDER BY vehicle
ON CONFLICT (vehicle) DO UPDATE
   SET at = excluded.at, received = excluded.received, lat = excluded.lat, lon = excluded.lon,
       bearing = excluded.bearing, speed = excluded.speed, route = excluded.route, trip = excluded.trip,
       flags = excluded.flags
 WHERE known.at < excluded.at
"""
_AT = "SELECT vehicle, at, lat, lon, bearing, speed, flags FROM vehicle_position WHERE vehicle = ANY($1)"
_MAKE_DAYS = "SELECT count(*) FILTER (WHERE make_track_day(day)) FROM unnest($1::date[]) AS day"
_DROP_DAYS = "SELECT drop_track_days($1)"


class Position(NamedTuple):
    """Where a vehicle is. Degrees; metres a second."""

    vehicle: str
    at: datetime
    lat: float
    lon: float
    bearing: float | None
    speed: float | None
    flags: int


async def known(tx: Transaction, vehicles: Collection[str]) -> dict[str, Known]:
    """Vehicles in service by their ids, and where they were last."""
    rows = await tx.fetch(_KNOWN, list(vehicles))
    return {row["id"]: Known(row["agency"], row["at"], row["lat"], row["lon"]) for row in rows}


async def put(tx: Transaction, taken: Sequence[tuple[Reported, int, bool]]) -> None:
    """Writes positions with their flags; of each vehicle one, the newest, is where it is from now on."""
    columns = zip(
        *(
            (one.vehicle, one.at, one.lat, one.lon, one.bearing, one.speed, one.route, one.trip, flags, newest)
            for one, flags, newest in taken
        ),
        strict=True,
    )
    await tx.execute(_PUT, *map(list, columns), tx.now)


async def positions(tx: Transaction, vehicles: Collection[str]) -> dict[str, Position]:
    """Where vehicles are, of those that have told."""
    return {row["vehicle"]: Position(*row) for row in await tx.fetch(_AT, list(vehicles))}


async def make_days(tx: Transaction, days: Sequence[date]) -> int:
    """Makes room for the tracks of days, and answers for how many there was none."""
    made: int = await tx.fetchval(_MAKE_DAYS, days)
    return made


async def drop_days(tx: Transaction, before: date) -> int:
    """Drops the tracks of days that ended before a day, and answers how many."""
    dropped: int = await tx.fetchval(_DROP_DAYS, before)
    return dropped
