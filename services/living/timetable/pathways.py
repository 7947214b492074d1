"""Walking times inside stations by their pathways: the quickest way from platform to platform (Dijkstra). Pure."""

import heapq
from collections import defaultdict

from services.living.timetable.model import Feed, Pathway
from services.living.timetable.walking import METRES_A_SECOND

STEPS = frozenset({2, 4})
"""Modes that are no way for a wheelchair: stairs, escalators."""
_STAIR_S = 1
"""A step of stairs, up or down."""
_UNKNOWN_S = 30
"""A way of which the feed tells neither time nor length: a gate, a lift."""
_BOARDING_AREA = 4


def mapped(feed: Feed) -> set[int]:
    """Stations that have pathways: there, what no pathway joins is not joined."""
    ends = {_place(feed, end) for one in feed.pathways for end in (one.origin, one.target)}
    return {feed.stops[end].parent for end in ends} - {-1}


def walks(feed: Feed, *, step_free: bool) -> dict[tuple[int, int], tuple[int, int]]:
    """Seconds and metres between platforms that pathways join: those of a boarding area are its platform's."""
    edges: dict[int, list[tuple[int, int, float]]] = defaultdict(list)
    for one in feed.pathways:
        if step_free and one.mode in STEPS:
            continue
        origin, target = _place(feed, one.origin), _place(feed, one.target)
        edges[origin].append((target, _seconds(one), one.metres))
        if one.both_ways:
            edges[target].append((origin, _seconds(one), one.metres))
    found = {}
    for origin in [number for number in edges if feed.stops[number].kind == 0]:
        for target, (seconds, metres) in _from(origin, edges).items():
            if target != origin and feed.stops[target].kind == 0:
                found[origin, target] = (seconds, round(metres))
    return found


def _place(feed: Feed, end: int) -> int:
    """Where a pathway ends; of a boarding area, its platform."""
    stop = feed.stops[end]
    return stop.parent if stop.kind == _BOARDING_AREA and stop.parent >= 0 else end


def _seconds(one: Pathway) -> int:
    if one.seconds >= 0:
        return one.seconds
    if one.metres > 0:
        return round(one.metres / METRES_A_SECOND)
    return abs(one.steps) * _STAIR_S or _UNKNOWN_S


def _from(origin: int, edges: dict[int, list[tuple[int, int, float]]]) -> dict[int, tuple[int, float]]:
    best: dict[int, tuple[int, float]] = {}
    heap = [(0, 0.0, origin)]
    while heap:
        seconds, metres, place = heapq.heappop(heap)
        if place in best:
            continue
        best[place] = (seconds, metres)
        for target, more, way in edges.get(place, ()):
            if target not in best:
                heapq.heappush(heap, (seconds + more, metres + way, target))
    return best
