"""What is closed or cancelled on the boards of stops: neither the timetable nor a bus leaves there meanwhile."""

from datetime import date, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.living.departures import board
from services.living.departures.live import merged
from services.living.departures.model import Answer, Basis, Departure, Question
from services.living.planner.answering import Planner
from services.living.present.model import Closure, Delay, Now
from services.living.present.networks import Present
from services.living.progress.model import Run, run_of
from services.living.timetable import clock
from services.living.timetable.day import timetable
from services.living.timetable.days import Days
from services.living.timetable.model import Feed, Frequency, Route, Service, Stop, StopTimes, Trip
from services.living.timetable.places import places
from services.living.tracking.model import Call, Progress
from services.living.vehicles.model import Vehicle, VehicleAccess

DAY = date(2026, 3, 2)
ZERO = clock.zero(DAY, "Asia/Jakarta")
H, M = 3_600, 60


def _feed() -> Feed:
    """From A by B, C and D to E, five minutes from each to the next: line S at 8, 8:30, 9 and 9:30, line O every ten
    minutes from 6 to 22.
    """
    stops = [Stop(name, name, -7 + number, 110.4) for number, name in enumerate("ABCDE")]
    trips = [*(Trip(f"S-{number}", 0, 0, "E") for number in range(4)), Trip("O", 1, 0, "E")]
    begins = [*(8 * H + number * 30 * M for number in range(4)), 0]
    rows = [
        (trip, stop, begin + stop * 5 * M, begin + stop * 5 * M, 0, 0)
        for trip, begin in enumerate(begins)
        for stop in range(5)
    ]
    often = [Frequency(4, 6 * H, 22 * H, 600)]
    service = Service(frozenset(range(7)), DAY, DAY.replace(day=30))
    return Feed("Asia/Jakarta", stops, [Route("S"), Route("O")], trips, [service], StopTimes.of(rows), often)


def _asked(
    stop: str, *closures: Closure, at: int = 8 * H, minutes: int = 120, delays: tuple[Delay, ...] = ()
) -> tuple[Question, Answer]:
    planner = Planner(_feed())
    planner.tell(msgspec.msgpack.encode(Now(closures, delays)))
    question = Question(stop, ZERO + at, minutes * M)
    answer = planner.answer("departures", msgspec.msgpack.encode(question))
    return question, msgspec.msgpack.decode(answer, type=Answer)


def _lines(stop: str, *closures: Closure) -> set[str]:
    return {one.route for one in _asked(stop, *closures)[1].departures}


def _bus(*calls: tuple[str, int]) -> Run:
    """Of line O, which is at 8 where it said; the stops ahead, and when it leaves there."""
    ahead = tuple(Call(stop, stop, ZERO + second, ZERO + second, 60) for stop, second in calls)
    return run_of(Progress("bus", "O", "O", "E", "O", headway=600, calls=ahead), 1, _at(8 * H), 0, 110)


def _at(second: int) -> datetime:
    return clock.at(ZERO + second)


def _board(stop: str, run: Run, *closures: Closure, at: int = 8 * H, minutes: int = 120) -> list[Departure]:
    """The board with a bus that tells where it is."""
    question, answer = _asked(stop, *closures, at=at, minutes=minutes)
    bus = Vehicle("bus", 1, "Bus", "", "a", VehicleAccess.UNKNOWN, 0, False, run.at, run.at)
    found = merged(answer, [run], {"bus": bus}, "Asia/Jakarta", question.at, question.window_s, run.at, 50)
    return list(found)


STRETCH = (Closure("works", begin="B", finish="C"), Closure("works", begin="C", finish="D"))


@pytest.mark.parametrize(("stop", "lines"), [("A", {"S", "O"}), ("B", set()), ("C", set()), ("D", {"S", "O"})])
def test_nothing_leaves_into_a_stretch_that_is_closed(stop: str, lines: set[str]) -> None:
    assert _lines(stop, *STRETCH) == lines


def test_a_stretch_that_is_closed_for_one_line_leaves_the_others() -> None:
    assert _lines("C", Closure("works", route="S", begin="C", finish="D")) == {"O"}


def test_no_bus_is_told_where_its_line_leads_into_a_stretch_that_is_closed() -> None:
    bus = _bus(("C", 8 * H + 5 * M), ("D", 8 * H + 10 * M))
    assert Basis.LIVE in {one.basis for one in _board("C", bus)}
    assert _board("C", bus, *STRETCH) == []
    assert Basis.LIVE in {one.basis for one in _board("D", bus, *STRETCH)}


def test_a_line_of_which_every_trip_is_cancelled_leaves_the_others_on_the_board() -> None:
    days = [DAY.replace(day=day).isoformat() for day in (2, 3)]
    gone = tuple(Delay(f"S-{number}", day, cancelled=True) for number in range(4) for day in days)
    _, answer = _asked("A", delays=gone)
    assert {one.route for one in answer.departures} == {"O"}
    assert (set(answer.lines), answer.shut) == ({"O"}, ())


