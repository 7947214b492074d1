"""Walking: straight lines times a factor, for nobody has the streets of the whole city. Pure."""

import numpy as np

from services.living.timetable.model import Floats, Ints
from services.living.timetable.ranges import joined

DETOUR = 1.3
"""How much longer streets are than straight lines: 1.2 to 1.4 in towns of all kinds; a guess, and shown as such."""
METRES_A_SECOND = 1.2
"""An unhurried adult; 0.8 with a walking aid."""
NEAR_M = 500.0
"""Straight line, between two stops."""
REACH_M = 1_000.0
"""Straight line, from or to any point."""
MOST_STOPS = 60
"""Stops that one walks to from a point, the nearest ones."""
_METRES_A_DEGREE = 111_195.0


def seconds(metres: Floats) -> Ints:
    """How long a straight line takes on foot."""
    return np.ceil(metres * DETOUR / METRES_A_SECOND).astype(np.int64)


def metres(lat: Floats, lon: Floats, to_lat: Floats | float, to_lon: Floats | float) -> Floats:
    """Straight lines on a plane that touches the earth there; within 0.1 % up to 50 km. Degrees of WGS 84."""
    north = (np.asarray(to_lat) - lat) * _METRES_A_DEGREE
    middle = np.radians((np.asarray(to_lat) + lat) / 2)
    east = ((np.asarray(to_lon) - lon + 180) % 360 - 180) * np.cos(middle) * _METRES_A_DEGREE
    found: Floats = np.hypot(north, east)
    return found


def near(lat: Floats, lon: Floats, at_lat: float, at_lon: float) -> tuple[Ints, Floats]:
    """The places within reach of a point, the nearest first, and how far they are."""
    away = metres(lat, lon, at_lat, at_lon)
    order = np.argsort(away, kind="stable")[:MOST_STOPS].astype(np.int64)
    order = order[away[order] <= REACH_M]
    return order, away[order]


def pairs(lat: Floats, lon: Floats, radius: float = NEAR_M) -> tuple[Ints, Ints, Floats]:
    """All ordered pairs of different places within ``radius`` metres: from, to, metres. By squares of that size."""
    if not len(lat):
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)
    height = radius / _METRES_A_DEGREE
    width = height / max(0.01, float(np.cos(np.radians(np.abs(lat).max()))))
    row = np.floor((lat - lat.min()) / height).astype(np.int64) + 1
    column = np.floor((lon - lon.min()) / width).astype(np.int64) + 1
    columns = int(column.max()) + 2
    square = row * columns + column
    order = np.argsort(square, kind="stable").astype(np.int64)
    sorted_squares = square[order]
    sources, targets = [], []
    for beside in (-columns - 1, -columns, -columns + 1, -1, 0, 1, columns - 1, columns, columns + 1):
        begin = np.searchsorted(sorted_squares, square + beside)
        count = np.searchsorted(sorted_squares, square + beside, side="right") - begin
        sources.append(np.repeat(np.arange(len(lat), dtype=np.int64), count))
        targets.append(order[joined(begin.astype(np.int64), count.astype(np.int64))])
    source, target = np.concatenate(sources), np.concatenate(targets)
    away = metres(lat[source], lon[source], lat[target], lon[target])
    kept = (source != target) & (away <= radius)
    return source[kept], target[kept], away[kept]
