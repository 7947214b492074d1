"""A day's rounds as a drawing: straight lines between stops, made by the server. The numbers stand beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians

from smartcity.environment.v1 import rounds_views as views
from smartcity.types.v1 import place_views

WIDTH, HEIGHT, EDGE = 640, 420, 24


@dataclass(frozen=True)
class Mark:
    """A place of the drawing."""

    x: float
    y: float
    label: str = ""


@dataclass(frozen=True)
class Line:
    """A truck's way."""

    name: str
    points: str
    """As SVG has them."""
    stops: Sequence[Mark]
    dashes: str
    """Pattern of the line, so that trucks are told apart without colour."""


@dataclass(frozen=True)
class Sketch:
    """The drawing."""

    lines: Sequence[Line]
    depot: Mark
    landfill: Mark
    width: int = WIDTH
    height: int = HEIGHT


_DASHES = ("", "10 4", "3 4", "12 4 3 4")


def drawn(plan: views.RoundPlan, only: str = "") -> Sketch | None:
    """The rounds of a plan, or one truck's; None where there is nothing to draw."""
    depot, landfill = plan.depot_location, plan.landfill_location
    rounds = [one for one in plan.rounds or [] if not only or one.truck == only]
    if depot is None or landfill is None or not rounds:
        return None
    frame = _Frame([depot, landfill, *(at for one in rounds for at in _places(one))])
    lines = [_line(frame, one, depot, landfill, place) for place, one in enumerate(rounds)]
    return Sketch(lines, frame.mark(depot), frame.mark(landfill))


class _Frame:
    """What fits all places into the drawing, in the same scale both ways."""

    def __init__(self, places: Sequence[place_views.Point]) -> None:
        self._shrunk = cos(radians(places[0].lat))
        xs, ys = [one.lon * self._shrunk for one in places], [one.lat for one in places]
        self._west, self._north = min(xs), max(ys)
        wide, high = max(xs) - self._west, self._north - min(ys)
        self._scale = min((WIDTH - 2 * EDGE) / max(wide, 1e-4), (HEIGHT - 2 * EDGE) / max(high, 1e-4))

    def mark(self, at: place_views.Point, label: str = "") -> Mark:
        """Where a place is drawn."""
        x = EDGE + (at.lon * self._shrunk - self._west) * self._scale
        return Mark(round(x, 1), round(EDGE + (self._north - at.lat) * self._scale, 1), label)


def _places(one: views.Round) -> list[place_views.Point]:
    return [stop.location for stop in one.stops or [] if stop.location]


def _line(
    frame: _Frame, one: views.Round, depot: place_views.Point, landfill: place_views.Point, place: int
) -> Line:  # fmt: skip
    way, stops, trip = [frame.mark(depot)], [], 1
    for number, stop in enumerate(one.stops or [], 1):
        if stop.location is None:
            continue
        if stop.trip != trip:
            way.append(frame.mark(landfill))
            trip = stop.trip
        stops.append(frame.mark(stop.location, str(number)))
        way.append(stops[-1])
    way += [frame.mark(landfill), frame.mark(depot)]
    points = " ".join(f"{mark.x},{mark.y}" for mark in way)
    return Line(one.name, points, stops, _DASHES[place % len(_DASHES)])
