"""SQL of operators' feeds, and of what they tell of trips."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from services.kit.database import Transaction
from services.kit.database.table import Table
from services.living.operators.model import MOST_TRIPS, Call, Feed
from services.living.present.model import Delay

FEEDS = Table(Feed, "operator_feed", fixed=("since",))
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
_OWN = """
SELECT r.number, r.id FROM route r
 WHERE r.feed = $1 AND $3 = (SELECT a.id FROM agency a WHERE a.feed = r.feed AND a.number = r.agency)
"""
_OLD = """
SELECT id FROM service_alert WHERE state = 'ended' AND origin = 'operator' AND ended_at < $1 ORDER BY ended_at LIMIT 200
"""
_DROP_CHANGES = "DELETE FROM service_alert_change WHERE alert = ANY($1)"
_DROP_ALERTS = "DELETE FROM service_alert WHERE id = ANY($1)"
_CLEAR = "DELETE FROM operator_delay WHERE source = $1"
_PUT = """
INSERT INTO operator_delay (source, number, trip, day, start, delays, cancelled)
SELECT $1, * FROM unnest($2::integer[], $3::text[], $4::date[], $5::integer[], $6::text[], $7::boolean[])
"""
_DELAYS = f"""
SELECT trip, day, start, delays, cancelled FROM operator_delay WHERE source = $1 ORDER BY number LIMIT {MOST_TRIPS}
"""
_DROP = "DELETE FROM operator_feed WHERE NOT id = ANY($1)"
_SOURCES = """
SELECT source FROM service_alert WHERE state = 'published' AND origin = 'operator' ORDER BY id LIMIT 1000
"""


async def feed(tx: Transaction, name: str) -> Feed | None:
    """How a feed was read; None before it was ever tried."""
    return await FEEDS.first(tx, "id = $1", name)


async def feeds(tx: Transaction) -> list[Feed]:
    """All feeds; a city has a few."""
    return await FEEDS.every(tx, "true ORDER BY id LIMIT 100")


async def forget(tx: Transaction, names: Collection[str]) -> None:
    """Drops the feeds that are none of these, with what they tell of trips."""
    await tx.execute(_DROP, list(names))


async def calls(tx: Transaction, feed: int, agency: str, trips: Collection[str]) -> dict[str, list[Call]]:
    """Where an agency's trips of the timetable call, in order."""
    found: dict[str, list[Call]] = {}
    for row in await tx.fetch(_CALLS, feed, list(trips), agency):
        found.setdefault(row["id"], []).append(Call(row["sequence"], row["stop"], row["arrival"], row["departure"]))
    return found


async def own_routes(tx: Transaction, feed: int, agency: str, ids: Collection[str]) -> set[str]:
    """Which of these lines are an agency's."""
    return {row["id"] for row in await tx.fetch(f"{_OWN} AND r.id = ANY($2)", feed, list(ids), agency)}


async def own_numbers(tx: Transaction, feed: int, agency: str, numbers: Collection[int]) -> dict[int, str]:
    """The same by the lines' numbers, with their ids."""
    rows = await tx.fetch(f"{_OWN} AND r.number = ANY($2)", feed, list(numbers), agency)
    return {row["number"]: row["id"] for row in rows}


async def drop_old(tx: Transaction, before: datetime) -> int:
    """Drops some alerts of operators that ended before a moment; answers with how many."""
    old = [row["id"] for row in await tx.fetch(_OLD, before)]
    await tx.execute(_DROP_CHANGES, old)
    await tx.execute(_DROP_ALERTS, old)
    return len(old)


async def put(tx: Transaction, source: str, delays: Sequence[Delay]) -> None:
    """What a feed tells of trips from now on, in place of what it told."""
    await tx.execute(_CLEAR, source)
    columns: list[list[Any]] = [
        list(range(len(delays))),
        [one.trip for one in delays],
        [date.fromisoformat(one.day) for one in delays],
        [one.start for one in delays],
        [_written(one) for one in delays],
        [one.cancelled for one in delays],
    ]
    await tx.execute(_PUT, source, *columns)


async def delays(tx: Transaction, source: str) -> list[Any]:
    """How late trips are by a feed, as rows: ``read`` makes something of them, which takes long for many."""
    return list(await tx.fetch(_DELAYS, source))


def read(rows: Sequence[Any], told: int) -> tuple[Delay, ...]:
    """What the rows of ``delays`` say, that were told at a moment (seconds since 1970)."""
    return tuple(_read(row, told) for row in rows)


async def told_alerts(tx: Transaction) -> list[str]:
    """Where alerts of operators come from that are told."""
    return [row["source"] for row in await tx.fetch(_SOURCES)]


def _written(one: Delay) -> str:
    """Arrivals, departures and skipped calls as one text: PostgreSQL has no lists of lists of several lengths."""
    return ";".join(",".join(map(str, each)) for each in (one.arrivals, one.departures, one.skipped))


def _read(row: Any, told: int) -> Delay:
    arrivals, departures, skipped = (
        tuple(map(int, each.split(","))) if each else () for each in row["delays"].split(";")
    )
    day = row["day"].isoformat()
    return Delay(row["trip"], day, row["start"], arrivals, departures, skipped, row["cancelled"], told)
