"""SQL of alerts, and of what of the timetable they touch."""

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from services.kit.database import Transaction
from services.kit.database.table import Keyset, Page, Table
from services.living.alerts.model import MOST, MOST_OF_FEED, Alert, Change, Origin, State

ALERTS = Table(Alert, "service_alert", fixed=("origin", "source", "exercise", "correlation", "created_at"))
_CHANGES = Table(Change, "service_alert_change")
_NEWEST: Keyset[Alert] = Keyset({"id": UUID}, of=lambda one: (one.id,), descending=True)
_BATCH = 100
_STOPS = "SELECT number, id, name, kind, parent FROM stop WHERE feed = $1 AND id = ANY($2)"
_PLATFORMS = """
SELECT number, id, name, kind, parent FROM stop WHERE feed = $1 AND parent = ANY($2) AND kind = 0 ORDER BY parent, id
"""
_ROUTES = """
SELECT number, id, short_name, long_name FROM route WHERE feed = $1 AND id = ANY($2) ORDER BY place, number
"""
_AGENCIES = "SELECT id FROM agency WHERE feed = $1 AND number >= 0"
_WAYS = """
SELECT route, direction, stop FROM route_stop WHERE feed = $1 AND route >= $2 AND route < $3
 ORDER BY route, direction, position
"""
_SHAPES = """
SELECT d.route, d.direction, s.lats, s.lons FROM route_direction d
  JOIN shape s ON s.feed = d.feed AND s.number = d.shape
 WHERE d.feed = $1 AND d.route >= $2 AND d.route < $3
"""
_PLACES = "SELECT number, id, lat, lon, kind FROM stop WHERE feed = $1 AND number = ANY($2)"
_INSIDE = """
SELECT number, id, lat, lon, kind FROM stop
 WHERE feed = $1 AND kind = 0 AND point(lon, lat) <@ box(point($2, $3), point($4, $5)) ORDER BY number LIMIT 10000
"""
_IDS_OF_ROUTES = "SELECT number, id FROM route WHERE feed = $1 AND number >= $2 AND number < $3"
_OWN = "state = 'published' AND origin <> 'operator' ORDER BY id DESC LIMIT $1"
# Of each feed by itself: however much one tells, it crowds out neither the city's own nor another's.
_OPERATORS = """id = ANY(ARRAY(
    SELECT one.id FROM operator_feed f, LATERAL (
        SELECT id FROM service_alert
         WHERE state = 'published' AND origin = 'operator' AND split_part(source, '/', 1) = f.id
         ORDER BY id DESC LIMIT $1
    ) AS one
)) ORDER BY id DESC"""
_COUNT = "SELECT count(*)::integer FROM (SELECT FROM service_alert WHERE state = 'published' LIMIT $1) AS part"
get, save = ALERTS.get, ALERTS.save
add_change = _CHANGES.add


async def page(tx: Transaction, state: State | None, size: int, token: str) -> Page[Alert]:
    """All of them, the newest first."""
    return await ALERTS.page(tx, _NEWEST, size, token, state=state)


async def published(tx: Transaction) -> list[Alert]:
    """Those that are told, the newest first: the city's own, then those of operators, so many of each feed."""
    own = await ALERTS.every(tx, _OWN, MOST)
    return own + await ALERTS.every(tx, _OPERATORS, MOST_OF_FEED)


async def count(tx: Transaction) -> int:
    """How many are told, up to so many as are told at once."""
    found: int = await tx.fetchval(_COUNT, MOST)
    return found


async def of_source(tx: Transaction, origin: Origin, source: str) -> Alert | None:
    """The newest that comes from there, locked."""
    return await ALERTS.first(tx, "origin = $1 AND source = $2 ORDER BY id DESC", origin.value, source, lock=True)


async def over(tx: Transaction) -> list[Alert]:
    """Those that are told and whose time is over."""
    tail = "state = 'published' AND over_at <= $1 ORDER BY over_at LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED"
    return await ALERTS.every(tx, tail, tx.now, _BATCH)


async def changes(tx: Transaction, alert: UUID) -> list[Change]:
    """The steps of an alert, the newest first."""
    return await _CHANGES.every(tx, "alert = $1 ORDER BY version DESC LIMIT 100", alert)


class Stop(NamedTuple):
    """A stop of a feed, by its small number there."""

    number: int
    id: str
    name: str
    kind: int
    parent: int | None


class Route(NamedTuple):
    """A line of a feed."""

    number: int
    id: str
    short_name: str
    long_name: str


class Place(NamedTuple):
    """Where a stop is."""

    number: int
    id: str
    lat: float
    lon: float
    kind: int


class Ways(NamedTuple):
    """The stops of some lines by line and direction in order, and the shapes of those that have one (lons, lats)."""

    stops: dict[tuple[int, int], list[int]]
    shapes: dict[tuple[int, int], tuple[list[float], list[float]]]
    ids: dict[int, str]


async def stops(tx: Transaction, feed: int, names: Collection[str]) -> list[Stop]:
    """Stops by their ids."""
    return [Stop(*row) for row in await tx.fetch(_STOPS, feed, list(names))]


async def platforms(tx: Transaction, feed: int, stations: Collection[int]) -> list[Stop]:
    """What vehicles call at of stations."""
    return [Stop(*row) for row in await tx.fetch(_PLATFORMS, feed, list(stations))]


async def routes(tx: Transaction, feed: int, names: Collection[str]) -> list[Route]:
    """Lines by their ids, in the feed's order."""
    return [Route(*row) for row in await tx.fetch(_ROUTES, feed, list(names))]


async def agencies(tx: Transaction, feed: int) -> set[str]:
    """Ids of the agencies of a feed."""
    return {row["id"] for row in await tx.fetch(_AGENCIES, feed)}


async def ways(tx: Transaction, feed: int, first: int, last: int) -> Ways:
    """The ways of the lines from a number up to another, that one left out."""
    by_way: dict[tuple[int, int], list[int]] = {}
    for row in await tx.fetch(_WAYS, feed, first, last):
        by_way.setdefault((row["route"], row["direction"]), []).append(row["stop"])
    shapes = await tx.fetch(_SHAPES, feed, first, last)
    ids = await tx.fetch(_IDS_OF_ROUTES, feed, first, last)
    return Ways(
        by_way,
        {(row["route"], row["direction"]): (row["lons"], row["lats"]) for row in shapes},
        {row["number"]: row["id"] for row in ids},
    )


async def places(tx: Transaction, feed: int, numbers: Collection[int]) -> dict[int, Place]:
    """Where stops are, by their numbers; those without a place are left out."""
    rows = await tx.fetch(_PLACES, feed, list(numbers))
    return {row["number"]: Place(*row) for row in rows if row["lat"] is not None}


async def inside(tx: Transaction, feed: int, west: float, south: float, east: float, north: float) -> list[Place]:
    """Stops that vehicles call at within a rectangle in degrees."""
    return [Place(*row) for row in await tx.fetch(_INSIDE, feed, west, south, east, north)]
