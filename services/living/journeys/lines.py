"""The part of a trip's shape between two stops. Pure."""

from collections.abc import Sequence
from math import cos, radians

Point = tuple[float, float]
"""Longitude, latitude."""
_FAR_M = 400.0
"""A shape that passes a stop no nearer than this is not taken for the way of that ride."""
_METRES_A_DEGREE = 111_195.0


def between(shape: Sequence[Point], stops: Sequence[Point]) -> list[Point]:
    """The shape from the first stop to the last; empty where it does not pass near both in this order.

    All stops of the ride are followed one after the other, so that a loop is not cut short where it meets itself.
    """
    if len(shape) < 2 or len(stops) < 2:
        return []
    plane = _plane(shape, stops[0][1])
    places = [_plane([stop], stops[0][1])[0] for stop in stops]
    at, cuts = 0.0, []
    for number, place in enumerate(places):
        found = _passes(plane, place, at, whole=number == 0)
        if found is None:
            return []
        at = found
        cuts.append(found)
    return _cut(shape, cuts[0], cuts[-1])


def _plane(points: Sequence[Point], latitude: float) -> list[Point]:
    """Metres on a plane that touches the earth there."""
    east = cos(radians(latitude)) * _METRES_A_DEGREE
    return [(lon * east, lat * _METRES_A_DEGREE) for lon, lat in points]


def _passes(plane: Sequence[Point], place: Point, after: float, *, whole: bool) -> float | None:
    """Where along the shape a place is passed: the segment and how much of it; from ``after`` on.

    The first stop is looked for on the whole shape, the others at the first near enough pass after the one before.
    """
    best, best_m = None, _FAR_M
    for number in range(int(after), len(plane) - 1):
        share, metres = _nearest(plane[number], plane[number + 1], place)
        if number == int(after):
            share = max(share, after - int(after))
        if metres < best_m:
            best, best_m = number + share, metres
        elif best is not None and not whole and metres > best_m + _FAR_M:
            break  # it has passed the place and goes away from it
    return best


def _nearest(begin: Point, end: Point, place: Point) -> tuple[float, float]:
    east, north = end[0] - begin[0], end[1] - begin[1]
    length = east * east + north * north
    share = ((place[0] - begin[0]) * east + (place[1] - begin[1]) * north) / length if length else 0.0
    share = min(1.0, max(0.0, share))
    away = (begin[0] + share * east - place[0], begin[1] + share * north - place[1])
    return share, (away[0] ** 2 + away[1] ** 2) ** 0.5


def _cut(shape: Sequence[Point], begin: float, end: float) -> list[Point]:
    inside = [shape[number] for number in range(int(begin) + 1, int(end) + 1)]
    return [_at(shape, begin), *inside, _at(shape, end)]


def _at(shape: Sequence[Point], place: float) -> Point:
    number = min(int(place), len(shape) - 2)
    share = place - number
    (lon, lat), (next_lon, next_lat) = shape[number], shape[number + 1]
    return (lon + share * (next_lon - lon), lat + share * (next_lat - lat))
