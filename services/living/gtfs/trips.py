"""Trips with their calls, blocks and frequencies. It imports NumPy."""

from collections import defaultdict
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from services.living.gtfs.calls import Calls, column, metres
from services.living.gtfs.feed import FeedTables
from services.living.gtfs.values import MISSING, clock

_FILE = "stop_times.txt"
_FASTEST_KMH = {0: 100, 1: 150, 2: 500, 3: 150, 4: 80, 5: 30, 6: 50, 7: 50, 11: 150, 12: 150}
_OTHERS_KMH, _FAR_M = 200, 10_000
_FERRY = 4


def check(feed: FeedTables, calls: Calls, days: dict[str, int]) -> None:
    """Calls in themselves and in a row, trips, blocks and frequencies."""
    if calls.flexible:
        detail = f"{calls.flexible} rows name an area or a group of stops; they are left out"
        feed.findings.add("flexible_service_left_out", _FILE, 0, detail)
    _check_stops(feed)
    if not calls.sorted:
        detail = "rows of a trip are not together, or not by stop_sequence"
        feed.findings.add("unsorted_stop_times", _FILE, 0, detail)
    _check_calls(feed, calls)
    _check_rows(feed, calls)
    _check_speed(feed, calls)
    _check_use(feed, calls)
    _check_blocks(feed, calls, days)
    _check_frequencies(feed)


def _each(feed: FeedTables, calls: Calls, code: str, where: NDArray[np.bool_] | NDArray[np.int64], detail: str) -> None:
    """A finding for each of some calls; ``{trip}`` and ``{stop}`` in the detail are their ids."""
    places = np.flatnonzero(where) if where.dtype == np.bool_ else where
    trips, stops = feed["trips"].text("trip_id"), feed["stops"].text("stop_id")
    for one in places[np.argsort(calls.line[places], kind="stable")]:
        words = {"trip": trips[calls.trip[one]], "stop": stops[calls.stop[one]], "sequence": calls.sequence[one]}
        feed.findings.add(code, _FILE, calls.line[one], detail.format(**words))


def _check_stops(feed: FeedTables) -> None:
    """Each row names a stop, or what flexible service has in its place."""
    table = feed["stop_times"]
    stops = table.text("stop_id")
    if "" in stops:
        areas, groups = table.text("location_id"), table.text("location_group_id")
        for line, stop, area, group in zip(table.lines, stops, areas, groups, strict=True):
            if not stop and not area and not group:
                feed.findings.add("missing_required_field", _FILE, line, "stop_id is empty")


def _check_calls(feed: FeedTables, calls: Calls) -> None:
    no_arrival, no_departure = calls.arrival == MISSING, calls.departure == MISSING
    detail = "trip {trip} has one of its times at {stop} and not the other"
    _each(feed, calls, "stop_time_with_only_arrival_or_departure_time", no_arrival != no_departure, detail)
    for places, which in ((calls.first, "first"), (calls.last, "last")):
        missing = places[(no_arrival | no_departure)[places]]
        _each(feed, calls, "missing_trip_edge", missing, f"the {which} call of trip {{trip}} has no times")
    if feed["stop_times"].has("timepoint"):
        timepoint = column(feed, calls, "timepoint", MISSING)
        untimed = (timepoint == 1) & (no_arrival | no_departure)
        _each(feed, calls, "stop_time_timepoint_without_times", untimed, "{stop} is a timepoint of trip {trip}")
        unsaid = (timepoint == MISSING) & ~(no_arrival & no_departure)
        _each(feed, calls, "missing_timepoint_value", unsaid, "timepoint of trip {trip} at {stop} is empty")
    kinds = np.frombuffer(feed["stops"].ints("location_type"), np.int32) if len(calls) else np.zeros(0, np.int32)
    if len(calls):
        wrong = ~np.isin(kinds[calls.stop], (0, MISSING))
        _each(feed, calls, "location_with_unexpected_stop_time", wrong, "{stop} is no stop; trip {trip} calls there")


def _check_rows(feed: FeedTables, calls: Calls) -> None:
    """A call and the one before it."""
    behind = np.concatenate(([False], calls.same)) if len(calls) else np.zeros(0, np.bool_)
    before = np.maximum(np.arange(len(calls)) - 1, 0)
    twice = behind & (calls.sequence == calls.sequence[before])
    _each(feed, calls, "duplicate_key", twice, "trip {trip} has stop_sequence {sequence} twice")
    timed = np.flatnonzero((calls.departure != MISSING) & (calls.arrival != MISSING))
    if len(timed) > 1:
        back = (calls.trip[timed][1:] == calls.trip[timed][:-1]) & (
            calls.arrival[timed][1:] < calls.departure[timed][:-1]
        )
        detail = "trip {trip} arrives at {stop} before it departs from the stop before"
        _each(feed, calls, "stop_time_with_arrival_before_previous_departure_time", timed[1:][back], detail)
    with np.errstate(invalid="ignore"):
        less = behind & (calls.distance <= calls.distance[before])
    detail = "shape_dist_traveled of trip {trip} does not grow to {stop}"
    _each(feed, calls, "decreasing_or_equal_stop_time_distance", less, detail)


