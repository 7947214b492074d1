"""SQL of operators' feeds, and of what they tell of trips."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from services.kit.database import Transaction
from services.kit.database.table import Table
from services.living.operators.model import MOST_TRIPS, OperatorFeed
from services.living.present.model import Delay

FEEDS = Table(OperatorFeed, "operator_feed", fixed=("since",))
_CLEAR = "DELETE FROM operator_delay WHERE source = $1"
_PUT = """
INSERT INTO operator_delay (source, number, trip, day, start, delays, cancelled)
SELECT $1, * FROM unnest($2::integer[], $3::text[], $4::date[], $5::integer[], $6::text[], $7::boolean[])
"""
_DELAYS = f"""
SELECT trip, day, start, delays, cancelled FROM operator_delay WHERE source = $1 ORDER BY number LIMIT {MOST_TRIPS}
"""
_DROP = "DELETE FROM operator_feed WHERE NOT id = ANY($1)"


async def feed(tx: Transaction, name: str) -> OperatorFeed | None:
    """How a feed was read; None before it was ever tried."""
    return await FEEDS.first(tx, "id = $1", name)


async def feeds(tx: Transaction) -> list[OperatorFeed]:
    """All feeds; a city has a few."""
    return await FEEDS.every(tx, "true ORDER BY id LIMIT 100")


async def forget(tx: Transaction, names: Collection[str]) -> None:
    """Drops the feeds that are none of these, with what they tell of trips."""
    await tx.execute(_DROP, list(names))


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


def _written(one: Delay) -> str:
    """Arrivals, departures and skipped calls as one text: PostgreSQL has no lists of lists of several lengths."""
    return ";".join(",".join(map(str, each)) for each in (one.arrivals, one.departures, one.skipped))


def _read(row: Any, told: int) -> Delay:
    arrivals, departures, skipped = (
        tuple(map(int, each.split(","))) if each else () for each in row["delays"].split(";")
    )
    day = row["day"].isoformat()
    return Delay(row["trip"], day, row["start"], arrivals, departures, skipped, row["cancelled"], told)
