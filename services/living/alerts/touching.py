"""Which stops, lines and stretches of a timetable lie in kelurahan: found once for each feed and kelurahan.

By the polygons of the city's profile. A stretch between two stops in a row, of every way that trips of a line go, is
told by the way's shape, where it has one, else by the straight line. The geometry is done in a thread, and lets others
run meanwhile.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple
from uuid import UUID

from services.kit.city import City
from services.kit.database import Transaction
from services.living.feeds import lookup
from services.living.feeds.lookup import Place, Ways
from services.living.feeds.model import Feed

_LINES = 20
"""Lines that are read at once."""
_KEPT = 512
"""Answers in memory: a city has less than two hundred kelurahan."""


class Touched(NamedTuple):
    """What lies in kelurahan, by the ids of the feed."""

    stops: frozenset[str] = frozenset()
    routes: frozenset[str] = frozenset()
    stretches: frozenset[tuple[str, str, str]] = frozenset()
    """Lines, and two stops in a row between which they cross it."""


_known: OrderedDict[tuple[UUID, str], Touched] = OrderedDict()


async def touched(tx: Transaction, feed: Feed, areas: Collection[str]) -> Touched:
    """What lies in any of these kelurahan."""
    missing = [code for code in areas if (feed.id, code) not in _known]
    if missing:
        found = await _found(tx, feed, missing)
        _known.update({(feed.id, code): one for code, one in found.items()})
    parts = [_known[feed.id, code] for code in areas]
    while len(_known) > _KEPT:
        _known.popitem(last=False)
    return Touched(
        frozenset[str]().union(*(one.stops for one in parts)),
        frozenset[str]().union(*(one.routes for one in parts)),
        frozenset[tuple[str, str, str]]().union(*(one.stretches for one in parts)),
    )


async def outlined(city: City, areas: Collection[str]) -> bytes:
    """The outline of these kelurahan together, as WKB."""
    return await asyncio.to_thread(_outline, city, areas)


def _outline(city: City, areas: Collection[str]) -> bytes:
    import shapely

    shapes = list(city.outlines(areas).values())
    return bytes(shapely.to_wkb(shapely.union_all(shapes))) if shapes else b""


async def _found(tx: Transaction, feed: Feed, areas: Sequence[str]) -> dict[str, Touched]:
    shapes = await asyncio.to_thread(tx.runtime.city.outlines, areas)
    stops: dict[str, frozenset[str]] = {}
    for code, shape in shapes.items():
        near = await lookup.inside(tx, feed.number, *shape.bounds)
        stops[code] = await asyncio.to_thread(_inside, shape, near)
    stretches: dict[str, set[tuple[str, str, str]]] = {code: set() for code in shapes}
    calls: dict[str, set[str]] = {code: set() for code in shapes}
    for first in range(0, feed.routes, _LINES):
        ways = await lookup.ways(tx, feed.number, first, first + _LINES)
        places = await lookup.places(tx, feed.number, {stop for each in ways.all for stop in each.stops})
        for code, shape in shapes.items():
            crossing = await asyncio.to_thread(_crossing, shape, ways, places)
            stretches[code] |= crossing
            calls[code] |= _calling(ways, places, stops[code])
    return {
        code: Touched(
            stops.get(code, frozenset()),
            frozenset(calls.get(code, set()) | {route for route, _, _ in stretches.get(code, ())}),
            frozenset(stretches.get(code, ())),
        )
        for code in areas
    }


def _inside(shape: Any, near: Sequence[Place]) -> frozenset[str]:
    import shapely

    hits = shapely.intersects_xy(shape, [one.lon for one in near], [one.lat for one in near])
    return frozenset(one.id for one, hit in zip(near, hits.tolist(), strict=True) if hit)


def _calling(ways: Ways, places: Mapping[int, Place], stops: Collection[str]) -> set[str]:
    inside = {number for number, one in places.items() if one.id in stops}
    return {ways.ids[each.route] for each in ways.all if not inside.isdisjoint(each.stops)}


def _crossing(shape: Any, ways: Ways, places: Mapping[int, Place]) -> set[tuple[str, str, str]]:
    import shapely

    found: set[tuple[str, str, str]] = set()
    for way in ways.all:
        stops = [places[number] for number in way.stops if number in places]
        if len(stops) < 2:
            continue
        drawn = ways.shapes.get(way.shape) if way.shape is not None else None
        if drawn is not None and len(drawn[0]) > 1:
            hits = _along(shape, shapely.linestrings(*drawn), stops)
        else:
            points = [[(one.lon, one.lat), (two.lon, two.lat)] for one, two in pairwise(stops)]
            hits = shapely.intersects(shape, shapely.linestrings(points)).tolist()
        pairs = zip(stops, stops[1:], hits, strict=False)
        found |= {(ways.ids[way.route], before.id, after.id) for before, after, hit in pairs if hit}
    return found


def _along(shape: Any, line: Any, stops: Sequence[Place]) -> list[bool]:
    """Of each stretch, whether the drawn line crosses the shape between where it passes its two stops."""
    import numpy as np
    import shapely

    if not shapely.intersects(shape, line):
        return [False] * (len(stops) - 1)
    at = shapely.line_locate_point(line, shapely.points([(one.lon, one.lat) for one in stops]))
    at = np.maximum.accumulate(at)  # a loop that meets itself is passed in order
    hits = np.zeros(len(stops) - 1, np.bool_)
    for part in shapely.get_parts(shapely.intersection(line, shape)):
        ends = shapely.line_locate_point(line, shapely.points(shapely.get_coordinates(part)))
        if len(ends):
            hits |= (at[:-1] <= ends.max()) & (at[1:] >= ends.min())
    crossing: list[bool] = hits.tolist()
    return crossing
