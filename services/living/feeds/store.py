"""SQL of the feeds: which is current, and what is read of it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from services.kit.database import Transaction
from services.kit.database.containing import containing
from services.kit.database.table import Keyset, Table
from services.living.feeds.model import Box, Current, Direction, Feed, Found, Route, Stop

FEEDS = Table(Feed, "feed")
FOUND = Table(Found, "feed_finding")
BY_NAME: Keyset[Stop] = Keyset({"s.name": str, "s.id": str}, of=lambda one: (one.name, one.id))
BY_PLACE: Keyset[Route] = Keyset({"r.place": int, "r.number": int}, of=lambda one: (one.place, one.number))

_ALIKE = "0.5"
"""Of the three-letter parts of what was typed, how many a name has to have."""
_AT_ONCE = 2_000
"""Rows that are read at once: a few milliseconds."""
_CURRENT = "SELECT feed, previous, since FROM feed_current"
_STOP = """
SELECT s.number, s.id, s.code, s.name, s.description, s.lat, s.lon, s.zone, s.kind, s.parent, s.wheelchair, s.platform,
       coalesce(p.id, '') AS parent_id
  FROM stop s LEFT JOIN stop p ON p.feed = s.feed AND p.number = s.parent
"""
_ROUTE = """
SELECT r.number, r.id, r.short_name, r.long_name, r.description, r.kind, r.color, r.text_color, r.place,
       coalesce(a.name, '') AS agency
  FROM route r LEFT JOIN agency a ON a.feed = r.feed AND a.number = r.agency
"""
_OF_STOPS = """
SELECT DISTINCT stop, route FROM route_stop WHERE feed = $1 AND stop = ANY($2)
"""
_DIRECTIONS = """
SELECT direction, headsign, trips, shape, headway FROM route_direction WHERE feed = $1 AND route = $2 ORDER BY direction
"""
_CALLS = """
SELECT direction, position, stop, trips FROM route_stop WHERE feed = $1 AND route = $2 ORDER BY direction, position
"""
_SHAPES = "SELECT number, lats, lons FROM shape WHERE feed = $1 AND number = ANY($2)"
_WORDS = """
SELECT field, language, translation, record, '' AS value FROM translation
 WHERE feed = $1 AND about = $2 AND record = ANY($3) AND sub_record = ''
"""
_VALUES = """
SELECT field, language, translation, '' AS record, value FROM translation
 WHERE feed = $1 AND about = $2 AND value = ANY($3) AND record = ''
"""
_ALL_WORDS = """
SELECT number, about, field, language, translation, record, value
  FROM translation
 WHERE feed = $1 AND number > $2 AND about IN ('stops', 'routes', 'trips') AND sub_record = ''
 ORDER BY number LIMIT $3
"""
# There may be one for each call of each trip, so that these are the first that are not kept.
_ALL_SIGNS = """
SELECT number, about, field, language, translation, btrim(record || ' ' || sub_record) AS record, value
  FROM translation
 WHERE feed = $1 AND number > $2 AND about = 'stop_times'
 ORDER BY number LIMIT $3
"""
_PART = "SELECT content FROM feed_part WHERE feed = $1 AND part = $2"
_GONE = """
SELECT number FROM feed
 WHERE kept AND left_at < $1 AND NOT EXISTS (SELECT FROM feed_current c WHERE feed.number IN (c.feed, c.previous))
 ORDER BY left_at LIMIT 1
