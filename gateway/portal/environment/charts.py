"""Series as drawings: where lines, bands and ticks lie. Pure; templates put words to it, style sheets colours."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import NamedTuple

_MOST_TICKS = 6


class Point(NamedTuple):
    """The readings of a span of time: what is drawn of them, and between what they lay."""

    start: datetime
    value: float
    least: float
    most: float


class Threshold(NamedTuple):
    """A value that means something, such as the level ``siaga``."""

    value: float
    name: str
    made_up: bool = False


class Frame(NamedTuple):
    """The size of a drawing in its own units, and the room around the lines for words."""

    width: int
    height: int
    left: int = 0
    right: int = 0
    top: int = 0
    bottom: int = 0


SMALL = Frame(240, 56, 2, 5, 5, 5)
"""A line beside its value: no words in it."""
LARGE = Frame(400, 210, 40, 8, 12, 22)
"""A drawing with its axes, whose words are still read at the width of a phone."""


class Span(NamedTuple):
    """What is drawn: from when until when, and how long a point is."""

    start: datetime
    end: datetime
    each: timedelta


class Tick(NamedTuple):
    """A place on an axis and what stands there: a value, or a time."""

    at: float
    value: float = 0.0
    time: datetime | None = None


class Bar(NamedTuple):
    """A bar of a sum."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Drawing:
    """A drawn series; ``places`` are the decimals that its values need to be told apart."""

    frame: Frame
    line: str
    band: str
    bars: Sequence[Bar]
    last: tuple[float, float] | None
    values: Sequence[Tick]
    times: Sequence[Tick]
    thresholds: Sequence[tuple[Tick, str]]
    places: int


class _Scale:
    """Where times and values lie in a frame."""

    def __init__(self, frame: Frame, span: Span, low: float, high: float) -> None:
        self._frame, self._start = frame, span.start
        self._long = (span.end - span.start).total_seconds()
        self._low, self._high = low, high
        self._across = frame.width - frame.left - frame.right
        self._down = frame.height - frame.top - frame.bottom

    def x(self, at: datetime) -> float:
        part = (at - self._start).total_seconds() / self._long
        return round(self._frame.left + self._across * min(max(part, 0.0), 1.0), 1)

    def y(self, value: float) -> float:
        part = (self._high - value) / (self._high - self._low)
        return round(self._frame.top + self._down * min(max(part, 0.0), 1.0), 1)


def draw(
    points: Sequence[Point],
    span: Span,
    frame: Frame,
    zone: tzinfo,
    *,
    thresholds: Sequence[Threshold] = (),
    summed: bool = False,
) -> Drawing | None:
    """The drawing of a series, the oldest point first; None where there is nothing to draw.

    Where points are missing the line breaks: nothing is drawn that was not measured. ``summed`` values, such as rain,
    are bars from zero on.
    """
    if not points:
        return None
    low, high, step = _bounds(points, thresholds, frame, summed=summed)
    scale = _Scale(frame, span, low, high)
    runs = [] if summed else _runs(points, span.each)
    last = points[-1]
    return Drawing(
        frame=frame,
        line="".join(_line([(scale.x(_middle(one, span)), scale.y(one.value)) for one in run]) for run in runs),
        band="".join(_band(run, span, scale) for run in runs),
        bars=[_bar(one, span, scale, low) for one in points] if summed else [],
        last=None if summed else (scale.x(_middle(last, span)), scale.y(last.value)),
        values=[Tick(scale.y(value), value) for value in _steps(low, high, step)] if frame.left > SMALL.left else [],
        times=[Tick(scale.x(at), time=at) for at in _times(span, zone)] if frame.bottom > SMALL.bottom else [],
        thresholds=[(Tick(scale.y(one.value), one.value), one.name) for one in thresholds if low <= one.value <= high],
        places=max(0, -math.floor(math.log10(step))),
    )


def _middle(point: Point, span: Span) -> datetime:
    return min(point.start + span.each / 2, span.end)


def _bounds(
    points: Sequence[Point], thresholds: Sequence[Threshold], frame: Frame, *, summed: bool
) -> tuple[float, float, float]:
    """The least and greatest value that is drawn, and the step between two ticks."""
    low, high = min(one.least for one in points), max(one.most for one in points)
    if summed:
        low, high = 0.0, max(one.value for one in points)
    if thresholds:
        low, high = min(low, *(one.value for one in thresholds)), max(high, *(one.value for one in thresholds))
    wide = max(high - low, abs(high) * 0.02, 0.1)
    step = _round(wide / 4)
    if frame.left > SMALL.left:  # ticks at both ends
        return math.floor(low / step) * step, max(math.ceil(high / step), math.floor(low / step) + 1) * step, step
    middle = (low + high) / 2
    return middle - wide / 2, middle + wide / 2, step


def _round(width: float) -> float:
    """A step that people count in: 1, 2 or 5 of a power of ten, as wide as asked or a little wider."""
    power = 10.0 ** math.floor(math.log10(width))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= width * 0.999)


def _steps(low: float, high: float, step: float) -> list[float]:
    return [low + step * count for count in range(round((high - low) / step) + 1)]


def _times(span: Span, zone: tzinfo) -> list[datetime]:
    """Full hours or days of the city, as many as find room."""
    hours = next(
        (each for each in (1, 3, 6, 12, 24, 48, 168) if (span.end - span.start) / timedelta(hours=each) <= _MOST_TICKS),
        168,
    )
    first = span.start.astimezone(zone).replace(minute=0, second=0, microsecond=0)
    first = first.replace(hour=first.hour // hours * hours) if hours < 24 else first.replace(hour=0)
    found = (first + timedelta(hours=hours * count) for count in range(2 * _MOST_TICKS + 2))
    return [at for at in found if span.start <= at <= span.end]


def _runs(points: Sequence[Point], each: timedelta) -> list[list[Point]]:
    """The points without the gaps between them."""
    runs: list[list[Point]] = [[points[0]]]
    for before, after in itertools.pairwise(points):
        if after.start - before.start > each * 1.5:
            runs.append([])
        runs[-1].append(after)
    return runs


def _line(places: Sequence[tuple[float, float]]) -> str:
    """A line through places; a point alone is a dot (a line of no length with round ends)."""
    first, *rest = places
    return f"M{_pair(first)}" + (f"L{' '.join(map(_pair, rest))}" if rest else "h0")


def _band(run: Sequence[Point], span: Span, scale: _Scale) -> str:
    over = [(scale.x(_middle(one, span)), scale.y(one.most)) for one in run]
    under = [(scale.x(_middle(one, span)), scale.y(one.least)) for one in reversed(run)]
    return f"M{' '.join(map(_pair, over + under))}z" if len(run) > 1 else ""


def _bar(point: Point, span: Span, scale: _Scale, low: float) -> Bar:
    left, right = scale.x(point.start), scale.x(point.start + span.each)
    top, ground = scale.y(point.value), scale.y(low)
    return Bar(left, top, round(max(right - left - 0.5, 0.5), 1), round(ground - top, 1))


def _pair(place: tuple[float, float]) -> str:
    return f"{place[0]:g} {place[1]:g}"
