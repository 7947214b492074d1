"""Nobody is sent on foot through an area that is closed."""

from datetime import timedelta

import pytest
import shapely

from services.living.journeys.model import Answer, Journey, Missing, Place, Question
from services.living.journeys.planning import plan
from services.living.present.model import Closure, Now
from services.living.present.networks import Present
from services.living.timetable import clock
from services.living.timetable.day import timetable
from services.living.timetable.days import Days
from services.living.timetable.model import Feed, Route, Service, Stop, StopTimes, Trip
from services.living.timetable.places import places
from tests.living.journeys.feeds import DAY

HOUR = 3_600
ZERO = clock.zero(DAY, "Asia/Jakarta")
AT = ZERO + 8 * HOUR
STOPS = {"A": 110.400, "B": 110.404, "C": 110.500, "D": 110.504, "E": 110.600}
"""A and B, and C and D, are 440 m apart; line r0 goes from A to C, r1 from B to C, r2 from D to E."""
RUNS = (("A", "C"), ("B", "C"), ("D", "E"))


@pytest.fixture(scope="module")
def town() -> Feed:
    """Each line runs at every hour and takes 20 minutes, r0 and r1 15."""
    numbers = {name: number for number, name in enumerate(STOPS)}
    stops = [Stop(name, name, -7.0, lon) for name, lon in STOPS.items()]
    rows, trips = list[tuple[int, int, int, int, int, int]](), list[Trip]()
    for hour in range(6, 20):
        for line, (begin, finish) in enumerate(RUNS):
            since = hour * HOUR + 30 * 60 * (line == 2)
            for stop, time in ((begin, since), (finish, since + 15 * 60)):
                rows.append((len(trips), numbers[stop], time, time, 0, 0))
            trips.append(Trip(f"r{line}-{hour}", line, 0))
    every = Service(frozenset(range(7)), DAY, DAY + timedelta(days=30))
    routes = [Route(f"r{line}") for line in range(len(RUNS))]
    return Feed("Asia/Jakarta", stops, routes, trips, [every], StopTimes.of(rows))


def _flood(west: float, east: float, *, end: int = 0) -> Closure:
    """Between two degrees of longitude, across the street on which all stops lie."""
    return Closure("flood", end=end, outline=shapely.to_wkb(shapely.box(west, -7.001, east, -6.999)))


def _asked(feed: Feed, origin: Place, target: Place, *closures: Closure, arrive_by: bool = False) -> Answer:
    present = Present(Days(timetable(feed)), places(feed))
    present.tell(Now(closures))
    return plan(present, Question(origin, target, AT + (2 * HOUR if arrive_by else 0), arrive_by, 3))


def _spot(lon: float, lat: float = -7.0) -> Place:
    return Place(lat=lat, lon=lon)


def _lines(answer: Answer) -> set[tuple[str, ...]]:
    return {tuple(leg.route for leg in one.rides) for one in answer.journeys}


def test_a_walk_all_the_way_through_a_flood_is_not_offered(town: Feed) -> None:
    answer = _asked(town, _spot(110.395), _spot(110.409), _flood(110.4015, 110.4025))
    assert (answer.journeys, answer.missing, answer.avoided) == ((), Missing.CLOSED, ("flood",))


def test_a_walk_beside_a_flood_is_offered(town: Feed) -> None:
    answer = _asked(town, _spot(110.395, -7.002), _spot(110.409, -7.002), _flood(110.4015, 110.4025))
    assert ([one.vehicles for one in answer.journeys], answer.avoided) == ([0], ())


def test_a_walk_is_offered_once_the_flood_is_over(town: Feed) -> None:
    answer = _asked(town, _spot(110.395), _spot(110.409), _flood(110.4015, 110.4025, end=AT - 60))
    assert [one.vehicles for one in answer.journeys] == [0]


@pytest.mark.parametrize("arrive_by", [False, True])
def test_nobody_walks_to_a_stop_through_a_flood(town: Feed, *, arrive_by: bool) -> None:
    origin, flood = _spot(110.403), _flood(110.4015, 110.4025)
    answer = _asked(town, origin, Place("C"), flood, arrive_by=arrive_by)
    assert _lines(answer) == {("r1",)}


@pytest.mark.parametrize("arrive_by", [False, True])
def test_nobody_changes_on_foot_through_a_flood(town: Feed, *, arrive_by: bool) -> None:
    usual = _asked(town, Place("A"), Place("E"), arrive_by=arrive_by)
    assert {rides[-1] for rides in _lines(usual)} == {"r2"}
    answer = _asked(town, Place("A"), Place("E"), _flood(110.5015, 110.5025), arrive_by=arrive_by)
    assert (answer.journeys, answer.missing, answer.avoided) == ((), Missing.CLOSED, ("flood",))


def test_who_stands_in_a_flood_is_not_told_to_walk(town: Feed) -> None:
    answer = _asked(town, _spot(110.402), Place("C"), _flood(110.4015, 110.4025))
    assert (answer.journeys, answer.missing, answer.avoided) == ((), Missing.CLOSED, ("flood",))


def test_no_walk_of_any_journey_meets_a_flood(town: Feed) -> None:
    """The further choices neither."""
    area = shapely.box(110.4005, -7.001, 110.4015, -6.999)
    answer = _asked(town, _spot(110.4025), Place("C"), _flood(110.4005, 110.4015))
    assert answer.journeys
    assert not any(_crosses(one, area) for one in answer.journeys)


def _crosses(journey: Journey, area: shapely.Polygon) -> bool:
    walks = [leg for leg in journey.legs if not leg.rides]
    ends = [[(one.origin.lon, one.origin.lat), (one.target.lon, one.target.lat)] for one in walks]
    return any(area.intersects(shapely.LineString(each)) for each in ends)
