"""The ways of a route: its stops in order in each direction, out of all of its trips. It imports NumPy."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from services.living.gtfs.checking import Checked

Key = tuple[int, int]
"""Row of the route, and direction."""


@dataclass
class Way:
    """What the trips of a route in one direction have in common."""

    patterns: Counter[tuple[int, ...]] = field(default_factory=Counter)
    headsigns: Counter[str] = field(default_factory=Counter)
    shapes: Counter[str] = field(default_factory=Counter)
    trips: int = 0
    by_headway: int = 0


def ways(checked: Checked) -> dict[Key, Way]:
    """The ways of all routes."""
    feed, calls = checked.feed, checked.calls
    stops = dict(zip(calls.trip[calls.first].tolist(), np.split(calls.stop, calls.first[1:]), strict=True))
    by_headway = {trip for _, trip, exact in feed["frequencies"].rows("trip_id", "exact_times") if exact != 1}
    found: dict[Key, Way] = defaultdict(Way)
    columns = ("trip_id", "route_id", "direction_id", "trip_headsign", "shape_id")
    for number, (_, trip, route, direction, headsign, shape) in enumerate(feed["trips"].rows(*columns)):
        way = found[feed.routes[route], max(0, direction)]
        way.trips += 1
        way.by_headway += trip in by_headway
        if headsign:
            way.headsigns[headsign] += 1
        if shape:
            way.shapes[shape] += 1
        if number in stops:
            way.patterns[tuple(stops[number].tolist())] += 1
    return found


def route_stops(found: dict[Key, Way]) -> Iterator[tuple[int, int, int, int, int]]:
    """Route, direction, position, stop, and how many trips call there."""
    for (route, direction), way in found.items():
        calls: Counter[int] = Counter()
        for pattern, trips in way.patterns.items():
            for stop in set(pattern):
                calls[stop] += trips
        by_use = sorted(way.patterns, key=lambda one: (-way.patterns[one], -len(one), one))
        for position, stop in enumerate(merged(by_use)):
            yield route, direction, position, stop, calls[stop]


def merged(patterns: Sequence[Sequence[int]]) -> list[int]:
    """One order of all stops: that of the first pattern, with what others have more where it fits.

    A stop that a pattern passes twice, as a loop does, stands there twice.
    """
    order: list[int] = []
    for pattern in patterns:
        place = 0
        known = set(order)
        for stop in pattern:
            if stop in known:
                if stop in order[place:]:
                    place = order.index(stop, place) + 1
            else:
                order.insert(place, stop)
                place += 1
    return order
