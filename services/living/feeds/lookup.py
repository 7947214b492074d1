"""SQL: stops, lines, agencies and trips of a feed by their ids and small numbers, for rooms that know those."""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from services.kit.database import Transaction
from services.living.feeds.model import TripCall

_STOPS = "SELECT number, id, name, kind, parent FROM stop WHERE feed = $1 AND id = ANY($2)"
_PLATFORMS = """
SELECT number, id, name, kind, parent FROM stop WHERE feed = $1 AND parent = ANY($2) AND kind = 0 ORDER BY parent, id
"""
_ROUTES = """
SELECT number, id, short_name, long_name FROM route WHERE feed = $1 AND id = ANY($2) ORDER BY place, number
"""
_AGENCIES = "SELECT id FROM agency WHERE feed = $1 AND number >= 0"
_WAYS = """
SELECT route, shape, stops FROM route_pattern WHERE feed = $1 AND route >= $2 AND route < $3
"""
_WAYS_OF = "SELECT stops FROM route_pattern WHERE feed = $1 AND route = $2"
_SHAPES = "SELECT number, lats, lons FROM shape WHERE feed = $1 AND number = ANY($2)"
_PLACES = "SELECT number, id, lat, lon, kind FROM stop WHERE feed = $1 AND number = ANY($2)"
_INSIDE = """
SELECT number, id, lat, lon, kind FROM stop
 WHERE feed = $1 AND kind = 0 AND point(lon, lat) <@ box(point($2, $3), point($4, $5)) ORDER BY number LIMIT 10000
"""
_IDS_OF_ROUTES = "SELECT number, id FROM route WHERE feed = $1 AND number >= $2 AND number < $3"
_CALLS = """
SELECT t.id, st.sequence, s.id AS stop, st.arrival, st.departure
  FROM trip t
  JOIN stop_time st ON st.feed = t.feed AND st.trip = t.number
  JOIN stop s ON s.feed = st.feed AND s.number = st.stop
 WHERE t.feed = $1 AND t.id = ANY($2) AND $3 = (
        SELECT a.id FROM route r JOIN agency a ON a.feed = r.feed AND a.number = r.agency
         WHERE r.feed = t.feed AND r.number = t.route
       )
 ORDER BY t.number, st.sequence
"""
_RUNNING = """
SELECT t.id, d.day
  FROM trip t JOIN service s ON s.feed = t.feed AND s.number = t.service CROSS JOIN unnest($3::date[]) AS d (day)
  LEFT JOIN service_exception e ON e.feed = s.feed AND e.service = s.number AND e.day = d.day
 WHERE t.feed = $1 AND t.id = ANY($2) AND coalesce(
        e.runs,
        d.day BETWEEN s.first_day AND s.last_day AND s.days >> (extract(isodow FROM d.day)::integer - 1) & 1 = 1
       )
"""
_DIRECTIONS = """
SELECT DISTINCT r.id AS route, w.direction, s.id AS stop, p.id AS station
  FROM route r
  JOIN route_stop w ON w.feed = r.feed AND w.route = r.number
  JOIN stop s ON s.feed = w.feed AND s.number = w.stop
  LEFT JOIN stop p ON p.feed = s.feed AND p.number = s.parent
 WHERE r.feed = $1 AND r.id = ANY($2)
"""
_ROUTES_OF_AGENCY = """
SELECT r.number, r.id FROM route r
 WHERE r.feed = $1 AND $3 = (SELECT a.id FROM agency a WHERE a.feed = r.feed AND a.number = r.agency)
"""


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


class Way(NamedTuple):
    """The stops of some trips of a line in order, as they call there, and the number of the shape that they follow."""

    route: int
    shape: int | None
    stops: list[int]


class Ways(NamedTuple):
    """All ways of some lines, the shapes that they follow by number (lons, lats), and the lines' ids by number."""

    all: list[Way]
    shapes: dict[int, tuple[list[float], list[float]]]
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
    found = [Way(*row) for row in await tx.fetch(_WAYS, feed, first, last)]
    shapes = await tx.fetch(_SHAPES, feed, list({one.shape for one in found if one.shape is not None}))
    ids = await tx.fetch(_IDS_OF_ROUTES, feed, first, last)
    return Ways(
        found,
        {row["number"]: (row["lons"], row["lats"]) for row in shapes},
        {row["number"]: row["id"] for row in ids},
    )


async def ways_of(tx: Transaction, feed: int, route: int) -> list[list[int]]:
    """The stops of each way of a line in order."""
    return [row["stops"] for row in await tx.fetch(_WAYS_OF, feed, route)]


async def places(tx: Transaction, feed: int, numbers: Collection[int]) -> dict[int, Place]:
    """Where stops are, by their numbers; those without a place are left out."""
    rows = await tx.fetch(_PLACES, feed, list(numbers))
    return {row["number"]: Place(*row) for row in rows if row["lat"] is not None}


async def inside(tx: Transaction, feed: int, west: float, south: float, east: float, north: float) -> list[Place]:
    """Stops that vehicles call at within a rectangle in degrees."""
    return [Place(*row) for row in await tx.fetch(_INSIDE, feed, west, south, east, north)]


async def calls(tx: Transaction, feed: int, agency: str, trips: Collection[str]) -> dict[str, list[TripCall]]:
    """Where an agency's trips of the timetable call, in order."""
    found: dict[str, list[TripCall]] = {}
    for row in await tx.fetch(_CALLS, feed, list(trips), agency):
        found.setdefault(row["id"], []).append(TripCall(row["sequence"], row["stop"], row["arrival"], row["departure"]))
    return found


async def running(tx: Transaction, feed: int, trips: Collection[str], days: Collection[date]) -> set[tuple[str, date]]:
    """Which trips of the timetable run on which of some days."""
    return {(row["id"], row["day"]) for row in await tx.fetch(_RUNNING, feed, list(trips), list(days))}


async def directions(tx: Transaction, feed: int, routes: Collection[str]) -> dict[tuple[str, str], set[int]]:
    """In which directions lines run: by line and an empty text, and by line and stop or station where they call."""
    found: dict[tuple[str, str], set[int]] = {}
    for row in await tx.fetch(_DIRECTIONS, feed, list(routes)):
        for name in {"", row["stop"], row["station"]} - {None}:
            found.setdefault((row["route"], name), set()).add(row["direction"])
    return found


async def routes_of_agency(tx: Transaction, feed: int, agency: str, ids: Collection[str]) -> set[str]:
    """Which of these lines are an agency's."""
    return {row["id"] for row in await tx.fetch(f"{_ROUTES_OF_AGENCY} AND r.id = ANY($2)", feed, list(ids), agency)}


async def numbers_of_agency(tx: Transaction, feed: int, agency: str, numbers: Collection[int]) -> dict[int, str]:
    """The same by the lines' numbers, with their ids."""
    rows = await tx.fetch(f"{_ROUTES_OF_AGENCY} AND r.number = ANY($2)", feed, list(numbers), agency)
    return {row["number"]: row["id"] for row in rows}
