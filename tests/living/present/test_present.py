"""What is closed and late, against trying everything, and in what the planner answers."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.living.departures import model as departures
from services.living.journeys.ends import of_stops
from services.living.journeys.model import Answer, Missing, Place, Question
from services.living.journeys.planning import plan
from services.living.journeys.raptor import Search
from services.living.planner.answering import Planner
from services.living.present.model import AFTER_S, Closure, Delay, Now
from services.living.present.networks import Present
from services.living.timetable import clock
from services.living.timetable.day import timetable
from services.living.timetable.days import Days
from services.living.timetable.model import Feed, Route, Service, Stop, StopTimes, Trip
from services.living.timetable.network import NEVER
from services.living.timetable.places import places
from tests.living.journeys import brute
from tests.living.journeys.brute import Brute, Run
from tests.living.journeys.feeds import DAY, MOMENT, feeds

VEHICLES = 3
HOUR = 3_600
ZERO = clock.zero(DAY, "Asia/Jakarta")


class Around(Brute):
    """Everything that runs, late as it is, in the parts between what is closed."""

    def __init__(self, feed: Feed, now: Now) -> None:
        super().__init__(feed, DAY)
        self._late = {(one.trip, one.day): one for one in now.delays}
        self._closures = now.closures
        self.runs = [part for run in self.runs for late in self._delayed(run) for part in self._parts(late)]

    def _delayed(self, run: Run) -> Iterator[Run]:
        delay = self._late.get((self.feed.trips[run.trip].id, run.day)) if run.window is None else None
        if delay is None:
            yield run
        elif not delay.cancelled:
            times, last = [], -(10**6)
            for place, (arrival, departure) in enumerate(zip(run.arrivals, run.departures, strict=True)):
                late = delay.departures[min(place, len(delay.departures) - 1)]
                last = max(last, arrival + late)
                times.append((last, max(last, departure + late)))
                last = times[-1][1]
            shut = [1 if place in delay.skipped else 0 for place in range(len(times))]
            yield run._replace(
                arrivals=[one for one, _ in times],
                departures=[one for _, one in times],
                pickups=[one or own for one, own in zip(shut, run.pickups, strict=True)],
                drop_offs=[one or own for one, own in zip(shut, run.drop_offs, strict=True)],
            )

    def _parts(self, run: Run) -> Iterator[Run]:
        route = self.feed.routes[self.feed.trips[run.trip].route].id
        ours = [one for one in self._closures if one.route in ("", route)]
        if any(one.route and not one.stop and not one.begin for one in ours):
            return
        ids = [self.feed.stops[one].id for one in run.stops]
        shut = {one.stop for one in ours if one.stop}
        cut = {(one.begin, one.finish) for one in ours if one.begin}
        cuts = [0, *(place + 1 for place, pair in enumerate(pairwise(ids)) if pair in cut), len(ids)]
        for begin, end in pairwise(cuts):
            part = slice(begin, end)
            closed = [1 if one in shut else 0 for one in ids[part]]
            yield run._replace(
                stops=run.stops[part],
                arrivals=run.arrivals[part],
                departures=run.departures[part],
                pickups=[one or own for one, own in zip(closed, run.pickups[part], strict=True)],
                drop_offs=[one or own for one, own in zip(closed, run.drop_offs[part], strict=True)],
            )


@st.composite
def presents(draw: st.DrawFn, feed: Feed) -> Now:
    """Some closures of each kind, and some trips that are late, early or do not run."""
    stop = st.sampled_from([one.id for one in feed.stops])
    route = st.sampled_from(["", "", "r0", "r1"])
    closure = st.one_of(
        st.builds(Closure, st.just("a"), route=route, stop=stop),
        st.builds(Closure, st.just("b"), route=route, begin=stop, finish=stop),
        st.builds(Closure, st.just("c"), route=st.sampled_from(["r0", "r1"])),
    )
    plain = {one.id for one in feed.trips} - {feed.trips[one.trip].id for one in feed.frequencies}
    late = st.lists(st.integers(-2, 4).map(lambda one: one * MOMENT), min_size=1, max_size=4).map(tuple)
    day = st.sampled_from([(DAY + timedelta(days=away)).isoformat() for away in (-1, 0, 1)])
    skipped = st.sampled_from([(), (), (1,)])
    delay = st.builds(
        Delay,
        st.sampled_from(sorted(plain) or ["none"]),
        day,
        departures=late,
        skipped=skipped,
        cancelled=st.booleans(),
    )
    delays = draw(st.lists(delay, max_size=4, unique_by=lambda one: (one.trip, one.day)))
    return Now(tuple(draw(st.lists(closure, max_size=3))), tuple(delays))


@given(feeds(), st.data())
@settings(max_examples=60)
def test_what_is_closed_is_gone_around_and_what_is_late_is_waited_for(feed: Feed, data: st.DataObject) -> None:
    """Both ways in time, for all numbers of vehicles."""
    origin, target = data.draw(st.permutations(range(len(feed.stops))))[:2]
    at = data.draw(st.integers(0, 26 * 12)) * MOMENT
    now = data.draw(presents(feed))
    feed = replace(feed, routes=[Route("r0"), Route("r1")])
    everything = Around(feed, now)
    table = timetable(feed)
    present = Present(Days(table), places(feed))
    present.tell(now)
    everywhere = np.ones(len(feed.stops), np.bool_)
    here = of_stops(feed, [origin], table.ways[0], everywhere)
    there = of_stops(feed, [target], table.ways[1], everywhere)
    search = Search(present.network(DAY, now.closures), here.ends, there.ends, VEHICLES)
    search.arrivals(at)
    for vehicles in range(1, VEHICLES + 1):
        found = search.earliest(vehicles)
        assert (found if found < NEVER else brute.NEVER) == everything.arrival(origin, target, at, vehicles)
    mirrored = present.network(DAY, now.closures, backwards=True)
    latest = Search(mirrored, there.ends, here.ends, VEHICLES)
    latest.arrivals(-at)
    if latest.best() < NEVER:
        assert everything.arrival(origin, target, -latest.best(), VEHICLES) <= at
        assert everything.arrival(origin, target, -latest.best() + 1, VEHICLES) > at
    else:
        assert everything.arrival(origin, target, -(10**5), VEHICLES) > at


@pytest.fixture(scope="module")
def town() -> Feed:
    """From A by B to C each hour from 6 to 23 by r0; by r1, which takes longer, by D."""
    stops = [Stop(name, name, -7 + number, 110.4) for number, name in enumerate("ABCD")]
    every = Service(frozenset(range(7)), DAY, DAY + timedelta(days=30))
    rows, trips = list[tuple[int, int, int, int, int, int]](), list[Trip]()
    for hour in range(6, 24):
        for route, middle, minutes in ((0, 1, 20), (1, 3, 40)):
            for place, stop in enumerate((0, middle, 2)):
                time = hour * HOUR + place * minutes * 30
                rows.append((len(trips), stop, time, time, 0, 0))
            trips.append(Trip(f"r{route}-{hour}", route, 0))
    return Feed("Asia/Jakarta", stops, [Route("r0"), Route("r1")], trips, [every], StopTimes.of(rows))


def _asked(feed: Feed, now: Now, second: int = 8 * HOUR, origin: str = "A", target: str = "C", **more: bool) -> Answer:
    present = Present(Days(timetable(feed)), places(feed))
    present.tell(now)
    return plan(present, Question(Place(origin), Place(target), ZERO + second, vehicles=VEHICLES, **more))


def _lines(answer: Answer) -> set[str]:
    """Of those that nothing beats."""
    return {leg.route for one in answer.journeys if not one.further for leg in one.legs}


@pytest.mark.parametrize(
    "closure",
    [
        Closure("x", route="r0"),
        Closure("x", begin="B", finish="C"),
        Closure("x", route="r0", stop="C"),
    ],
)
def test_a_journey_goes_around_and_says_why(town: Feed, closure: Closure) -> None:
    """By the other line, also for who wants to have arrived."""
    answer = _asked(town, Now((closure,)))
    assert (_lines(answer), answer.avoided) == ({"r1"}, ("x",))
    answer = _asked(town, Now((closure,)), arrive_by=True)
    assert (_lines(answer), answer.avoided) == ({"r1"}, ("x",))


def test_where_all_is_closed_it_is_said(town: Feed) -> None:
    """And nothing where it is about something else, or was before, or will be when one has arrived."""
    shut = Closure("x", stop="C")
    answer = _asked(town, Now((shut,)))
    assert (answer.journeys, answer.missing, answer.avoided) == ((), Missing.CLOSED, ("x",))
    begin, end = ZERO + 4 * HOUR, ZERO + 7 * HOUR
    for other in (Closure("x", stop="B"), Closure("x", begin, end, stop="C"), Closure("x", route="r2", stop="C")):
        answer = _asked(town, Now((other,)))
        assert (len(answer.journeys) > 0, answer.avoided) == (True, ())
        assert "r0" in _lines(answer)


def test_what_closes_long_after_is_met_by_nobody(town: Feed) -> None:
    """Who asks in the evening for the first bus of the next morning does not get one that is closed then."""
    night = 23 * HOUR + 30 * 60
    morning = Closure("x", ZERO + night + AFTER_S + 60, route="r0")
    assert _lines(_asked(town, Now(), night)) == {"r0"}
    answer = _asked(town, Now((morning,)), night)
    assert (_lines(answer), answer.avoided) == ({"r1"}, ("x",))


def test_a_late_trip_is_late_and_one_that_does_not_run_is_none(town: Feed) -> None:
    """Its legs say so, by how much."""
    day = DAY.isoformat()
    first = _asked(town, Now((), (Delay("r0-8", day, departures=(240,)),))).journeys[0]
    (leg,) = first.legs
    assert (leg.trip, leg.live, leg.late, leg.start - ZERO) == ("r0-8", True, 240, 8 * HOUR + 240)
    assert [call.departure - ZERO for call in leg.calls][1] == 8 * HOUR + 600 + 240
    gone = _asked(town, Now((), (Delay("r0-8", day, cancelled=True), Delay("r9", day, departures=(1,)))))
    assert all(leg.trip != "r0-8" for one in gone.journeys for leg in one.legs)
    usual = _asked(town, Now()).journeys[0].legs[0]
    assert (usual.trip, usual.live, usual.late) == ("r0-8", False, 0)


def test_nothing_leaves_where_it_is_closed(town: Feed) -> None:
    """While it is; other lines do."""
    planner = Planner(town)
    until = ZERO + 8 * HOUR + 30 * 60
    planner.tell(msgspec.msgpack.encode(Now((Closure("x", end=until, route="r0", stop="A"),))))

    def lines(second: int) -> list[str]:
        asked = msgspec.msgpack.encode(departures.Question("A", ZERO + second, HOUR - 1))
        answer = msgspec.msgpack.decode(planner.answer("departures", asked), type=departures.Answer)
        return [one.route for one in answer.departures]

    assert (lines(8 * HOUR), lines(9 * HOUR)) == (["r1"], ["r0", "r1"])


def test_what_was_told_before_holds_no_more(town: Feed) -> None:
    """The present is told as a whole."""
    present = Present(Days(timetable(town)), places(town))
    present.tell(Now((Closure("x", route="r0"),), (Delay("r1-8", DAY.isoformat(), departures=(60,)),)))
    assert present.network(DAY, present.closures(ZERO, ZERO)) is not present.days.of(DAY)
    present.tell(Now())
    assert present.closures(ZERO, ZERO) == ()
    assert present.network(date(2026, 3, 4)) is present.days.of(DAY)
