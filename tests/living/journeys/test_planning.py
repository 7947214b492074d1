"""Which journeys are shown of those that are found, and in what order."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.living.journeys import choosing
from services.living.journeys.model import Answer, Journey, Leg, Missing, Place, Question, Spot
from services.living.journeys.planning import plan
from services.living.present.networks import Present
from services.living.timetable import clock
from services.living.timetable.day import timetable
from services.living.timetable.days import Days
from services.living.timetable.model import Feed, Frequency, Route, Service, Stop, StopTimes, Trip
from services.living.timetable.places import places
from tests.living.journeys.brute import Brute
from tests.living.journeys.feeds import DAY, MOMENT, feeds

VEHICLES = 3
HOUR, MINUTE = 3_600, 60


@pytest.fixture(scope="module")
def town() -> Feed:
    """A line each ten minutes from 5.30 to 17.40 that takes a quarter of an hour from A to C, by B, 110 km apart."""
    stops = [Stop(name, name, -7 + number, 110.4) for number, name in enumerate("ABC")]
    rows = [(0, 0, 0, 0, 0, 0), (0, 1, 420, 440, 0, 0), (0, 2, 920, 920, 0, 0)]
    every = Service(frozenset(range(7)), DAY, DAY + timedelta(days=30))
    frequency = Frequency(0, 5 * HOUR + 30 * MINUTE, 17 * HOUR + 40 * MINUTE, 10 * MINUTE)
    return Feed("Asia/Jakarta", stops, [Route("K4")], [Trip("t", 0, 0)], [every], StopTimes.of(rows), [frequency])


def _asked(feed: Feed, origin: str, target: str, second: int, *, arrive_by: bool = False) -> Answer:
    at = clock.zero(DAY, feed.timezone) + second
    asked = Question(Place(origin), Place(target), at, arrive_by, VEHICLES)
    return plan(Present(Days(timetable(feed)), places(feed)), asked)


def _times(feed: Feed, answer: Answer) -> list[tuple[str, str]]:
    def told(moment: int) -> str:
        second = moment - clock.zero(DAY, feed.timezone)
        return f"{second // HOUR:02}:{second % HOUR // MINUTE:02}"

    return [(told(one.start), told(one.end)) for one in answer.journeys]


def test_a_line_by_headway_arrives_just_in_time(town: Feed) -> None:
    """Not with the first of the hour that is looked at; the wait of a whole headway is a part of the journey."""
    assert _times(town, _asked(town, "A", "C", 10 * HOUR, arrive_by=True)) == [("09:34", "10:00")]
    assert _times(town, _asked(town, "A", "C", 19 * HOUR, arrive_by=True)) == [("17:40", "17:55")]


def test_nobody_waits_all_night_for_the_first_bus(town: Feed) -> None:
    """Who asks late is sent there when it leaves, and not at once."""
    (journey,) = _asked(town, "A", "C", 23 * HOUR + 30 * MINUTE).journeys
    (leg,) = journey.legs
    assert journey.start == leg.ready == leg.start == clock.zero(DAY, town.timezone) + 29 * HOUR + 30 * MINUTE
    (journey,) = _asked(town, "B", "C", 5 * HOUR).journeys
    assert journey.start == journey.legs[0].ready == journey.legs[0].start


def test_waiting_for_a_headway_is_counted(town: Feed) -> None:
    """From when one is at the stop."""
    assert _times(town, _asked(town, "A", "C", 9 * HOUR)) == [("09:00", "09:25")]


def test_who_is_there_already_is_told_so(town: Feed) -> None:
    """Instead of a walk of no metres; a walk of some stays one."""
    known, at = places(town), clock.zero(DAY, town.timezone) + 9 * HOUR
    here, beside, around = Place(lat=-7.0, lon=110.4), Place(lat=-7.00005, lon=110.4), Place(lat=-7.001, lon=110.4)

    def asked(origin: Place, target: Place) -> Answer:
        return plan(Present(Days(timetable(town)), known), Question(origin, target, at, False, VEHICLES))

    for origin, target in ((here, here), (here, beside), (Place("A"), beside), (beside, Place("A"))):
        assert asked(origin, target).missing is Missing.SAME_PLACE
    (walk,) = asked(here, around).journeys
    assert walk.legs[0].metres > 100


def test_who_wants_to_arrive_on_a_day_without_service_is_told_that_nothing_runs(town: Feed) -> None:
    """Though something runs on the next morning."""
    others = Service(frozenset(range(7)), DAY - timedelta(days=7), DAY + timedelta(days=30), removed=frozenset({DAY}))
    feed = Feed(town.timezone, town.stops, town.routes, town.trips, [others], town.times, town.frequencies)
    assert _asked(feed, "A", "C", 15 * HOUR, arrive_by=True).missing is Missing.NO_SERVICE
    assert _asked(town, "A", "C", 5 * HOUR, arrive_by=True).missing is Missing.NO_WAY


@pytest.mark.parametrize("at", [-62_135_596_800, 253_402_300_799])
@pytest.mark.parametrize("arrive_by", [False, True])
def test_the_ends_of_the_calendar_lie_outside(town: Feed, at: int, *, arrive_by: bool) -> None:
    """The first and the last second that a clock can tell, wherever the city is."""
    for timezone in ("Asia/Jakarta", "America/Lima"):
        feed = Feed(timezone, town.stops, town.routes, town.trips, town.services, town.times, town.frequencies)
        asked = Question(Place("A"), Place("C"), at, arrive_by, VEHICLES)
        assert plan(Present(Days(timetable(feed)), places(feed)), asked).missing is Missing.OUTSIDE


@given(feeds(), st.integers(3 * 12, 24 * 12 - 1), st.data())
@settings(max_examples=200)
def test_the_first_that_arrives_by_a_time_is_the_latest_that_does(feed: Feed, by: int, data: st.DataObject) -> None:
    """Against trying everything: leaving a minute later is too late; what follows leaves earlier or alike."""
    origin, target = data.draw(st.permutations(range(len(feed.stops))))[:2]
    shown = _asked(feed, f"s{origin}", f"s{target}", by * MOMENT, arrive_by=True).journeys
    if not shown or not all(one.vehicles for one in shown):
        return  # nothing runs there so early on that day, or one walks
    zero, everything = clock.zero(DAY, feed.timezone), Brute(feed, DAY)
    starts = [one.start - zero for one in shown]
    assert all(one.end - zero <= by * MOMENT for one in shown)
    assert [one // MINUTE for one in starts] == sorted((one // MINUTE for one in starts), reverse=True)
    assert everything.arrival(origin, target, starts[0], VEHICLES) <= by * MOMENT
    later = starts[0] // MINUTE * MINUTE + MINUTE
    assert everything.arrival(origin, target, later, VEHICLES) > by * MOMENT


def test_nobody_changes_for_seconds() -> None:
    """What looks alike to the minute is one journey: the one without a change."""
    direct, changing = _journey(60, 620, "K4"), _journey(65, 601, "K4", "K8")
    assert choosing.optimal([changing, direct]) == [direct]
    sooner = _journey(60, 540, "K4", "K8")
    assert choosing.chosen(choosing.optimal([sooner, direct])) == (direct, sooner)


def _journey(start: int, end: int, *routes: str) -> Journey:
    spot = Spot("s", "s", 0, 0)
    return Journey(start, end, tuple(Leg(start, end, spot, spot, route=one, trip=one) for one in routes))