def _check_speed(feed: FeedTables, calls: Calls) -> None:
    """No bus is faster than its kind, between neighbours or from afar."""
    if len(calls) < 2:
        return
    timed = np.flatnonzero((calls.departure != MISSING) & (calls.arrival != MISSING))
    one, other = timed[:-1], timed[1:]
    together = calls.trip[one] == calls.trip[other]
    lats, lons = (np.frombuffer(feed["stops"].floats(name), np.float64) for name in ("stop_lat", "stop_lon"))
    a, b = calls.stop[one], calls.stop[other]
    far = metres(lats[a], lons[a], lats[b], lons[b])
    leaves, arrives = calls.departure[one], calls.arrival[other]
    whole = (leaves % 60 == 0) & (arrives % 60 == 0)
    seconds = np.maximum(arrives - leaves, 0) + np.where(whole, 60, 1)  # times are rounded
    kinds = np.frombuffer(feed["routes"].ints("route_type"), np.int32)
    named = np.fromiter((feed.routes.get(each, 0) for each in feed["trips"].text("route_id")), np.int64)
    limits = np.fromiter((_FASTEST_KMH.get(kind, _OTHERS_KMH) for kind in kinds.tolist()), np.float64, len(kinds))
    limit = limits[named[calls.trip[one]]] if len(limits) else np.full(len(one), float(_OTHERS_KMH))
    with np.errstate(invalid="ignore"):
        fast = together & (far / seconds * 3.6 > limit)
    for code, where in (
        ("fast_travel_between_far_stops", fast & (far > _FAR_M)),
        ("fast_travel_between_consecutive_stops", fast & (far <= _FAR_M)),
    ):
        _each(feed, calls, code, other[where], "trip {trip} is too fast on its way to {stop}")


def _check_use(feed: FeedTables, calls: Calls) -> None:
    counts = np.bincount(calls.trip, minlength=len(feed["trips"]))
    for (line, trip), count in zip(feed["trips"].rows("trip_id"), counts.tolist(), strict=False):
        if count <= 1:
            code = "unusable_trip" if count else "unused_trip"
            feed.findings.add(code, "trips.txt", line, f"trip {trip} has {count} calls")
    called = np.bincount(calls.stop, minlength=len(feed["stops"]))
    for (line, stop, kind), count in zip(feed["stops"].rows("stop_id", "location_type"), called.tolist(), strict=False):
        if not count and kind in {0, MISSING}:
            feed.findings.add("stop_without_stop_time", "stops.txt", line, f"no trip calls at {stop}")
    ferries = {one for _, one, kind in feed["routes"].rows("route_id", "route_type") if kind == _FERRY}
    for line, route, bikes in feed["trips"].rows("route_id", "bikes_allowed"):
        if route in ferries and bikes not in {1, 2}:
            feed.findings.add("missing_bike_allowance", "trips.txt", line, "a ferry says whether bikes come along")


def _check_blocks(feed: FeedTables, calls: Calls, days: dict[str, int]) -> None:
    """Trips of one vehicle do not run at the same time."""
    ends = dict(zip(calls.trip[calls.first].tolist(), zip(calls.first, calls.last, strict=True), strict=True))
    kinds = {one: kind for _, one, kind in feed["routes"].rows("route_id", "route_type")}
    blocks: dict[str, list[tuple[int, int, int, int, int, str, int, str]]] = defaultdict(list)
    modes: dict[str, int] = {}
    rows = feed["trips"].rows("trip_id", "block_id", "service_id", "route_id")
    for number, (line, trip, block, service, route) in enumerate(rows):
        if not block:
            continue
        if modes.setdefault(block, kinds.get(route, MISSING)) != kinds.get(route, MISSING):
            detail = f"block {block} has trips of several kinds"
            feed.findings.add("inconsistent_route_type_for_block_id", "trips.txt", line, detail)
        if number in ends:
            first, last = ends[number]
            times = [int(of[at]) for at in (first, last) for of in (calls.arrival, calls.departure)]
            if MISSING not in times:
                blocks[block].append((times[0], times[3], times[1], times[2], days.get(service, 0), trip, line, block))
    for trips in blocks.values():
        _check_block(feed, sorted(trips))


def _check_block(feed: FeedTables, trips: list[tuple[int, int, int, int, int, str, int, str]]) -> None:
    for place, (_, leaves, _, arrives, runs, trip, _, block) in enumerate(trips):
        for begins, _, goes, _, also, other, line, _ in trips[place + 1 :]:
            if leaves <= begins:
                break
            if runs & also and not (arrives == begins and leaves == goes):
                detail = f"trips {trip} and {other} of block {block} run at the same time"
                feed.findings.add("block_trips_with_overlapping_stop_times", "trips.txt", line, detail)
                break  # one for each trip will do


def _check_frequencies(feed: FeedTables) -> None:
    by_trip: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    for line, trip, start, end in feed["frequencies"].rows("trip_id", "start_time", "end_time"):
        if MISSING not in {start, end}:
            by_trip[trip].append((start, end, line))
    for trip, times in by_trip.items():
        for (_, end, before), (start, _, line) in pairwise(sorted(times)):
            if start < end:
                detail = f"trip {trip} from {clock(start)} on overlaps line {before}, until {clock(end)}"
                feed.findings.add("overlapping_frequency", "frequencies.txt", line, detail)
