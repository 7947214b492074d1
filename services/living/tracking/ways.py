"""The ways of a feed's vehicles over the ground: straight from stop to stop, measured in metres. Pure.

A way is a pattern of the timetable: some stops of a line in their order.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from services.living.timetable.day import Timetable
from services.living.timetable.model import Bools, Floats, Ints

DEGREE_M = 111_195.0
"""Metres of a degree of latitude, on a sphere of the Earth's mean radius."""
FAR_M = 150.0
"""Farther from its way a vehicle is not on it: streets are not straight from stop to stop."""
ACROSS = 100.0
"""Degrees between where a vehicle heads and where its way goes, from which on it does not drive that way."""


class Place(NamedTuple):
    """A place on a way: after its stop number ``stop``, so many metres from the first, ``away`` from where it was."""

    way: int
    stop: int
    metres: float
    away: float


@dataclass(frozen=True)
class Ways:
    """All ways, as one list of stretches between two stops."""

    table: Timetable
    sample: Ints
    """By way, one of its trips."""
    first: Ints
    """By way, and one more at the end: where its stretches begin."""
    way: Ints
    """By stretch."""
    x: Floats
    y: Floats
    dx: Floats
    dy: Floats
    begin: Floats
    """Metres from the way's first stop to where the stretch begins."""
    length: Floats
    heading: Floats
    route: Ints
    """By way."""
    lon_m: float
    """Metres of a degree of longitude there."""

    def metres(self, way: int) -> float:
        """How long a way is."""
        last = int(self.first[way + 1]) - 1
        return float(self.begin[last] + self.length[last])

    def rows(self, trip: int) -> slice:
        """A trip's rows in the timetable's times."""
        first = self.table.patterns.first
        return slice(int(first[trip]), int(first[trip + 1]))

    def near(self, lat: float, lon: float, stretches: Ints) -> tuple[Floats, Floats]:
        """How far a point is from each of some stretches, and how far from its way's first stop the foot lies."""
        px, py = lon * self.lon_m - self.x[stretches], lat * DEGREE_M - self.y[stretches]
        dx, dy, length = self.dx[stretches], self.dy[stretches], self.length[stretches]
        part = np.clip((px * dx + py * dy) / np.maximum(length * length, 1e-9), 0.0, 1.0)
        away = np.hypot(px - part * dx, py - part * dy)
        return away, self.begin[stretches] + part * length

    def ahead(self, bearing: float | None, stretches: Ints) -> Bools:
        """Whether a vehicle that heads there may be driving these stretches."""
        if bearing is None:
            return np.ones(len(stretches), np.bool_)
        turned = np.abs((self.heading[stretches] - bearing + 180.0) % 360.0 - 180.0)
        return (turned <= ACROSS) | (self.length[stretches] < 1.0)

    def of(self, way: int) -> Ints:
        """The stretches of a way."""
        return np.arange(int(self.first[way]), int(self.first[way + 1]), dtype=np.int64)


def ways(table: Timetable) -> Ways:
    """The ways of a feed."""
    feed, known = table.feed, table.patterns
    used = np.flatnonzero(known.pattern >= 0)
    sample = np.zeros(known.count, np.int64)
    sample[known.pattern[used[::-1]]] = used[::-1]
    lats = np.array([one.lat for one in feed.stops], np.float64)
    lons = np.array([one.lon for one in feed.stops], np.float64)
    lon_m = DEGREE_M * float(np.cos(np.radians(lats.mean()))) if len(lats) else DEGREE_M
    lengths = (known.first[sample + 1] - known.first[sample] - 1).astype(np.int64)
    first = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
    way = np.repeat(np.arange(known.count, dtype=np.int64), lengths)
    row = known.first[sample][way] + (np.arange(len(way), dtype=np.int64) - first[way])
    here, there = feed.times.stop[row], feed.times.stop[row + 1]
    x, y = lons[here] * lon_m, lats[here] * DEGREE_M
    dx, dy = lons[there] * lon_m - x, lats[there] * DEGREE_M - y
    length = np.hypot(dx, dy)
    passed = np.concatenate(([0.0], np.cumsum(length)))
    begin = passed[:-1] - passed[first[way]]
    route = np.array([feed.trips[one].route for one in sample.tolist()], np.int64)
    heading = np.degrees(np.arctan2(dx, dy)) % 360.0
    return Ways(table, sample, first, way, x, y, dx, dy, begin, length, heading, route, lon_m)
