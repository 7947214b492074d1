"""SQL of a timetable: what is read of a feed's tables, in their order and some rows at a time, to be sent on."""

from collections.abc import AsyncIterator, Awaitable, Callable

from services.kit.database import Transaction

_PART = 2_000
"""Rows that are read at once: a few milliseconds."""
_NUMBERED = {
    "stop": """
SELECT number, id, name, lat, lon, kind, parent, wheelchair, platform FROM stop
 WHERE feed = $1 AND number > $2 ORDER BY number LIMIT $3
""",
    "route": """
SELECT number, id, short_name, long_name, kind, color,
       coalesce((SELECT a.id FROM agency a WHERE a.feed = route.feed AND a.number = route.agency), '') AS agency
  FROM route
 WHERE feed = $1 AND number > $2 ORDER BY number LIMIT $3
""",
    "trip": """
SELECT number, id, route, service, headsign, wheelchair, shape FROM trip
 WHERE feed = $1 AND number > $2 ORDER BY number LIMIT $3
""",
    "service": """
SELECT number, days, first_day, last_day FROM service
 WHERE feed = $1 AND number > $2 ORDER BY number LIMIT $3
""",
    "transfer": """
SELECT number, from_stop, to_stop, kind, seconds, from_route, to_route, from_trip, to_trip FROM transfer
 WHERE feed = $1 AND number > $2 ORDER BY number LIMIT $3
""",
    "pathway": """
SELECT number, from_stop, to_stop, mode, both_ways, seconds, length, stairs FROM pathway
 WHERE feed = $1 AND number > $2 ORDER BY number LIMIT $3
""",
}
_OWNED = {
    "exception": """
SELECT service, day, runs FROM service_exception
 WHERE feed = $1 AND service >= $2 AND service < $2 + $3 ORDER BY service, day
""",
    "frequency": """
SELECT trip, start_time, end_time, headway, exact FROM frequency
 WHERE feed = $1 AND trip >= $2 AND trip < $2 + $3 ORDER BY trip, start_time
""",
    "headsign": """
SELECT s.trip, s.headsign, array_agg(s.sequence ORDER BY s.sequence) AS sequences
  FROM stop_headsign s JOIN trip t ON t.feed = s.feed AND t.number = s.trip
 WHERE s.feed = $1 AND s.trip >= $2 AND s.trip < $2 + $3 AND s.headsign <> t.headsign
 GROUP BY s.trip, s.headsign ORDER BY s.trip, s.headsign
""",
}
"""What belongs to services and trips, by their numbers."""
_OWNERS = {"exception": ("service", _PART), "frequency": ("trip", _PART), "headsign": ("trip", _PART // 10)}
"""Whose they are, and of how many at once: a trip has tens of stops."""
_TIMES = """
SELECT trip, stop, arrival, departure, pickup, drop_off, sequence FROM stop_time WHERE feed = $1 ORDER BY trip, sequence
"""

Rows = list[tuple[object, ...]]


async def rows(tx: Transaction, feed: int) -> AsyncIterator[tuple[str, Rows]]:
    """Rows of all tables but the times, each part with the name of its table."""
    counts: dict[str, int] = {}
    for table, statement in _NUMBERED.items():
        last = -1
        while found := await tx.fetch(statement, feed, last, _PART):
            last = found[-1]["number"]
            yield table, [tuple(row)[1:] for row in found]
        counts[table] = last + 1
    for table, statement in _OWNED.items():
        owner, part = _OWNERS[table]
        for first in range(0, counts[owner], part):
            if found := await tx.fetch(statement, feed, first, part):
                yield table, [tuple(row) for row in found]


async def times(tx: Transaction, feed: int, take: Callable[[bytes], Awaitable[None]]) -> None:
    """The stop times as PostgreSQL's binary COPY gives them, part by part (``reading.TIMES``)."""
    await tx.connection.copy_from_query(_TIMES, feed, output=take, format="binary")