"""
_DROPPED = "UPDATE feed SET kept = false WHERE number = $1"
_DROP = "SELECT drop_feed($1)"


async def current(tx: Transaction) -> Current | None:
    """The feed that holds; None before the first."""
    row = await tx.fetchrow(_CURRENT)
    if row is None:
        return None
    feed = await FEEDS.first(tx, "number = $1", row["feed"])
    assert feed is not None  # the one refers to the other
    return Current(feed, row["since"], row["previous"])


async def by_number(tx: Transaction, number: int) -> Feed | None:
    """A feed by its number."""
    return await FEEDS.first(tx, "number = $1", number)


async def by_numbers(tx: Transaction, numbers: Collection[int]) -> dict[int, Feed]:
    """Feeds by their numbers."""
    return {one.number: one for one in await FEEDS.every(tx, "number = ANY($1::integer[])", list(numbers))}


async def found(tx: Transaction, feed: int) -> list[Found]:
    """What was found in a feed, by code."""
    return await FOUND.every(tx, "feed = $1 ORDER BY severity, code, file", feed)


async def stop(tx: Transaction, feed: int, id: str) -> Stop | None:  # noqa: A002 - the feed's own word
    """A stop by its id."""
    row = await tx.fetchrow(f"{_STOP} WHERE s.feed = $1 AND s.id = $2", feed, id)
    return Stop(**row) if row else None


async def stops(tx: Transaction, feed: int, numbers: Collection[int]) -> dict[int, Stop]:
    """Stops by their numbers."""
    rows = await tx.fetch(f"{_STOP} WHERE s.feed = $1 AND s.number = ANY($2)", feed, list(numbers))
    return {row["number"]: Stop(**row) for row in rows}


async def children(tx: Transaction, feed: int, station: int) -> list[Stop]:
    """What belongs to a station, by name."""
    rows = await tx.fetch(f"{_STOP} WHERE s.feed = $1 AND s.parent = $2 ORDER BY s.name, s.id LIMIT 200", feed, station)
    return [Stop(**row) for row in rows]


async def page_stops(
    tx: Transaction, feed: int, box: Box | None, words: str, size: int, after: Sequence[object] | None
) -> list[Stop]:
    """Stops by name, within a rectangle and with these words in their name where given; one more than ``size``."""
    values: list[object] = [feed]
    conditions = ["s.feed = $1"]
    if box is not None:
        values += [box.west, box.south, box.east, box.north]
        conditions.append("point(s.lon, s.lat) <@ box(point($2, $3), point($4, $5))")
    if words:
        values.append(containing(words))
        conditions.append(f"s.folded LIKE ${len(values)}")
    if after is not None:
        conditions.append(BY_NAME.sql(len(values) + 1))
        values += after
    tail = f"WHERE {' AND '.join(conditions)} ORDER BY {BY_NAME.order} LIMIT {size + 1}"
    return [Stop(**row) for row in await tx.fetch(f"{_STOP} {tail}", *values)]


async def alike(tx: Transaction, feed: int, words: str, most: int) -> list[Stop]:
    """Stops with a name like these words, as with a slip of the pen or written together; the most alike first."""
    await tx.execute("SELECT set_config('pg_trgm.word_similarity_threshold', $1, true)", _ALIKE)
    tail = f"""
    WHERE s.feed = $1 AND s.folded %> $2 ORDER BY word_similarity($2, s.folded) DESC, s.folded, s.number LIMIT {most}
    """
    return [Stop(**row) for row in await tx.fetch(f"{_STOP} {tail}", feed, words)]


async def nearest(tx: Transaction, feed: int, lat: float, lon: float, box: Box, words: str, most: int) -> list[Stop]:
    """Stops around a point within a rectangle, with these words in their name where given, the nearest (in degrees)
    first.
    """
    values: list[object] = [feed, box.west, box.south, box.east, box.north, lon, lat]
    conditions = "s.feed = $1 AND point(s.lon, s.lat) <@ box(point($2, $3), point($4, $5))"
    if words:
        values.append(containing(words))
        conditions += " AND s.folded LIKE $8"
    tail = f"WHERE {conditions} ORDER BY point(s.lon, s.lat) <-> point($6, $7) LIMIT {most}"
    return [Stop(**row) for row in await tx.fetch(f"{_STOP} {tail}", *values)]


async def routes(tx: Transaction, feed: int, numbers: Collection[int]) -> dict[int, Route]:
    """Routes by their numbers."""
    rows = await tx.fetch(f"{_ROUTE} WHERE r.feed = $1 AND r.number = ANY($2)", feed, list(numbers))
    return {row["number"]: Route(**row) for row in rows}


async def route(tx: Transaction, feed: int, id: str) -> Route | None:  # noqa: A002 - the feed's own word
    """A route by its id."""
    row = await tx.fetchrow(f"{_ROUTE} WHERE r.feed = $1 AND r.id = $2", feed, id)
    return Route(**row) if row else None


async def page_routes(tx: Transaction, feed: int, size: int, after: Sequence[object] | None) -> list[Route]:
    """Routes in the feed's order; one more than ``size``."""
    condition = "" if after is None else f"AND {BY_PLACE.sql(2)}"
    tail = f"WHERE r.feed = $1 {condition} ORDER BY {BY_PLACE.order} LIMIT {size + 1}"
    return [Route(**row) for row in await tx.fetch(f"{_ROUTE} {tail}", feed, *(after or ()))]


