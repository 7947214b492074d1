"""Ways on foot through areas that are closed: nobody is sent through a flood. Pure.

Nobody has the streets of the whole city, so a way on foot is the straight line, as everywhere in the planner.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from services.living.present.model import Closure
from services.living.timetable.model import Bools, Feed, Floats, Ints
from services.living.timetable.network import Footpaths

Points = tuple[Floats, Floats]
"""Longitudes and latitudes."""


def through(closures: Iterable[Closure], origins: Points, targets: Points) -> Bools:
    """Of straight lines, which go through an area that any of these closes, begin or end there."""
    count = max(len(origins[0]), len(targets[0]))
    hit = np.zeros(count, np.bool_)
    outlines = {one.outline for one in closures if one.outline}
    if not outlines or not count:
        return hit
    import shapely  # 20 MB and 90 ms, only while something is flooded

    ends = [np.broadcast_to(np.column_stack(one), (count, 2)) for one in (origins, targets)]
    lines = shapely.linestrings(np.stack(ends, axis=1))
    for outline in outlines:
        hit |= shapely.intersects(_shape(outline), lines)
    return hit


def of_stops(feed: Feed, numbers: Iterable[int]) -> Points:
    """Where stops are."""
    stops = [feed.stops[one] for one in numbers]
    return np.array([one.lon for one in stops], np.float64), np.array([one.lat for one in stops], np.float64)


def open_ways(ways: Footpaths, feed: Feed, closures: Iterable[Closure]) -> Footpaths:
    """The ways on foot between stops without those through what is closed; also of a mirror."""
    closures = [one for one in closures if one.outline]
    if not closures:
        return ways
    lon, lat = of_stops(feed, range(len(feed.stops)))
    source = np.repeat(np.arange(len(ways.first) - 1), np.diff(ways.first))
    kept = ~through(closures, (lon[source], lat[source]), (lon[ways.target], lat[ways.target]))
    count: Ints = np.bincount(source[kept], minlength=len(ways.first) - 1).astype(np.int64)
    return replace(
        ways,
        first=np.concatenate([np.zeros(1, np.int64), np.cumsum(count)]),
        target=ways.target[kept],
        seconds=ways.seconds[kept],
        metres=ways.metres[kept],
        kind=ways.kind[kept],
    )


@lru_cache(maxsize=64)
def _shape(outline: bytes) -> Any:
    import shapely

    shape = shapely.from_wkb(outline)
    shapely.prepare(shape)
    return shape
