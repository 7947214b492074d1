"""A network in which something is closed: nobody gets on or off there, and no ride passes there. Pure.

Walks need no change for what is closed to vehicles: one walks between two, and none is left or boarded at a stop that
is closed. Who begins at a closed stop walks to the next. Areas that nobody walks through are another thing
(``areas.py``).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from services.living.present.model import Closure
from services.living.timetable.model import Bools, Feed, Ints
from services.living.timetable.network import Headways, Network, Scheduled
from services.living.timetable.places import Places

L = TypeVar("L", Scheduled, Headways)
_ANY = -1
Span = tuple[int, int]
"""From when to when something is closed, in seconds since 1970; the second is not counted."""
FOREVER = 1 << 40
_Key = tuple[int, int, int]
"""What is closed: a route, a stop, and the stop after it; -1 stands for all."""


@dataclass(frozen=True)
class Closed:
    """What is closed, by the feed's numbers; a route of -1 stands for all."""

    routes: frozenset[int] = frozenset()
    stops: frozenset[int] = frozenset()
    calls: frozenset[tuple[int, int]] = frozenset()
    """Routes and stops."""
    stretches: frozenset[tuple[int, int, int]] = frozenset()
    """Routes and the stops before and after."""

    def __bool__(self) -> bool:
        """Whether anything is."""
        return bool(self.routes or self.stops or self.calls or self.stretches)


class Closings:
    """When what is closed in a feed; nothing, as a rule."""

    def __init__(self, places: Places, closures: Iterable[Closure] = ()) -> None:
        """Found once, for many questions."""
        self._spans: dict[_Key, list[Span]] = {}
        lasting = [one for one in closures if not one.end or one.start < one.end]
        for closure, key in _keys(places, lasting):
            self._spans.setdefault(key, []).append((closure.start, closure.end or FOREVER))

    def __bool__(self) -> bool:
        """Whether anything is closed at any time."""
        return bool(self._spans)

    def at(self, route: int, stop: int) -> list[Span]:
        """When nobody gets on a line at a stop, wherever it goes from there."""
        return self._of((route, _ANY, _ANY), (_ANY, stop, _ANY), (route, stop, _ANY))

    def beyond(self, route: int, stop: int, after: int) -> list[Span]:
        """When it does not go from a stop to the one after it."""
        return self._of((_ANY, stop, after), (route, stop, after))

    def _of(self, *keys: _Key) -> list[Span]:
        return [span for key in keys for span in self._spans.get(key, ())]


def closed_of(places: Places, closures: Iterable[Closure]) -> Closed:
    """What closures close in a feed."""
    found = {key for _, key in _keys(places, closures)}
    stops = {(route, stop) for route, stop, after in found if stop != _ANY and after == _ANY}
    return Closed(
        frozenset(route for route, stop, _ in found if stop == _ANY),
        frozenset(stop for route, stop in stops if route == _ANY),
        frozenset(one for one in stops if one[0] != _ANY),
        frozenset(one for one in found if one[2] != _ANY),
    )


def open_between(begin: int, end: int, closed: Iterable[Span]) -> Iterator[Span]:
    """What is left of the time from one moment to another, this one not counted."""
    for since, until in sorted(closed):
        if begin < min(since, end):
            yield begin, min(since, end)
        begin = max(begin, until)
    if begin < end:
        yield begin, end


def _keys(places: Places, closures: Iterable[Closure]) -> Iterator[tuple[Closure, _Key]]:
    """What each closes in a feed; nothing where that does not have it."""
    numbers = {one.id: number for number, one in enumerate(places.feed.routes)}
    for one in closures:
        route = numbers.get(one.route) if one.route else _ANY
        if route is None:
            continue
        if one.begin and one.finish:
            after = _stops(places, one.finish)
            yield from ((one, (route, stop, each)) for stop in _stops(places, one.begin) for each in after)
        elif one.stop:
            yield from ((one, (route, stop, _ANY)) for stop in _stops(places, one.stop))
        elif route != _ANY:
            yield one, (route, _ANY, _ANY)


def _stops(places: Places, words: str) -> list[int]:
    number = places.by_id.get(words)
    return [] if number is None else places.stops_of(number)


def without(network: Network, feed: Feed, closed: Closed) -> Network:
    """The network without what is closed; also of a mirror."""
    if not closed:
        return network
    routes = np.array([one.route for one in feed.trips], np.int64)
    scheduled, headways = network.scheduled, network.headways
    runs = np.diff(scheduled.first_run) > 0
    by_line = np.full(len(runs), _ANY, np.int64)
    by_line[runs] = routes[scheduled.trip[scheduled.first_run[:-1][runs]]]
    return replace(
        network,
        scheduled=_of_lines(scheduled, by_line[scheduled.line], network, closed),
        headways=_of_lines(headways, routes[headways.trip][headways.line], network, closed),
    )


def _of_lines(lines: L, route: Ints, network: Network, closed: Closed) -> L:
    """``route`` is by call."""
    if not len(lines.stop):
        return lines
    shut = _shut(lines.stop, route, network.stops, closed)
    return replace(
        lines, board=lines.board & ~shut, alight=lines.alight & ~shut, parts=_parts(lines, route, network, closed)
    )


def _shut(stop: Ints, route: Ints, stops: int, closed: Closed) -> Bools:
    shut: Bools = np.isin(stop, list(closed.stops)) | np.isin(route, list(closed.routes))
    if closed.calls:
        shut |= np.isin(route * stops + stop, [one * stops + at for one, at in closed.calls])
    return shut


def _parts(lines: L, route: Ints, network: Network, closed: Closed) -> tuple[Ints, Ints] | None:
    """The parts of lines between stretches that are closed: of each call its part, and where each part begins."""
    if not closed.stretches:
        return lines.parts
    stops, last = network.stops, len(lines.stop) - 1
    before, after = lines.stop[:last], lines.stop[1:]
    if network.backwards:
        before, after = after, before
    pairs = before * stops + after
    cut = np.isin(pairs, [one * stops + other for on, one, other in closed.stretches if on == _ANY])
    own = [(on * stops + one) * stops + other for on, one, other in closed.stretches if on != _ANY]
    cut |= np.isin((route[:last] * stops + before) * stops + after, own) & (route[:last] >= 0)
    begins = np.zeros(len(lines.stop), np.bool_)
    begins[lines.first_call[:-1]] = True
    begins[1:] |= cut
    first = np.append(np.flatnonzero(begins), len(lines.stop)).astype(np.int64)
    return np.cumsum(begins).astype(np.int64) - 1, first
