"""Values of months or years as drawings: where dots, lines and ticks lie. Pure; the numbers stand in a table beside."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

WIDTH, HEIGHT = 400, 200
LEFT, RIGHT, TOP, BOTTOM = 46, 14, 12, 24
_TICKS, _NAMES = 4, 6


class Mark(NamedTuple):
    """A place in the drawing, and what stands there."""

    x: float
    y: float
    value: float
    name: str


@dataclass(frozen=True)
class Series:
    """A drawn series: a line that breaks where a value is missing, a dot for each value, and both axes."""

    line: str
    dots: Sequence[Mark]
    values: Sequence[Mark]
    names: Sequence[Mark]
    places: int
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    ground: int = HEIGHT - BOTTOM


def draw(
    values: Sequence[float | None], names: Sequence[str], least: float | None = None, most: float | None = None
) -> Series | None:
    """The drawing of values in their order, each with its name; None for one that is missing. ``least`` and ``most``
    are the ends of the axis where they are known. None where there is nothing to draw.
    """
    there = [value for value in values if value is not None]
    if not there:
        return None
    low, high, step = _axis(least if least is not None else min(there), most if most is not None else max(there))
    across = (WIDTH - LEFT - RIGHT) / max(len(values) - 1, 1)
    places = [round(LEFT + across * place, 1) for place in range(len(values))]

    def down(value: float) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (high - value) / (high - low), 1)

    dots = [
        Mark(x, down(value), value, name)
        for x, value, name in zip(places, values, names, strict=True)
        if value is not None
    ]
    each = math.ceil(len(values) / _NAMES)
    return Series(
        line="".join(_runs(places, values, down)),
        dots=dots,
        values=[Mark(LEFT, down(at), at, "") for at in _steps(low, high, step)],
        names=[
            Mark(x, HEIGHT - BOTTOM, 0, name)
            for place, (x, name) in enumerate(zip(places, names, strict=True))
            if (len(values) - 1 - place) % each == 0
        ],
        places=max(0, -math.floor(math.log10(step))),
    )


def _axis(low: float, high: float) -> tuple[float, float, float]:
    """From where to where values are drawn, and the step between two ticks: 1, 2 or 5 of a power of ten."""
    wide = max(high - low, abs(high) * 0.02, 0.1) / _TICKS
    power = 10.0 ** math.floor(math.log10(wide))
    step = next(step * power for step in (1, 2, 5, 10) if step * power >= wide * 0.999)
    bottom = math.floor(low / step) * step
    return bottom, max(math.ceil(high / step) * step, bottom + step), step


def _steps(low: float, high: float, step: float) -> list[float]:
    return [low + step * count for count in range(round((high - low) / step) + 1)]


def _runs(places: Sequence[float], values: Sequence[float | None], down: Callable[[float], float]) -> list[str]:
    """A line for each run of values without a gap."""
    found = []
    pairs = zip(places, values, strict=True)
    for missing, run in itertools.groupby(pairs, key=lambda pair: pair[1] is None):
        if not missing:
            found.append("M" + "L".join(f"{x:g} {down(value):g}" for x, value in run if value is not None))
    return found
