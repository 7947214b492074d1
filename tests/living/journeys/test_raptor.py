"""RAPTOR against trying everything, on networks of all kinds."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from services.living.journeys.ends import End, of_stops
from services.living.journeys.raptor import Search, first_departures
from services.living.journeys.searching import traced
from services.living.timetable.day import Timetable, timetable
from services.living.timetable.mirror import mirror
from services.living.timetable.model import Feed
from services.living.timetable.network import NEVER
from tests.living.journeys import brute
from tests.living.journeys.brute import Brute
from tests.living.journeys.feeds import DAY, MOMENT, feeds

VEHICLES = 3
EXAMPLES = 60

moments = st.one_of(st.integers(0, 30 * 12), st.integers(23 * 12, 26 * 12)).map(lambda one: one * MOMENT)


def _ends(table: Timetable, origin: int, target: int) -> tuple[End, End]:
    everywhere = np.ones(len(table.feed.stops), np.bool_)
    here = of_stops(table.feed, [origin], table.ways[0], everywhere)
    return here, of_stops(table.feed, [target], table.ways[1], everywhere)


@given(feeds(), st.data())
@settings(max_examples=EXAMPLES)
def test_each_number_of_vehicles_arrives_as_early_as_can_be(feed: Feed, data: st.DataObject) -> None:
    """For all numbers of vehicles at once."""
    origin, target = data.draw(_pairs(feed))
    at = data.draw(moments)
    table, everything = timetable(feed), Brute(feed, DAY)
    here, there = _ends(table, origin, target)
    search = Search(table.network(DAY), here.ends, there.ends, VEHICLES)
    search.arrivals(at)
    for vehicles in range(1, VEHICLES + 1):
        assert _of(search.earliest(vehicles)) == everything.arrival(origin, target, at, vehicles)


@given(feeds(), st.data())
@settings(max_examples=EXAMPLES)
def test_what_is_traced_can_be_travelled(feed: Feed, data: st.DataObject) -> None:
    """Rides join up on foot, nobody boards what has left, and the arrival is the one that was told."""
    origin, target = data.draw(_pairs(feed))
    at = data.draw(moments)
    table = timetable(feed)
    network = table.network(DAY)
    here, there = _ends(table, origin, target)
    walks = Brute(feed, DAY).walks
    for found in traced(Search(network, here.ends, there.ends, VEHICLES), [at]):
        stop, ready = origin, at
        for number, ride in enumerate(found.rides):
            net = network.headways if ride.by_headway else network.scheduled
            board, alight = int(net.stop[ride.board]), int(net.stop[ride.alight])
            ready += walks[stop, board] if number or stop != board else 0
            assert ride.ready == ready
            if ride.by_headway:
                line = int(network.headways.line[ride.board])
                leaves = ride.run + int(network.headways.departure[ride.board])
                ready_to_leave = min(ready + int(network.headways.headway[line]), leaves)
                assert ready <= ready_to_leave <= leaves
                ready = ride.run + int(network.headways.arrival[ride.alight])
            else:
                scheduled = network.scheduled
                row = int(scheduled.first_departure[ride.board]) + ride.run
                leaves = int(scheduled.departures[row] & ((1 << 21) - 1)) - (1 << 19)
                assert ready <= leaves
                ready = int(scheduled.arrivals[int(scheduled.first_departure[ride.alight]) + ride.run])
            assert ride.board < ride.alight
            assert net.line[ride.board] == net.line[ride.alight]
            stop = alight
        assert ready + (walks[stop, target] if stop != target else 0) == found.arrival


@given(feeds(), st.data())
@settings(max_examples=EXAMPLES)
def test_arriving_by_leaves_as_late_as_can_be(feed: Feed, data: st.DataObject) -> None:
    """Leaving then arrives in time, leaving a second later does not."""
    origin, target = data.draw(_pairs(feed))
    by = data.draw(moments)
    table, everything = timetable(feed), Brute(feed, DAY)
    here, there = _ends(table, origin, target)
    search = Search(mirror(table.network(DAY)), there.ends, here.ends, VEHICLES)
    search.arrivals(-by)
    latest = -search.best()
    if search.best() >= NEVER:
        assert everything.arrival(origin, target, -(10**5), VEHICLES) > by
    else:
        assert everything.arrival(origin, target, latest, VEHICLES) <= by
        assert everything.arrival(origin, target, latest + 1, VEHICLES) > by


@given(feeds(), st.data())
@settings(max_examples=EXAMPLES // 2)
def test_a_range_finds_what_no_later_departure_has(feed: Feed, data: st.DataObject) -> None:
    """Of all departures of an hour, by their arrivals and numbers of vehicles."""
    origin, target = data.draw(_pairs(feed))
    at = data.draw(moments)
    table, everything = timetable(feed), Brute(feed, DAY)
    here, there = _ends(table, origin, target)
    network = table.network(DAY)
    departures = first_departures(network, here.ends, at, at + 3_600)
    found = traced(Search(network, here.ends, there.ends, VEHICLES), departures)
    wanted: list[tuple[int, int, int]] = []
    for departure in departures:
        for vehicles in range(1, VEHICLES + 1):
            arrival = everything.arrival(origin, target, departure, vehicles)
            if arrival < brute.NEVER and not any(v <= vehicles and a <= arrival for _, a, v in wanted):
                wanted.append((departure, arrival, vehicles))
    assert [(one.departure, one.arrival, len(one.rides)) for one in found] == wanted
    # Leaving between two of them gains nothing: the arrival is that of the next, unless one waits by headway.
    if departures and not len(network.headways.trip):
        assert departures[-1] == at
        for between in range(at, at + 3_600, 900):
            later = next((one for one in reversed(departures) if one >= between), None)
            arrival = everything.arrival(origin, target, between, VEHICLES)
            if later is not None:
                assert arrival == everything.arrival(origin, target, later, VEHICLES)


def _pairs(feed: Feed) -> st.SearchStrategy[tuple[int, int]]:
    number = st.integers(0, len(feed.stops) - 1)
    return st.tuples(number, number).filter(lambda pair: pair[0] != pair[1])


def _of(arrival: int) -> int:
    return brute.NEVER if arrival >= NEVER else arrival
