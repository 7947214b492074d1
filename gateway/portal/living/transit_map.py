"""The drawing of a journey on the city's map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gateway.portal.kit.city_map import Drawing
from smartcity.living.v1 import journeys_views as views

_MARGIN, _LEAST = 30.0, 160.0
"""Around it, and the least width and height that is shown, in units of the drawing."""


@dataclass(frozen=True)
class Way:
    """A leg on the drawing."""

    points: str
    walk: bool


@dataclass(frozen=True)
class Drawn:
    """A journey on the drawing, and the part of the city that it lies in."""

    ways: tuple[Way, ...]
    stops: tuple[tuple[float, float], ...]
    view: str
    """The ``viewBox``."""


def drawn(city: Drawing, journey: views.Journey) -> Drawn:
    """Where a journey goes."""
    ways, places = [], []
    for leg in journey.legs:
        line: dict[str, Any] = leg.line or {"coordinates": []}
        points = [city.place((lon, lat)) for lon, lat in line["coordinates"]]
        if points:
            ways.append(Way(" ".join(f"{x},{y}" for x, y in points), walk=leg.ride is None))
            places += [points[0], points[-1]]
    xs, ys = [x for x, _ in places], [y for _, y in places]
    if not places:
        return Drawn((), (), f"0 0 {city.width} {city.height}")
    width, height = (max(max(each) - min(each) + 2 * _MARGIN, _LEAST) for each in (xs, ys))
    left, top = (max(xs) + min(xs) - width) / 2, (max(ys) + min(ys) - height) / 2
    return Drawn(tuple(ways), tuple(dict.fromkeys(places)), f"{left:.0f} {top:.0f} {width:.0f} {height:.0f}")