async def routes_of(tx: Transaction, feed: int, stops: Collection[int]) -> dict[int, list[int]]:
    """Numbers of the routes that call at each stop."""
    by_stop: dict[int, list[int]] = {}
    for row in await tx.fetch(_OF_STOPS, feed, list(stops)):
        by_stop.setdefault(row["stop"], []).append(row["route"])
    return by_stop


async def directions(tx: Transaction, feed: int, route: int) -> list[tuple[Direction, int | None]]:
    """The ways of a route without their stops, each with the number of its shape."""
    rows = await tx.fetch(_DIRECTIONS, feed, route)
    return [(Direction(row["direction"], row["headsign"], row["trips"], row["headway"]), row["shape"]) for row in rows]


class Called(NamedTuple):
    """A stop of a route, by their numbers, and how many trips call there."""

    direction: int
    position: int
    stop: int
    trips: int


async def calls(tx: Transaction, feed: int, route: int) -> list[Called]:
    """All stops of a route, in order."""
    return [Called(**row) for row in await tx.fetch(_CALLS, feed, route)]


async def lines(tx: Transaction, feed: int, shapes: Collection[int]) -> dict[int, tuple[tuple[float, float], ...]]:
    """Shapes by their numbers, longitude before latitude."""
    rows = await tx.fetch(_SHAPES, feed, list(shapes))
    return {row["number"]: tuple(zip(row["lons"], row["lats"], strict=True)) for row in rows}


class Translation(NamedTuple):
    """A text of a field in a language: of the row whose id is ``record``, or wherever it reads ``value``."""

    field: str
    language: str
    translation: str
    record: str
    value: str


async def words(
    tx: Transaction, feed: int, about: str, records: Collection[str], values: Collection[str]
) -> list[Translation]:
    """Translations of a table: of rows by their ids, and of texts."""
    by_record = await tx.fetch(_WORDS, feed, about, list(records))
    return [Translation(**row) for row in [*by_record, *await tx.fetch(_VALUES, feed, about, list(values))]]


async def all_words(tx: Transaction, feed: int, most: int) -> list[tuple[str, str, str, str, str, str]]:
    """Translations of stops, routes, trips and then what stops say, so many at most: table, field, language,
    translation, record (of what a stop says, the trip and the sequence), value.
    """
    found: list[tuple[str, str, str, str, str, str]] = []
    for sql in (_ALL_WORDS, _ALL_SIGNS):
        last = -1
        while len(found) < most and (rows := await tx.fetch(sql, feed, last, _AT_ONCE)):
            last = rows[-1]["number"]
            found += [tuple(row)[1:] for row in rows]
    return found[:most]


async def part(tx: Transaction, feed: int, number: int) -> bytes | None:
    """A part of the archive; None behind the last."""
    found: bytes | None = await tx.fetchval(_PART, feed, number)
    return found


async def gone(tx: Transaction, before: datetime) -> int | None:
    """The feed that has been neither current nor the one before for longest, and whose rows are there."""
    number: int | None = await tx.fetchval(_GONE, before)
    return number


async def dropped(tx: Transaction, feed: int) -> None:
    """Says that the rows of a feed are no longer there."""
    await tx.execute(_DROPPED, feed)


async def drop_part(tx: Transaction, feed: int) -> int:
    """Takes one table of a feed away; answers with how many are left."""
    left: int = await tx.fetchval(_DROP, feed)
    return left
