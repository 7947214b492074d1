"""The next departures at some stops, from a day's network. Pure."""

from datetime import timedelta

import numpy as np
from msgspec.structs import replace

from services.living.departures.model import Answer, Basis, Departure, Line, Question
from services.living.timetable import calendar, clock
from services.living.timetable.day import NEXT_MORNING_S, Timetable
from services.living.timetable.days import Days
from services.living.timetable.model import Bools, Feed, Ints
from services.living.timetable.network import EARLY, TIME_BITS, Headways, Network, Scheduled
from services.living.timetable.places import Places
from services.living.timetable.ranges import joined


def departures(days: Days, places: Places, asked: Question) -> Answer:
    """What leaves next."""
    feed = days.table.feed
    number = places.by_id.get(asked.stop)
    if number is None:
        return Answer(known=False)
    day = clock.day_of(clock.at(asked.at), feed.timezone)
    told = tuple(one.isoformat() for one in feed.days) if feed.days else ()
    if not calendar.covered(feed, day):
        return Answer(covered=False, days=told)
    network = days.of(day)
    stops = np.array(places.stops_of(number), np.int64)
    zero = clock.zero(day, feed.timezone)
    begin = clock.second(day, clock.at(asked.at), feed.timezone)
    end = begin + asked.window_s
    tomorrow = day + timedelta(days=1)
    noon = clock.shift(tomorrow, day, feed.timezone) + NEXT_MORNING_S
    found = [
        *_scheduled(days.table, network, stops, begin, min(end, noon), asked.most, zero),
        *_by_headway(days.table, network, stops, begin, min(end, noon - 1), zero),
    ]
    if end >= noon:  # a day's network has what leaves before the next noon
        later, last = days.of(tomorrow), end - noon + NEXT_MORNING_S
        zero = clock.zero(tomorrow, feed.timezone)
        found += _scheduled(days.table, later, stops, NEXT_MORNING_S, last, asked.most, zero)
        often = _by_headway(days.table, later, stops, NEXT_MORNING_S, last, zero)
        found += [one for one in often if one.first >= zero + NEXT_MORNING_S]  # the others are told of already
    found.sort(key=lambda one: (one.time, one.line, one.headsign, one.trip))
    runs = days.table.runs_on(day, network)
    platforms = {feed.stops[one].id: feed.stops[one].platform for one in stops.tolist()}
    taking = _taking(feed, network, stops)
    shut = tuple(sorted(pair for pair, takes in taking.items() if not takes))
    calling = {route for _, route in taking}
    lines = {one.id: Line(one.long_name, one.color, one.kind) for one in feed.routes if one.id in calling}
    return Answer(tuple(found[: asked.most]), runs=runs, days=told, platforms=platforms, lines=lines, shut=shut)


def _taking(feed: Feed, network: Network, stops: Ints) -> dict[tuple[str, str], bool]:
    """Stops with the lines that call there, and whether any of their trips takes somebody there."""
    net, often = network.scheduled, network.headways
    timed, frequent = _calls(network.calls_at, stops), _calls(network.headway_calls_at, stops)
    runs = np.diff(net.first_run)[net.line[timed]]
    timed = timed[runs > 0]  # of a line whose trips are all late or cancelled none is left
    calls = [
        *zip(net.stop[timed], net.trip[net.first_run[net.line[timed]]], _boards(net, timed), strict=True),
        *zip(often.stop[frequent], often.trip[often.line[frequent]], _boards(often, frequent), strict=True),
    ]
    found: dict[tuple[str, str], bool] = {}
    for stop, trip, board in calls:
        pair = feed.stops[stop].id, feed.routes[feed.trips[trip].route].id
        found[pair] = found.get(pair, False) or bool(board)
    return found


def _calls(calls_at: tuple[Ints, Ints], stops: Ints) -> Ints:
    first, calls = calls_at
    return calls[joined(first[stops], first[stops + 1] - first[stops])]


def _boards(net: Scheduled | Headways, calls: Ints) -> Bools:
    """Whether one gets on there: not where a trip, or what is open of it, ends, though feeds seldom say so."""
    part, first = net.ridden
    boards: Bools = net.board[calls] & (first[part[calls] + 1] - 1 != calls)
    return boards


def _scheduled(
    table: Timetable, network: Network, stops: Ints, begin: int, end: int, most: int, zero: int
) -> list[Departure]:
    """By the timetable, and those that are late as they are told."""
    feed, net = table.feed, network.scheduled
    calls = _calls(network.calls_at, stops)
    calls = calls[_boards(net, calls)]
    low = np.searchsorted(net.departures, calls << TIME_BITS | begin + EARLY).astype(np.int64)
    high = np.searchsorted(net.departures, calls << TIME_BITS | end + EARLY).astype(np.int64)
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
        _departure(feed, Basis.SCHEDULED, *each)
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


def _by_headway(table: Timetable, network: Network, stops: Ints, begin: int, end: int, zero: int) -> list[Departure]:
    net = network.headways
    calls = _calls(network.headway_calls_at, stops)
    calls = calls[_boards(net, calls)]
    found = []
    for call in calls.tolist():
        line = int(net.line[call])
        first, last = int(net.start[line] + net.departure[call]), int(net.end[line] + net.departure[call])
        if last < begin or first > end:
            continue
        latest = first if begin <= first else min(begin + int(net.headway[line]), last)
        one = _departure(
            table.feed,
            Basis.HEADWAY,
            int(net.stop[call]),
            int(table.patterns.first[net.trip[line]]) + call - int(net.first_call[line]),
            zero + latest,
            headway=int(net.headway[line]),
            first=zero + first,
            last=zero + last,
        )
        found.append(one)
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