def _leaves(stop: str, *closures: Closure, at: int = 8 * H) -> list[int]:
    """When line S does, in minutes after eight."""
    found = _asked(stop, *closures, at=at)[1].departures
    return [(one.time - ZERO - 8 * H) // M for one in found if one.route == "S"]


def test_what_leaves_before_it_closes_leaves() -> None:
    assert _leaves("A") == [0, 30, 60, 90]
    assert _leaves("A", Closure("flood", ZERO + 8 * H + 5 * M, route="S")) == [0]


def test_what_leaves_after_it_opens_again_leaves() -> None:
    assert _leaves("A", Closure("flood", end=ZERO + 8 * H + 2 * M, stop="A")) == [30, 60, 90]


def test_what_is_closed_between_two_departures_takes_none() -> None:
    assert _leaves("A", Closure("flood", ZERO + 8 * H + 1, ZERO + 8 * H + 30 * M, "S", "A")) == [0, 30, 60, 90]


def test_a_stretch_that_closes_later_is_open_before() -> None:
    assert _leaves("B", Closure("flood", ZERO + 9 * H, begin="B", finish="C")) == [5, 35]


@given(
    st.lists(
        st.builds(
            Closure,
            st.just("flood"),
            st.integers(-20, 150).map(lambda minute: ZERO + 8 * H + minute * M),
            st.sampled_from([0, *(ZERO + 8 * H + minute * M for minute in range(-10, 160, 5))]),
            st.sampled_from(["", "S"]),
            st.sampled_from(["A", "B"]),
        ),
        max_size=4,
    ),
    st.integers(1, 4),
)
def test_a_board_with_what_is_closed_has_as_many_departures_as_are_asked_for(
    closures: list[Closure], most: int
) -> None:
    feed = _feed()
    present = Present(Days(timetable(feed)), places(feed))
    question = Question("A", ZERO + 8 * H, most=50)
    every = [one.time for one in board.departures(present, question).departures if one.route == "S"]
    present.tell(Now((*closures, Closure("works", route="O"))))
    shut = [one for one in closures if one.stop == "A" and (not one.end or one.start < one.end)]
    open_ = [at for at in every if not any(one.overlaps(at, at) for one in shut)]
    found = board.departures(present, msgspec.structs.replace(question, most=most)).departures
    assert [one.time for one in found] == open_[:most]


def _often(stop: str, *closures: Closure, at: int = 8 * H, minutes: int = 120) -> list[tuple[float, float, float]]:
    """Of line O the first, the last, and when one leaves at the latest, in hours of the day."""
    found = _asked(stop, *closures, at=at, minutes=minutes)[1].departures
    often = [one for one in found if one.basis is Basis.HEADWAY]
    return [(round((one.first - ZERO) / H, 2), round((one.last - ZERO) / H, 2), round((one.time - ZERO) / H, 2))
            for one in often]  # fmt: skip


def test_a_line_by_headway_runs_until_it_closes_and_from_when_it_is_open_again() -> None:
    """Nobody knows how soon after that one comes: within its headway."""
    meanwhile = Closure("flood", ZERO + 8 * H + 30 * M, ZERO + 9 * H, route="O")
    assert _often("A", meanwhile) == [(6, 8.5, 8.17), (9, 22, 9.17)]
    assert _often("A", meanwhile, at=8 * H + 45 * M) == [(9, 22, 9.17)]
    assert _often("A", meanwhile, at=10 * H) == [(6, 22, 10.17)], "it was closed before"


def test_a_line_by_headway_that_stays_closed_runs_until_then() -> None:
    assert _often("A", Closure("flood", ZERO + 8 * H + 30 * M, route="O")) == [(6, 8.5, 8.17)]
    assert _often("A", Closure("flood", route="O")) == []


def test_a_line_by_headway_that_is_closed_over_the_next_noon_is_told_once_before_and_once_after() -> None:
    noon = ZERO + 36 * H
    for since, until in ((-2 * H, 3 * H), (H, 3 * H), (-2 * H, -H)):
        meanwhile = Closure("flood", noon + since, noon + until, route="O")
        found = [one[:2] for one in _often("A", meanwhile, at=25 * H, minutes=1_440)]
        assert found == [(30, round(36 + since / H, 2)), (round(36 + until / H, 2), 46)]


def test_a_bus_is_told_where_it_leaves_before_it_closes_and_not_after() -> None:
    bus = _bus(("A", 8 * H + 5 * M), ("B", 8 * H + 10 * M))
    for minute, told in ((3, False), (7, True)):
        closes = Closure("flood", ZERO + 8 * H + minute * M, route="O")
        assert (Basis.LIVE in {one.basis for one in _board("A", bus, closes)}) is told
