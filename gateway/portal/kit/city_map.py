"""The city's map from its own polygons, as an SVG drawing that needs no script."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

_WIDTH = 720
"""Width of the drawing in its own units."""

Position = tuple[float, float]
Ring = list[Position]


@dataclass(frozen=True)
class Shape:
    """One area of the drawing: Kemendagri code, name and the path of its outline."""

    code: str
    name: str
    path: str


@dataclass(frozen=True)
class Drawing:
    """The whole city, made once."""

    width: int
    height: int
    shapes: tuple[Shape, ...]
    place: Callable[[Position], tuple[int, int]]
    """Where a WGS 84 position (longitude first) lies in it."""


class _Projection:
    """Equirectangular about the middle of the city: true enough for a city, and needs no library."""

    def __init__(self, points: Iterable[Position]) -> None:
        lons, lats = zip(*points, strict=True)
        self._west, self._north = min(lons), max(lats)
        self._shrink = math.cos(math.radians((min(lats) + self._north) / 2))
        self._scale = _WIDTH / ((max(lons) - self._west) * self._shrink)
        self.height = round((self._north - min(lats)) * self._scale)

    def place(self, point: Position) -> tuple[int, int]:
        """Where a WGS 84 position lies in the drawing."""
        lon, lat = point
        return round((lon - self._west) * self._shrink * self._scale), round((self._north - lat) * self._scale)

    def outline(self, ring: Ring) -> str:
        """A ring as SVG path with relative moves, which are the shortest."""
        points = [self.place(point) for point in ring]
        steps = [(x - px, y - py) for (px, py), (x, y) in itertools.pairwise(points)]
        return f"M{points[0][0]} {points[0][1]}l{' '.join(f'{x} {y}' for x, y in steps if x or y)}z"


def draw(geojson: bytes) -> Drawing:
    """The drawing of a FeatureCollection of areas (properties code and name, WGS 84)."""
    features = json.loads(geojson)["features"]
    outlines = [_rings(feature["geometry"]) for feature in features]
    projection = _Projection(point for rings in outlines for ring in rings for point in ring)
    shapes = tuple(
        Shape(feature["properties"]["code"], feature["properties"]["name"], "".join(map(projection.outline, rings)))
        for feature, rings in zip(features, outlines, strict=True)
    )
    return Drawing(_WIDTH, projection.height, shapes, projection.place)


def _rings(geometry: Mapping[str, object]) -> list[Ring]:
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return [[(point[0], point[1]) for point in ring] for polygon in polygons for ring in polygon]  # type: ignore[attr-defined]


SHADES = 5
"""Colours of the map beside that of areas without a count."""


@dataclass(frozen=True)
class Grade:
    """One colour of the map, and the counts that it stands for."""

    shade: int
    least: int
    most: int

    @property
    def words(self) -> str:
        """As the legend says it."""
        return str(self.least) if self.least == self.most else f"{self.least}–{self.most}"


def grades(counts: Iterable[int]) -> tuple[Grade, ...]:
    """The colours for some counts of at least one: from the lightest to the darkest, whatever the counts are.

    Each takes as many of the counts that occur as the others, so one crowded area does not make all others alike.
    """
    found = sorted({n for n in counts if n > 0})
    size = min(SHADES, len(found))
    parts = [found[len(found) * i // size : len(found) * (i + 1) // size] for i in range(size)]
    return tuple(Grade(_shade(i, size), part[0], part[-1]) for i, part in enumerate(parts))


def _shade(place: int, size: int) -> int:
    """The lightest to the first, the darkest to the last, those between at equal steps; the middle one if alone."""
    return 1 + round(place * (SHADES - 1) / (size - 1)) if size > 1 else (SHADES + 1) // 2


def shades(counts: Mapping[str, int], by: tuple[Grade, ...]) -> dict[str, int]:
    """The colour of each area that has a count."""
    return {code: next(grade.shade for grade in by if n <= grade.most) for code, n in counts.items() if n > 0}
