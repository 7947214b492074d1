"""The drawing of a journey on the city's map."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.portal.kit.city_map import Drawing
from smartcity.living.v1 import journeys_views as views

_MARGIN, _LEAST = 30.0, 160.0
"""Around it, and the least width and height that is shown, in units of the drawing."""
_LETTER = 0.04
"""Height of names, as a share of the drawing's width: 12 px on a telephone."""
_BREADTH = 0.56
"""Of a letter on average, as a share of its height."""
_LONG = 16
"""Letters of a name that finds no room as a whole."""

Box = tuple[float, float, float, float]
"""Left, top, right and bottom."""


@dataclass(frozen=True)
class Way:
    """A leg on the drawing."""

    points: str
    walk: bool


@dataclass(frozen=True)
class Halt:
    """Where it begins or ends, or one gets on or off."""

    x: int
    y: int
    name: str
    end: bool


@dataclass(frozen=True)
class Name:
    """A name beside its place."""

    x: float
    y: float
    anchor: str
    """As SVG has it: ``start`` right of the place, ``end`` left of it, ``middle`` above or below."""
    text: str


@dataclass(frozen=True)
class Drawn:
    """A journey on the drawing, and the part of the city that it lies in."""

    ways: tuple[Way, ...] = ()
    halts: tuple[Halt, ...] = ()
    names: tuple[Name, ...] = ()
    letter: float = 0.0
    """Height of names."""
    view: str = ""
    """The ``viewBox``."""


def drawn(city: Drawing, journey: views.Journey, ends: Sequence[str]) -> Drawn:
    """Where a journey goes; ``ends`` is what its origin and its destination are called."""
    ways, halts = [], []
    xs: list[int] = []
    ys: list[int] = []
    for number, leg in enumerate(journey.legs):
        line: dict[str, Any] = leg.line or {"coordinates": []}
        points = [city.place((lon, lat)) for lon, lat in line["coordinates"]]
        if not points:
            continue
        first, last = number == 0, number == len(journey.legs) - 1
        ways.append(Way(" ".join(f"{x},{y}" for x, y in points), walk=leg.ride is None))
        halts.append(Halt(*points[0], ends[0] if first else (leg.origin.name if leg.origin else ""), first))
        halts.append(Halt(*points[-1], ends[1] if last else (leg.destination.name if leg.destination else ""), last))
        xs += [x for x, _ in points]
        ys += [y for _, y in points]
    if not halts:
        return Drawn()
    width, height = (max(max(each) - min(each) + 2 * _MARGIN, _LEAST) for each in (xs, ys))
    width = max(width, height)  # never higher than wide
    view = ((max(xs) + min(xs) - width) / 2, (max(ys) + min(ys) - height) / 2, width, height)
    # Each place once, as an end where it is one; ends are named first.
    shown = {(one.x, one.y): one for one in sorted(halts, key=lambda one: one.end)}
    ordered = sorted(shown.values(), key=lambda one: not one.end)
    letter = width * _LETTER
    return Drawn(
        tuple(ways), tuple(ordered), _named(ordered, letter, view), letter, " ".join(f"{each:.0f}" for each in view)
    )


def _named(halts: Sequence[Halt], letter: float, view: Box) -> tuple[Name, ...]:
    """Names that cover neither each other nor another place; one that finds no room is left out."""
    left, top, width, height = view
    half = letter / 2
    taken = [(one.x - half, one.y - half, one.x + half, one.y + half) for one in halts]
    names: list[Name] = []
    for one in halts:
        for name, box in _around(one, letter):
            inside = box[0] >= left and box[1] >= top and box[2] <= left + width and box[3] <= top + height
            if one.name and inside and not any(_overlap(box, other) for other in taken):
                names.append(name)
                taken.append(box)
                break
    return tuple(names)


def _around(halt: Halt, letter: float) -> Iterator[tuple[Name, Box]]:
    """Where its name may stand, and what it covers there: right, left, above and below; cut where it is long."""
    x, y, away, drop = halt.x, halt.y, letter * 0.8, letter * 0.35
    for text in dict.fromkeys((halt.name, _cut(halt.name))):
        long = len(text) * letter * _BREADTH
        up, down = y - 0.6 * letter, y + 0.6 * letter
        yield Name(x + away, y + drop, "start", text), (x + away, up, x + away + long, down)
        yield Name(x - away, y + drop, "end", text), (x - away - long, up, x - away, down)
        for by in (-1.1 * letter, 1.8 * letter):
            yield Name(x, y + by, "middle", text), (x - long / 2, y + by - letter, x + long / 2, y + by + 0.2 * letter)


def _cut(name: str) -> str:
    return name if len(name) <= _LONG else f"{name[: _LONG - 1].rstrip()}…"


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
