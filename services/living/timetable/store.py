"""SQL of a timetable: what is read of a feed's tables, row by row in their order, to be sent on."""

from collections.abc import AsyncIterator, Awaitable, Callable

from services.kit.database import Transaction

_PART = 2_000
"""Rows that are read at once: a few milliseconds."""
_TABLES = {
    "stop": """
SELECT id, name, lat, lon, kind, parent, wheelchair, platform FROM stop WHERE feed = $1 ORDER BY number
""",
    "route": "SELECT id, short_name, long_name, kind, color FROM route WHERE feed = $1 ORDER BY number",
    "trip": "SELECT id, route, service, headsign, wheelchair, shape FROM trip WHERE feed = $1 ORDER BY number",
    "service": "SELECT days, first_day, last_day FROM service WHERE feed = $1 ORDER BY number",
    "exception": "SELECT service, day, runs FROM service_exception WHERE feed = $1 ORDER BY service, day",
    "frequency": """
SELECT trip, start_time, end_time, headway, exact FROM frequency WHERE feed = $1 ORDER BY trip, start_time
""",
    "transfer": """
SELECT from_stop, to_stop, kind, seconds FROM transfer
 WHERE feed = $1 AND from_route IS NULL AND to_route IS NULL AND from_trip IS NULL AND to_trip IS NULL
   AND from_stop IS NOT NULL AND to_stop IS NOT NULL ORDER BY number
""",
    "pathway": """
SELECT from_stop, to_stop, mode, both_ways, seconds, length, stairs FROM pathway WHERE feed = $1 ORDER BY number
""",
}
_TIMES = """
SELECT trip, stop, arrival, departure, pickup, drop_off FROM stop_time WHERE feed = $1 ORDER BY trip, sequence
"""


async def rows(tx: Transaction, feed: int) -> AsyncIterator[tuple[str, list[tuple[object, ...]]]]:
    """Rows of all tables but the times, some at a time, each with the name of its table."""
    for table, statement in _TABLES.items():
        cursor = await tx.connection.cursor(statement, feed)
        while found := await cursor.fetch(_PART):
            yield table, [tuple(row) for row in found]


async def times(tx: Transaction, feed: int, take: Callable[[bytes], Awaitable[None]]) -> None:
    """The stop times as PostgreSQL's binary COPY gives them, part by part (``reading.TIMES``)."""
    await tx.connection.copy_from_query(_TIMES, feed, output=take, format="binary")
