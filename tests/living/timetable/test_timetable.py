"""What becomes of a feed in memory: lines, calendars, ways on foot, words for places."""

import subprocess
import sys
from datetime import date
from itertools import pairwise

import numpy as np
import pytest

from services.living.timetable import calendar, walking
from services.living.timetable.day import timetable
from services.living.timetable.kinds import WayKind
from services.living.timetable.model import (
    Feed,
    Frequency,
    Pathway,
    Route,
    Service,
    Stop,
    StopTimes,
    Transfer,
    Trip,
    Wheelchair,
)
from services.living.timetable.network import EARLY, NEVER, TIME_BITS, Network
from services.living.timetable.patterns import whole
from services.living.timetable.places import places

MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)
H = 3_600
FAR = [Stop(f"s{number}", f"Stop {number}", number, 110.0) for number in range(3)]
DAILY = Service(frozenset(range(7)), date(2026, 1, 1), date(2026, 12, 31))


def feed(*trips: tuple[int, ...], stops: list[Stop] | None = None, **more: object) -> Feed:
    """Trips that leave their stops at these seconds, one stop after the other."""
    rows = [(number, stop, time, time, 0, 0) for number, times in enumerate(trips) for stop, time in enumerate(times)]
    known = [Trip(f"t{number}", 0, 0) for number in range(len(trips))]
    given = {"trips": known, "services": [DAILY], "times": StopTimes.of(rows), **more}
    return Feed("Asia/Jakarta", stops or FAR, [Route("r")], **given)  # type: ignore[arg-type]


def runs(network: Network) -> list[list[int]]:
    """Trips by line, of the day itself."""
    net = network.scheduled
    edges = net.first_run.tolist()
    found = [
        [trip for trip, shift in zip(net.trip[a:b].tolist(), net.shift[a:b].tolist(), strict=True) if shift == 0]
        for a, b in pairwise(edges)
    ]
    return [one for one in found if one]


def test_trips_that_overtake_are_another_line() -> None:
    """Else the next departure would not be the earliest arrival."""
    slow, fast, later = (8 * H, 9 * H, 10 * H), (8 * H + 60, 8 * H + 120, 8 * H + 180), (11 * H, 12 * H, 13 * H)
    assert runs(timetable(feed(slow, fast, later)).network(MONDAY)) == [[0, 2], [1]]


def test_departures_are_sorted_as_one() -> None:
    """Which is what a binary search over all calls rests on."""
    net = timetable(feed((8 * H, 9 * H, 10 * H), (7 * H, 8 * H, 9 * H))).network(MONDAY).scheduled
    assert (np.diff(net.departures) >= 0).all()
    assert ((net.departures & ((1 << TIME_BITS) - 1)) - EARLY).min() >= 7 * H - 86_400


def test_trips_of_the_night_before_and_the_next_morning_are_there() -> None:
    """As far as noon; those of the day before only where they run past midnight."""
    night, noon = (23 * H, 25 * H, 26 * H), (13 * H, 14 * H, 15 * H)
    net = timetable(feed(night, noon)).network(TUESDAY).scheduled
    found = sorted(zip(net.trip.tolist(), net.shift.tolist(), strict=True))
    assert found == [(0, -86_400), (0, 0), (1, 0)]


def test_exact_frequencies_are_departures() -> None:
    """The end is not one of them; the trip itself does not run."""
    repeated = feed((0, 600, 1_200), frequencies=[Frequency(0, 8 * H, 9 * H, 1_200, exact=True)])
    net = timetable(repeated).network(MONDAY).scheduled
    first = net.departures[net.first_departure[0] : net.first_departure[1]]
    today = [one for one in ((first & ((1 << TIME_BITS) - 1)) - EARLY).tolist() if 0 <= one < 86_400]
    assert today == [8 * H, 8 * H + 1_200, 8 * H + 2_400]


def test_exceptions_win_over_weekdays() -> None:
    """And say which days the feed covers."""
    odd = Service(frozenset({0}), MONDAY, MONDAY, frozenset({date(2026, 5, 1)}), frozenset({MONDAY}))
    known = feed((0, 1, 2), services=[odd])
    assert not calendar.running(known, MONDAY)[0]
    assert calendar.running(known, date(2026, 5, 1))[0]
    assert known.days == (MONDAY, date(2026, 5, 1))
    assert calendar.covered(known, date(2026, 5, 2)), "a night that leads out of it"
    assert not calendar.covered(known, date(2026, 5, 3))


def test_times_between_timepoints_are_filled_in() -> None:
    """From the departure before to the arrival after."""
    rows = [(0, 0, 0, 100, 0, 0), (0, 1, -1, -1, 0, 0), (0, 2, -1, -1, 0, 0), (0, 3, 400, 400, 0, 0)]
    assert whole(StopTimes.of(rows)).arrival.tolist() == [0, 200, 300, 400]


def _way(known: Feed, origin: int, target: int, *, step_free: bool = False) -> tuple[int, int] | None:
    table = timetable(known)
    ways = (table.step_free_ways if step_free else table.ways)[0]
    for row in range(int(ways.first[origin]), int(ways.first[origin + 1])):
        if ways.target[row] == target:
            return int(ways.seconds[row]), int(ways.kind[row])
    return None


