"""Transfers between stops, routes and trips."""

from collections import defaultdict
from math import isnan
from typing import Any

import numpy as np

from services.living.gtfs.calls import Calls, metres
from services.living.gtfs.feed import FeedTables

_FILE = "transfers.txt"
_IN_SEAT = {4, 5}
_LONG_M, _TOO_LONG_M = 2_000, 10_000


def check(feed: FeedTables, calls: Calls) -> None:
    """Each row in itself, and against the trips that it names."""
    if not feed["transfers"]:
        return
    starts = dict(zip(calls.trip[calls.first].tolist(), calls.first.tolist(), strict=True))
    ends = dict(zip(calls.trip[calls.first].tolist(), calls.last.tolist(), strict=True))
    children: dict[str, set[int]] = defaultdict(set)
    for place, parent in enumerate(feed["stops"].text("parent_station")):
        children[parent].add(place)
    columns = [f"{side}_{what}_id" for side in ("from", "to") for what in ("stop", "route", "trip")]
    for line, kind, *names in feed["transfers"].rows("transfer_type", *columns):
        for side, (stop, route, trip) in (("from", names[:3]), ("to", names[3:])):
            _check_side(feed, line, kind, side, stop, route, trip)
            if trip in feed.trips and (number := feed.trips[trip]) in starts and stop in feed.stops:
                called = calls.stop[starts[number] : ends[number] + 1]
                is_station = feed["stops"].ints("location_type")[feed.stops[stop]] == 1
                wanted = children[stop] if is_station else {feed.stops[stop]}
                _check_call(feed, line, kind, side, stop, trip, wanted, called)
        _check_length(feed, line, names[0], names[3])
        if kind in _IN_SEAT:
            _check_mode(feed, line, names[2], names[5])


def _check_side(feed: FeedTables, line: int, kind: int, side: str, stop: str, route: str, trip: str) -> None:
    add = feed.findings.add
    if kind in _IN_SEAT and not trip:
        add("missing_required_field", _FILE, line, f"{side}_trip_id is empty")
    if kind not in _IN_SEAT and not stop:
        add("missing_required_field", _FILE, line, f"{side}_stop_id is empty")
    if stop in feed.stops:
        location = feed["stops"].ints("location_type")[feed.stops[stop]]
        if location > 1 or (location == 1 and kind in _IN_SEAT):
            detail = f"{side}_stop_id: {stop} has location_type {location}"
            add("transfer_with_invalid_stop_location_type", _FILE, line, detail)
    if trip in feed.trips and route:
        its = feed["trips"].text("route_id")[feed.trips[trip]]
        if its != route:
            detail = f"{side}_trip_id: {trip} is of route {its}, not of {route}"
            add("transfer_with_invalid_trip_and_route", _FILE, line, detail)


def _check_call(
    feed: FeedTables, line: int, kind: int, side: str, stop: str, trip: str, wanted: set[int], called: Any
) -> None:
    if not wanted & set(called.tolist()):
        detail = f"{side}_trip_id: trip {trip} does not call at {stop}"
        feed.findings.add("transfer_with_invalid_trip_and_stop", _FILE, line, detail)
    elif kind in _IN_SEAT and int(called[-1 if side == "from" else 0]) not in wanted:
        detail = f"{side}_stop_id: {stop} is not where trip {trip} {'ends' if side == 'from' else 'begins'}"
        feed.findings.add("transfer_with_suspicious_mid_trip_in_seat", _FILE, line, detail)


def _check_length(feed: FeedTables, line: int, start: str, end: str) -> None:
    if start not in feed.stops or end not in feed.stops:
        return
    lats, lons = feed["stops"].floats("stop_lat"), feed["stops"].floats("stop_lon")
    one, other = feed.stops[start], feed.stops[end]
    far = float(metres(*(np.float64(each) for each in (lats[one], lons[one], lats[other], lons[other]))))
    if not isnan(far) and far > _LONG_M:
        code = "transfer_distance_too_large" if far > _TOO_LONG_M else "transfer_distance_above_2_km"
        feed.findings.add(code, _FILE, line, f"from {start} to {end} are {far / 1000:.1f} km")


def _check_mode(feed: FeedTables, line: int, start: str, end: str) -> None:
    routes = [feed["trips"].text("route_id")[feed.trips[one]] for one in (start, end) if one in feed.trips]
    kinds = {feed["routes"].ints("route_type")[feed.routes[one]] for one in routes if one in feed.routes}
    if len(kinds) > 1:
        detail = f"trips {start} and {end} are of several kinds"
        feed.findings.add("inconsistent_route_type_for_in_seat_transfer", _FILE, line, detail)
