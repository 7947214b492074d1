"""What is closed or cancelled on the boards of stops: neither the timetable nor a bus leaves there meanwhile."""

from datetime import date, datetime

import msgspec
import pytest

from services.living.departures.live import merged
from services.living.departures.model import Answer, Basis, Departure, Question
from services.living.planner.answering import Planner
from services.living.present.model import Closure, Delay, Now
from services.living.progress.model import Run, run_of
from services.living.timetable import clock
from services.living.timetable.model import Feed, Frequency, Route, Service, Stop, StopTimes, Trip
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
