"""A network in which something is closed: nobody gets on or off there, and no ride passes there. Pure.

Walks need no change: one walks between two vehicles, and none is left or boarded at a stop that is closed. Who begins
at a closed stop walks to the next.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from services.living.present.model import Closure
from services.living.timetable.model import Bools, Feed, Ints
from services.living.timetable.network import Headways, Network, Scheduled
from services.living.timetable.places import Places

L = TypeVar("L", Scheduled, Headways)
_ANY = -1


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


def closed_of(places: Places, closures: Iterable[Closure]) -> Closed:
    """What closures close in a feed."""
    numbers = {one.id: number for number, one in enumerate(places.feed.routes)}
    routes, stops, calls, stretches = set[int](), set[int](), set[tuple[int, int]](), set[tuple[int, int, int]]()
    for one in closures:
        route = numbers.get(one.route) if one.route else _ANY
        if route is None:
            continue
        if one.begin and one.finish:
            ends = _stops(places, one.begin), _stops(places, one.finish)
            stretches |= {(route, before, after) for before in ends[0] for after in ends[1]}
        elif one.stop and route != _ANY:
            calls |= {(route, stop) for stop in _stops(places, one.stop)}
        elif one.stop:
            stops |= set(_stops(places, one.stop))
        elif route != _ANY:
            routes.add(route)
    return Closed(frozenset(routes), frozenset(stops), frozenset(calls), frozenset(stretches))


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
