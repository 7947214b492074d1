"""Further choices beside the journeys that nothing beats."""

import random
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.living.journeys import further as room
from services.living.journeys.choosing import by_headway, way
from services.living.journeys.model import FEWEST, Answer, Choice, Journey, Place, Question
from services.living.journeys.planning import plan
from services.living.present.model import Closure, Now
from services.living.present.networks import Present
from services.living.timetable import clock
from services.living.timetable.day import timetable
from services.living.timetable.days import Days
from services.living.timetable.model import Feed, Frequency, Route, Service, Stop, StopTimes, Trip
from services.living.timetable.places import places
from tests.living.cairns.reading import WEEKDAY, cairns
from tests.living.journeys.brute import Brute
from tests.living.journeys.feeds import DAY, MOMENT, feeds

HOUR, MINUTE = 3_600, 60
EVERY = Service(frozenset(range(7)), DAY, DAY + timedelta(days=30))


@pytest.fixture(scope="module")
def town() -> Feed:
    """From A to C, 110 km apart, by B and by D: K1 straight by B in 15 minutes, K2 and K3 by D in 30, K4 and K5 by E in
    120; each line every ten minutes."""
    stops = [Stop(name, name, -7 + number, 110.4) for number, name in enumerate("ABCDE")]
    ways = [("K1", "ABC", 450), ("K2", "AD", 900), ("K3", "DC", 300), ("K4", "AE", 3_600), ("K5", "EC", 3_600)]
    rows = [
        (trip, "ABCDE".index(name), place * takes, place * takes, 0, 0)
        for trip, (_, names, takes) in enumerate(ways)
        for place, name in enumerate(names)
    ]
    return Feed(
        "Asia/Jakarta",
        stops,
        [Route(line) for line, _, _ in ways],
        [Trip(f"t{line}", number, 0) for number, (line, _, _) in enumerate(ways)],
        [EVERY],
        StopTimes.of(rows),
        [Frequency(number, 5 * HOUR, 20 * HOUR, 10 * MINUTE) for number in range(len(ways))],
    )


def _present(feed: Feed) -> Present:
    return Present(Days(timetable(feed)), places(feed))


def _asked(feed: Feed, second: int, *, arrive_by: bool = False, origin: str = "A", target: str = "C") -> Question:
    return Question(Place(origin), Place(target), clock.zero(DAY, feed.timezone) + second, arrive_by, 3)


def _told(answer: Answer) -> list[tuple[Choice, bool, list[str]]]:
    return [(one.choice, one.further, [leg.route for leg in one.rides]) for one in answer.journeys]


@pytest.mark.parametrize("arrive_by", [False, True])
def test_what_is_beaten_by_little_is_told_after_what_nothing_beats(town: Feed, *, arrive_by: bool) -> None:
    """By other lines, and why; what takes two hours is not told."""
    answer = plan(_present(town), _asked(town, 9 * HOUR, arrive_by=arrive_by))
    assert _told(answer) == [(Choice.BEST, False, ["K1"]), (Choice.OTHER_LINES, True, ["K2", "K3"])]


def test_a_further_choice_goes_around_what_is_closed(town: Feed) -> None:
    """As all others do."""
    present = _present(town)
    at = clock.zero(DAY, town.timezone)
    present.tell(Now(closures=(Closure("flood", at, at + 20 * HOUR, route="K3"),)))
    assert _told(plan(present, _asked(town, 9 * HOUR))) == [(Choice.BEST, False, ["K1"])]


def test_by_a_timetable_another_time_is_a_choice() -> None:
    """The next run is two hours away at most; one that leaves later than that is not told."""
    stops = [Stop(name, name, -7 + number, 110.4) for number, name in enumerate("AC")]
    begins = (9 * HOUR, 10 * HOUR + 30 * MINUTE, 14 * HOUR)
    rows = [(t, s, at + s * 900, at + s * 900, 0, 0) for t, at in enumerate(begins) for s in range(2)]
    trips = [Trip(f"t{number}", 0, 0) for number in range(3)]
    feed = Feed("Asia/Jakarta", stops, [Route("B1")], trips, [EVERY], StopTimes.of(rows))
    first, later = plan(_present(feed), _asked(feed, 9 * HOUR)).journeys
    assert (first.choice, first.further, later.choice, later.further) == (Choice.BEST, False, Choice.ANOTHER_TIME, True)
    assert later.start - first.start == 90 * MINUTE
    (latest, earlier) = plan(_present(feed), _asked(feed, 11 * HOUR, arrive_by=True)).journeys
    assert (latest.start, earlier.start) == (later.start, first.start)
    assert len(plan(_present(feed), _asked(feed, 13 * HOUR)).journeys) == 1


@given(feeds(), st.booleans(), st.integers(6 * 12, 25 * 12), st.data())
@settings(max_examples=80)
def test_further_choices_are_honest(feed: Feed, arrive_by: bool, at: int, data: st.DataObject) -> None:
    """On networks of all kinds: what nothing beats is what it was, and each other way can be travelled, differs from
    all, and costs no more than is told."""
    origin, target = data.draw(st.permutations(range(len(feed.stops))))[:2]
    asked = _asked(feed, at * MOMENT, arrive_by=arrive_by, origin=f"s{origin}", target=f"s{target}")
    shown = plan(_present(feed), asked).journeys
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(room, "FEWEST", 0)
        alone = plan(_present(feed), asked).journeys
    assert shown[: len(alone)] == alone
    assert len(shown) <= max(len(alone), FEWEST)
    _are_honest(shown, asked)
    everything, zero = Brute(feed, DAY), clock.zero(DAY, feed.timezone)
    for one in shown[len(alone) :]:
        assert one.end - zero >= everything.arrival(origin, target, one.start - zero, one.vehicles)


def test_most_pairs_of_a_real_feed_have_three() -> None:
    """One departure of random pairs of Cairns; what is told is honest there, too."""
    feed, chance = cairns(), random.Random(7)
    present, counts = _present(feed), list[int]()
    zero = clock.zero(WEEKDAY, feed.timezone)
    for _ in range(30):
        origin, target = chance.sample(feed.stops, 2)
        at = zero + chance.randrange(6 * HOUR, 17 * HOUR)
        asked = Question(Place(lat=origin.lat, lon=origin.lon), Place(lat=target.lat, lon=target.lon), at, range_s=0)
        shown = plan(present, asked).journeys
        _are_honest(shown, asked)
        counts.append(len(shown))
    assert sum(one >= FEWEST for one in counts) >= 20


def _are_honest(shown: tuple[Journey, ...], asked: Question) -> None:
    rides = [one for one in shown if one.vehicles and not one.further]
    ways = [way(one) for one in shown if by_headway(one) and one.vehicles]
    assert len(set(ways)) == len(ways)
    for one in shown:
        if not one.further:
            continue
        best = min(rides, key=lambda other: -other.start if asked.arrive_by else other.end)
        takes, slack = best.end - best.start, max((best.end - best.start) // 2, room.SLACK_S)
        assert one.end - one.start <= takes + slack
        assert one.vehicles <= best.vehicles + 1
        assert one.end <= asked.at if asked.arrive_by else one.start >= asked.at
        assert len({leg.route for leg in one.rides}) == one.vehicles
        for before, after in zip(one.legs, one.legs[1:], strict=False):
            assert before.end <= after.start
            assert before.target == after.origin
