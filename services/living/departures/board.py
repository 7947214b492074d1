"""The next departures at some stops, from a day's network. Pure.

What is closed is closed at each departure's own time: a bus leaves before its stop closes, and when it is open again.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
from msgspec.structs import replace

from services.living.departures.model import Answer, Basis, Departure, Line, Question
from services.living.present.closing import Closings, Span, open_between
from services.living.present.model import Closure
from services.living.present.networks import Present
from services.living.timetable import calendar, clock
from services.living.timetable.day import NEXT_MORNING_S, Timetable
from services.living.timetable.model import Bools, Feed, Ints
from services.living.timetable.network import EARLY, TIME_BITS, Headways, Network, Scheduled
from services.living.timetable.ranges import joined


class _Ground(NamedTuple):
    """A day's network and what is asked of it; ``zero`` is when the day's seconds begin."""

    table: Timetable
    network: Network
    timed: Ints
    """Calls at the stops that are asked for."""
    often: Ints
    """The same of lines by headway."""
    zero: int
    asked: Question
    closings: Closings

    def meets(self, spans: Iterable[Span]) -> Iterator[Span]:
        """Those of them that are within what is asked for."""
        begin, end = self.asked.at, self.asked.at + self.asked.window_s
        return (one for one in spans if one[0] <= end and begin < one[1])

    def closed(self, trip: int, stop: int, after: int) -> list[Span]:
        """When no trip like this one takes anybody at a stop, in the day's seconds."""
        route = self.table.feed.trips[trip].route
        spans = [*self.closings.at(route, stop), *self.closings.beyond(route, stop, after)]
        return [(since - self.zero, until - self.zero) for since, until in self.meets(spans)]


def departures(present: Present, asked: Question) -> Answer:
    """What leaves next."""
    days, places = present.days, present.places
    feed = days.table.feed
    number = places.by_id.get(asked.stop)
    if number is None:
        return Answer(known=False)
    day = clock.day_of(clock.at(asked.at), feed.timezone)
    told = tuple(one.isoformat() for one in feed.days) if feed.days else ()
    if not calendar.covered(feed, day):
        return Answer(covered=False, days=told)
    stops = np.array(places.stops_of(number), np.int64)
    zero = clock.zero(day, feed.timezone)
    ground = _ground(present, day, stops, zero, asked)
    begin = clock.second(day, clock.at(asked.at), feed.timezone)
    end = begin + asked.window_s
    tomorrow = day + timedelta(days=1)
    noon = clock.shift(tomorrow, day, feed.timezone) + NEXT_MORNING_S
    found = [*_scheduled(ground, begin, min(end, noon)), *_by_headway(ground, begin, min(end, noon - 1))]
    if end >= noon:  # a day's network has what leaves before the next noon
        last, zero = end - noon + NEXT_MORNING_S, clock.zero(tomorrow, feed.timezone)
        later = _ground(present, tomorrow, stops, zero, asked)
        often = _by_headway(later, NEXT_MORNING_S, last)
        found += _scheduled(later, NEXT_MORNING_S, last)
        found += [one for one in often if one.first >= zero + NEXT_MORNING_S]  # the others are told of already
    found.sort(key=lambda one: (one.time, one.line, one.headsign, one.trip))
    runs = days.table.runs_on(day, ground.network)
    platforms = {feed.stops[one].id: feed.stops[one].platform for one in stops.tolist()}
    calling, shut = _shut(ground)
    lines = {one.id: Line(one.long_name, one.color, one.kind) for one in feed.routes if one.id in calling}
    return Answer(tuple(found[: asked.most]), runs=runs, days=told, platforms=platforms, lines=lines, shut=shut)


def _ground(present: Present, day: date, stops: Ints, zero: int, asked: Question) -> _Ground:
    network = present.network(day)
    net, timed = network.scheduled, _calls(network.calls_at, stops)
    lines = net.line[timed]
    timed = timed[net.first_run[lines + 1] > net.first_run[lines]]  # of some all trips are late or cancelled
    often = _calls(network.headway_calls_at, stops)
    return _Ground(present.days.table, network, timed, often, zero, asked, present.closings)


def _calls(calls_at: tuple[Ints, Ints], stops: Ints) -> Ints:
    first, calls = calls_at
    return calls[joined(first[stops], first[stops + 1] - first[stops])]


def _shut(ground: _Ground) -> tuple[set[str], tuple[Closure, ...]]:
    """The lines that call there; and where they take nobody, by the trips that run or while it is closed."""
    feed, network, closings = ground.table.feed, ground.network, ground.closings
    takes: dict[tuple[int, int], bool] = {}
    ways = set[tuple[int, int, int]]()
    for net, calls in ((network.scheduled, ground.timed), (network.headways, ground.often)):
        for trip, stop, after, board in zip(*_each(net, calls), _boards(net, calls).tolist(), strict=True):
            route = feed.trips[trip].route
            takes[route, stop] = takes.get((route, stop), False) or board
            ways.add((route, stop, after))
    shut = [_closure(feed, route, stop) for (route, stop), some in takes.items() if not some]
    if closings:
        for route, stop, after in ways:
            at, beyond = closings.at(route, stop), closings.beyond(route, stop, after)
            shut += [_closure(feed, route, stop, span) for span in ground.meets(at)]
            shut += [_closure(feed, route, stop, span, after) for span in ground.meets(beyond)]
    return {feed.routes[route].id for route, _ in takes}, tuple(dict.fromkeys(shut))


def _closure(feed: Feed, route: int, stop: int, span: Span = (0, 0), after: int | None = None) -> Closure:
    line, here = feed.routes[route].id, feed.stops[stop].id
    if after is None:
        return Closure("", *span, line, here)
    return Closure("", *span, line, "", here, feed.stops[after].id)


