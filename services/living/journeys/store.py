"""SQL of fares: what a feed says of them, read as a whole, for it is little."""

from collections import defaultdict
from collections.abc import Collection

from services.kit.database import Transaction
from services.living.journeys.fares import Fares, FlatFare, LegRule, Product

_MOST = 5_000
"""Rules that are read: of a feed with more no fare is told."""
_PRODUCTS = """
SELECT p.id, p.rider, p.medium, p.amount, p.currency FROM fare_product p
  LEFT JOIN fare_rider r ON r.feed = p.feed AND r.id = p.rider
 WHERE p.feed = $1 ORDER BY coalesce(r.usual, p.rider = '') DESC, p.number LIMIT 500
"""
_RULES = f"""
SELECT network, from_area, to_area, product, coalesce(priority, 0), leg_group, from_timeframe, to_timeframe, priority
  FROM fare_leg_rule WHERE feed = $1 ORDER BY number LIMIT {_MOST + 1}
"""
_NETWORKS = """
SELECT r.id, n.network FROM fare_network_route n JOIN route r ON r.feed = n.feed AND r.number = n.route
 WHERE n.feed = $1 AND r.id = ANY($2)
"""
_OWN_NETWORKS = "SELECT id, network FROM route WHERE feed = $1 AND id = ANY($2) AND network <> ''"
_AREAS = """
SELECT s.id, a.area FROM stop s JOIN fare_area_stop a ON a.feed = s.feed AND a.stop IN (s.number, s.parent)
 WHERE s.feed = $1 AND s.id = ANY($2)
"""
_RIDERS = "SELECT id, name FROM fare_rider WHERE feed = $1 LIMIT 100"
_MEDIA = "SELECT id, name FROM fare_medium WHERE feed = $1 LIMIT 100"
_TRANSFERS = "SELECT EXISTS (SELECT FROM fare_transfer_rule WHERE feed = $1)"
_JOINS = "SELECT EXISTS (SELECT FROM fare_leg_join_rule WHERE feed = $1)"
_FLAT = """
SELECT id, price, currency, transfers, seconds FROM fare_attribute WHERE feed = $1 ORDER BY id LIMIT 500
"""
_FLAT_RULES = f"""
SELECT f.fare, r.id, f.origin, f.destination, f.contains FROM fare_rule f
  LEFT JOIN route r ON r.feed = f.feed AND r.number = f.route WHERE f.feed = $1 ORDER BY f.number LIMIT {_MOST + 1}
"""
_ZONES = "SELECT id, zone FROM stop WHERE feed = $1 AND id = ANY($2) AND zone <> ''"


async def fares(tx: Transaction, feed: int, routes: Collection[str], stops: Collection[str]) -> Fares:
    """What is said of fares, as far as it concerns these routes and stops."""
    products = [Product(*row) for row in await tx.fetch(_PRODUCTS, feed)]
    rows = await tx.fetch(_RULES, feed) if products else []
    flat = await _flat(tx, feed) if not rows else []
    names = [list(routes), list(stops)]
    areas: dict[str, set[str]] = defaultdict(set)
    for stop, area in await tx.fetch(_AREAS, feed, names[1]) if rows else []:
        areas[stop].add(area)
    unread = len(rows) > _MOST or any(row["from_timeframe"] or row["to_timeframe"] for row in rows)
    return Fares(
        products,
        [LegRule(*tuple(row)[:6]) for row in rows],
        await _networks(tx, feed, names[0]) if rows else {},
        {stop: frozenset(found) for stop, found in areas.items()},
        await _named(tx, _RIDERS, feed) if rows else {},
        await _named(tx, _MEDIA, feed) if rows else {},
        flat or [],
        await _named(tx, _ZONES, feed, names[1]) if flat else {},
        readable=flat is not None and not unread and not (rows and await tx.fetchval(_TRANSFERS, feed)),
        ranked=any(row["priority"] is not None for row in rows),
        joined=bool(rows and await tx.fetchval(_JOINS, feed)),
    )


async def _named(tx: Transaction, statement: str, *args: object) -> dict[str, str]:
    return {row[0]: row[1] for row in await tx.fetch(statement, *args)}


async def _networks(tx: Transaction, feed: int, routes: list[str]) -> dict[str, str]:
    return {
        **await _named(tx, _OWN_NETWORKS, feed, routes),
        **await _named(tx, _NETWORKS, feed, routes),
    }


async def _flat(tx: Transaction, feed: int) -> list[FlatFare] | None:
    """Fares of v1; None where there are more rules than are read, or one by what was passed through."""
    attributes = await tx.fetch(_FLAT, feed)
    rules = await tx.fetch(_FLAT_RULES, feed) if attributes else []
    if len(rules) > _MOST or any(row["contains"] for row in rules):
        return None
    found = []
    for one in attributes:
        ours = [row for row in rules if row["fare"] == one["id"]]
        found.append(
            FlatFare(
                one["price"],
                one["currency"],
                one["transfers"],
                one["seconds"],
                frozenset((row["id"] or "", row["origin"], row["destination"]) for row in ours),
            )
        )
    return found