def test_ways_on_foot_come_from_the_feed_before_straight_lines() -> None:
    """A station stands for its platforms, and what is said of platforms counts more; what is barred is none."""
    stops = [
        Stop("hall", "Hall", 0.0, 110.0, kind=1),
        Stop("a", "Hall", 0.0, 110.0, parent=0),
        Stop("b", "Hall", 0.0, 110.02, parent=0),
        Stop("street", "Street", 0.001, 110.0),
    ]
    plain = feed((0, 1), stops=stops)
    away = walking.seconds(np.array([111.195]))[0]
    assert _way(plain, 1, 3) == (away, WayKind.STRAIGHT)
    assert _way(plain, 1, 2) is not None
    assert _way(plain, 1, 2)[1] == WayKind.STATION  # type: ignore[index]
    told = [Transfer(0, 0, 2, 240), Transfer(1, 2, 2, 90), Transfer(1, 3, 3)]
    known = feed((0, 1), stops=stops, transfers=told)
    assert _way(known, 1, 2) == (90, WayKind.FEED)
    assert _way(known, 2, 1) == (240, WayKind.FEED)
    assert _way(known, 1, 3) is None
    assert timetable(known).ways[0].change.tolist() == [0, 240, 240, 0]
    barred = feed((0, 1), stops=stops, transfers=[Transfer(1, 1, 3)])
    assert timetable(barred).ways[0].change[1] == NEVER


def test_pathways_are_the_ways_of_a_station() -> None:
    """Stairs are none for a wheelchair; what no pathway joins is not joined."""
    stops = [
        Stop("hall", "Hall", 0.0, 110.0, kind=1),
        *(Stop(name, "Hall", 0.0, 110.0, parent=0) for name in "abc"),
        Stop("node", "", 0.0, 110.0, kind=3, parent=0),
    ]
    steps = [Pathway(1, 4, 2, True, 30), Pathway(4, 2, 1, False, -1, 12.0), Pathway(1, 2, 5, True, 200)]
    known = feed((0, 1), stops=stops, pathways=steps)
    assert _way(known, 1, 2) == (40, WayKind.PATHWAY)
    assert _way(known, 2, 1) == (200, WayKind.PATHWAY)
    assert _way(known, 1, 2, step_free=True) == (200, WayKind.PATHWAY)
    assert _way(known, 1, 3) is None


def test_a_boarding_area_stands_for_its_platform() -> None:
    """The standard leads pathways to it instead of to the platform."""
    stops = [
        Stop("hall", "Hall", 0.0, 110.0, kind=1),
        Stop("a", "Hall", 0.0, 110.0, parent=0),
        Stop("b", "Hall", 0.0, 110.0, parent=0),
        Stop("door", "", 0.0, 110.0, kind=2, parent=0),
        Stop("front", "", 0.0, 110.0, kind=4, parent=1),
        Stop("back", "", 0.0, 110.0, kind=4, parent=1),
    ]
    steps = [Pathway(4, 3, 1, True, 30), Pathway(3, 2, 1, True, 20), Pathway(5, 2, 1, True, 200)]
    known = feed((0, 1), stops=stops, pathways=steps)
    assert _way(known, 1, 2) == (50, WayKind.PATHWAY)
    assert _way(known, 2, 1) == (50, WayKind.PATHWAY)
    alone = feed((0, 1), stops=stops, pathways=[Pathway(4, 5, 1, True, 30)])
    assert _way(alone, 1, 2) is None, "the station has pathways, and none joins them"


def test_what_is_not_known_is_not_accessible() -> None:
    """A platform that says nothing is as its station is; a trip that says nothing is not."""
    stops = [
        Stop("hall", "Hall", 0.0, 110.0, kind=1, wheelchair=Wheelchair.YES),
        Stop("a", "Hall", 0.0, 110.0, parent=0),
        Stop("b", "Hall", 1.0, 110.0, parent=0, wheelchair=Wheelchair.NO),
        Stop("c", "C", 2.0, 110.0),
    ]
    trips = [Trip("yes", 0, 0, wheelchair=Wheelchair.YES), Trip("unknown", 0, 0)]
    rows = [(trip, stop, H * stop, H * stop, 0, 0) for trip in (0, 1) for stop in (1, 2, 3)]
    table = timetable(feed(stops=stops, trips=trips, times=StopTimes.of(rows)))
    assert table.step_free_stops.tolist() == [True, True, False, False]
    net = table.network(MONDAY, step_free=True).scheduled
    assert set(net.trip.tolist()) == {0}
    assert net.board.tolist() == [True, False, False]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("a", [["a"]]),
        ("hall", [["a", "b"]]),
        ("  PÁSAR  ", [["north", "south"], ["away"]]),
        ("nothing", []),
    ],
)
def test_a_name_means_the_station_of_who_bears_it(words: str, found: list[list[str]]) -> None:
    """An id is a stop; stops of one name side by side are one place, far apart they are several."""
    stops = [
        Stop("x", "Hall", 0.0, 110.0, kind=1),
        Stop("a", "Hall", 0.0, 110.0, parent=0),
        Stop("b", "Hall", 0.0, 110.02, parent=0),
        Stop("north", "Pasar", 3.001, 110.0),
        Stop("south", "Pasar", 3.0, 110.0),
        Stop("away", "pasar", 4.0, 110.0),
    ]
    known = places(feed((0, 1), stops=stops))
    assert [[stops[one].id for one in place] for place in known.by_words(words)] == found


def test_pairs_near_each_other_are_found_over_the_squares() -> None:
    """As by comparing all with all."""
    chance = np.random.default_rng(7)
    lat, lon = chance.uniform(-7.01, -7, 60), chance.uniform(110, 110.02, 60)
    source, target, _ = walking.pairs(lat, lon)
    found = set(zip(source.tolist(), target.tolist(), strict=True))
    wanted = {
        (a, b)
        for a in range(60)
        for b in range(60)
        if a != b and walking.metres(lat[[a]], lon[[a]], float(lat[b]), float(lon[b]))[0] <= walking.NEAR_M
    }
    assert found == wanted


def test_the_pillar_itself_does_without_numpy() -> None:
    """It takes 30 MB and a part of the start; the planner's process brings it."""
    code = "import sys, services.living.pillar; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