def _each(net: Scheduled | Headways, calls: Ints) -> tuple[list[int], list[int], list[int]]:
    """Of each call a trip of its line, its stop, and the stop after it, which is the next line's where its own ends."""
    lines = net.line[calls]
    trips = net.trip[lines if isinstance(net, Headways) else net.first_run[lines]]
    after = net.stop[np.minimum(calls + 1, len(net.stop) - 1)]
    return trips.tolist(), net.stop[calls].tolist(), after.tolist()


def _boards(net: Scheduled | Headways, calls: Ints) -> Bools:
    """Whether one gets on there: not where a trip ends, though feeds seldom say so."""
    boards: Bools = net.board[calls] & (net.first_call[net.line[calls] + 1] - 1 != calls)
    return boards


def _open(ground: _Ground, calls: Ints, begin: int, end: int) -> Ints:
    """Calls with the parts of a time, in the day's seconds, in which they are open: rows of the three."""
    net = ground.network.scheduled
    rows = [
        (call, *part)
        for call, *one in zip(calls.tolist(), *_each(net, calls), strict=True)
        for part in open_between(begin, end, ground.closed(*one))
    ]
    return np.array(rows, np.int64).reshape(-1, 3)


def _scheduled(ground: _Ground, begin: int, end: int) -> list[Departure]:
    """By the timetable, and those that are late as they are told."""
    table, net, zero, most = ground.table, ground.network.scheduled, ground.zero, ground.asked.most
    calls = ground.timed[_boards(net, ground.timed)]
    since: Ints | int = begin
    until: Ints | int = end
    if ground.closings:
        calls, since, until = _open(ground, calls, begin, end).T
    low = np.searchsorted(net.departures, calls << TIME_BITS | since + EARLY).astype(np.int64)
    high = np.searchsorted(net.departures, calls << TIME_BITS | until + EARLY).astype(np.int64)
    counts = np.minimum(high - low, most)
    rows, call = joined(low, counts), np.repeat(calls, counts)
    seconds = (net.departures[rows] & ((1 << TIME_BITS) - 1)) - EARLY
    order = np.argsort(seconds, kind="stable")[:most]
    rows, call, seconds = rows[order], call[order], seconds[order]
    runs = net.first_run[net.line[call]] + rows - net.first_departure[call]
    places = call - net.first_call[net.line[call]]
    first = table.patterns.first[net.trip[runs]]
    begins = table.patterns.times.departure[first] + net.shift[runs] + zero
    planned = table.patterns.times.departure[first + places] + net.shift[runs] + zero
    found = [
        _departure(table.feed, Basis.SCHEDULED, *each)
        for each in zip(
            net.stop[call].tolist(),
            (first + places).tolist(),
            (seconds + zero).tolist(),
            begins.tolist(),
            planned.tolist(),
            strict=True,
        )
    ]
    live = len(net.first_call) if net.live is None else net.live
    late = (net.line[call] - live).tolist()
    return [
        one if number < 0 or not net.told[number] else _late(one, due, net.told[number])
        for one, number, due in zip(found, late, planned.tolist(), strict=True)
    ]


def _late(one: Departure, planned: int, told: int) -> Departure:
    """As its operator tells it."""
    return replace(one, basis=Basis.LIVE, planned=planned, told=told)


def _by_headway(ground: _Ground, begin: int, end: int) -> list[Departure]:
    """Of a line that is closed meanwhile, what it is before and what after."""
    net, zero = ground.network.headways, ground.zero
    calls = ground.often[_boards(net, ground.often)]
    found = []
    for call, *one in zip(calls.tolist(), *_each(net, calls), strict=True):
        line = int(net.line[call])
        headway = int(net.headway[line])
        starts, ends = int(net.start[line] + net.departure[call]), int(net.end[line] + net.departure[call])
        for first, until in open_between(starts, ends + 1, ground.closed(*one) if ground.closings else ()):
            last = until - 1
            if last < begin or first > end:
                continue
            # Where it begins or opens again later, the first leaves then, or within a headway of it.
            latest = first if begin <= first == starts else min(max(begin, first) + headway, last)
            often = _departure(
                ground.table.feed,
                Basis.HEADWAY,
                int(net.stop[call]),
                int(ground.table.patterns.first[net.trip[line]]) + call - int(net.first_call[line]),
                zero + latest,
                headway=headway,
                first=zero + first,
                last=zero + last,
            )
            found.append(often)
    return found


def _departure(
    feed: Feed,
    basis: Basis,
    stop: int,
    row: int,
    time: int,
    begins: int = 0,
    due: int = 0,
    *,
    headway: int = 0,
    first: int = 0,
    last: int = 0,
) -> Departure:
    """``row`` is that of the stop times."""
    run, sign = feed.trips[int(feed.times.trip[row])], feed.headsigns.of(row)
    route = feed.routes[run.route]
    return Departure(
        basis=basis,
        stop=feed.stops[stop].id,
        platform=feed.stops[stop].platform,
        route=route.id,
        line=route.short_name or route.long_name,
        line_name=route.long_name,
        color=route.color,
        kind=route.kind,
        headsign=sign or run.headsign,
        trip_headsign=run.headsign if sign else "",
        trip=run.id,
        time=time,
        headway=headway,
        first=first,
        last=last,
        arrange=int(feed.times.pickup[row]),
        wheelchair=run.wheelchair,
        begins=begins,
        due=due,
        said_at=int(feed.times.sequence[row]) if sign else -1,
    )
