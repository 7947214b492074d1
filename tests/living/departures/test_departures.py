"""What leaves next: from the timetable, by headway, past midnight, and outside the feed's days."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from services.living.departures.board import departures
from services.living.departures.live import merged
from services.living.departures.model import Answer, Basis, Departure, Question
from services.living.present.model import Closure, Delay, Now
from services.living.present.networks import Present
from services.living.progress.model import Run, run_of
from services.living.resources import resources
from services.living.timetable import clock
from services.living.timetable.day import timetable
from services.living.timetable.days import Days
from services.living.timetable.model import Feed, Frequency, Route, Service, Stop, StopTimes, Trip
from services.living.timetable.places import places
from services.living.tracking.model import MOST_CALLS, Call, Progress
from services.living.vehicles.model import Vehicle, VehicleAccess
from smartcity.living.v1 import departures_pb2 as pb
from tests.governance.conftest import RefusedError
from tests.living.cairns.reading import WEEKDAY
from tests.living.journeys.conftest import bare, cairns_town, semarang, stand_of_transit
from tests.living.journeys.transit import CAIRNS_NOW, Transit

__all__ = ["bare", "cairns_town", "semarang", "stand_of_transit"]

DAY = date(2026, 3, 2)
H = 3_600


def _feed() -> Feed:
    """A station with two platforms; a night bus that leaves at 25:10, a line every ten minutes, a loop."""
    stops = [
        Stop("station", "Station", 0, 110, kind=1, wheelchair=1),
        Stop("one", "Station", 0, 110, parent=0, platform="1"),
        Stop("two", "Station", 0, 110.001, parent=0, platform="2"),
        Stop("end", "End", 0, 110.1),
    ]
    trips = [Trip("night", 0, 0, "End"), Trip("often", 1, 0, "End"), Trip("loop", 2, 0, "Station"), Trip("deaf", 0, 0)]
    rows = [
        (0, 1, 25 * H + 600, 25 * H + 600, 0, 0),
        (0, 3, 26 * H, 26 * H, 0, 0),
        (1, 2, 0, 0, 3, 0),
        (1, 3, 900, 900, 0, 0),
        (2, 1, 9 * H, 9 * H, 0, 0),
        (2, 3, 9 * H + 300, 9 * H + 300, 0, 0),
        (2, 1, 9 * H + 600, 9 * H + 600, 0, 0),
        (3, 1, 9 * H, 9 * H, 1, 0),
        (3, 3, 9 * H + 60, 9 * H + 60, 0, 0),
    ]
    services = [Service(frozenset({0}), DAY, DAY)]
    often = [Frequency(1, 8 * H, 10 * H, 600)]
    return Feed("Asia/Jakarta", stops, [Route("n"), Route("o"), Route("l")], trips, services, StopTimes.of(rows), often)


def _present(feed: Feed) -> Present:
    return Present(Days(timetable(feed)), places(feed))


def _at(hours: float, *, stop: str = "station", day: date = DAY) -> Answer:
    feed = _feed()
    asked = Question(stop, clock.zero(day, feed.timezone) + int(hours * H))
    return departures(_present(feed), asked)


def _told(answer: Answer) -> list[tuple[str, float]]:
    zero = clock.zero(DAY, "Asia/Jakarta")
    return [(one.trip, (one.time - zero) / H) for one in answer.departures]


def test_a_station_is_all_its_platforms() -> None:
    """Trips that nobody may board, and the end of the loop, are not departures."""
    assert _told(_at(8.9)) == [("loop", 9.0), ("often", 8.9 + 1 / 6)]
    assert [one.platform for one in _at(8.9).departures] == ["1", "2"]
    assert _told(_at(8.9, stop="two")) == [("often", 8.9 + 1 / 6)]


def test_a_bus_of_the_night_belongs_to_the_day_before() -> None:
    """Of Monday's service, at ten past one on Tuesday, asked on either side of midnight."""
    assert _told(_at(23.5)) == [("night", 25 + 1 / 6)]
    assert _told(_at(25.0)) == [("night", 25 + 1 / 6)]


def test_a_line_by_headway_is_told_as_one() -> None:
    """With its first and last; before it begins the first, near the end the last."""
    (before,) = _at(7.5, stop="two").departures
    zero = clock.zero(DAY, "Asia/Jakarta")
    assert (before.basis, before.headway, before.time - zero) == (Basis.HEADWAY, 600, 8 * H)
    assert (before.first - zero, before.last - zero, before.arrange) == (8 * H, 10 * H, 3)
    (late,) = _at(9.9, stop="two").departures
    assert late.time == late.last
    assert _at(10.01, stop="two").departures == ()


def test_days_without_service_say_so() -> None:
    """Outside the feed's days, and on one on which nothing runs."""
    assert not _at(9, day=date(2026, 3, 5)).covered
    assert _at(9, day=date(2026, 3, 5)).days == ("2026-03-02", "2026-03-02")
    assert not _at(9, stop="nowhere").known


@pytest.mark.parametrize("start", [23, 20.5, 13, 1])
def test_a_window_of_a_day_has_what_leaves_after_the_next_noon(start: float) -> None:
    """Each run once, on whichever side of that noon it begins; of a line by headway its hours, once."""
    stops = [Stop("one", "One", 0, 110), Stop("two", "Two", 0, 110.1), Stop("end", "End", 0, 110.2)]
    names = ("to noon", "over noon", "after noon", "all day", "evening")
    trips = [Trip(name, 0, 0) for name in names]
    begins = (11 * H - 1, 11 * H + 1_800, 13 * H, 0, 0)
    rows = [
        (trip, stop, begin + place * H, begin + place * H, 0, 0)
        for trip, begin in enumerate(begins)
        for place, stop in enumerate((0, 1, 2))
    ]
    often = [Frequency(3, 6 * H, 22 * H, 600), Frequency(4, 17 * H, 20 * H, 600)]
    service = [Service(frozenset(range(7)), date(2026, 1, 1), date(2026, 12, 31))]
    feed = Feed("Asia/Jakarta", stops, [Route("r")], trips, service, StopTimes.of(rows), often)
    at = clock.zero(DAY, feed.timezone) + int(start * H)
    found = departures(_present(feed), Question("two", at, window_s=24 * H, most=50)).departures

    spans = {(one.trip, one.first, one.last) for one in found if one.basis is Basis.HEADWAY}
    assert len(spans) == sum(one.basis is Basis.HEADWAY for one in found)
    wanted = set[tuple[str, int, int]]()
    for away in (-1, 0, 1):
        zero = clock.zero(DAY + timedelta(days=away), feed.timezone) + H
        for trip, first, last in (("all day", zero + 6 * H, zero + 22 * H), ("evening", zero + 17 * H, zero + 20 * H)):
            if last >= at and first <= at + 24 * H:
                wanted.add((trip, first, last))
    assert spans == wanted
    timed = [one.time for one in found if one.basis is Basis.SCHEDULED]
    zeros = [clock.zero(DAY + timedelta(days=away), feed.timezone) for away in (-1, 0, 1)]
    every = [zero + begin + H for zero in zeros for begin in begins[:3]]
    assert timed == [one for one in every if at <= one <= at + 24 * H]


def test_a_day_on_which_nothing_runs_says_so_though_something_runs_on_the_next_morning() -> None:
    feed = replace(_feed(), services=[Service(frozenset({0}), DAY - timedelta(days=7), DAY)])
    present = _present(feed)
    said = [
        departures(present, Question("one", clock.zero(DAY + timedelta(days=away), feed.timezone) + 12 * H))
        for away in (-1, 0)
    ]
    assert [(one.covered, one.runs) for one in said] == [(True, False), (True, True)]


def test_clocks_put_forward_move_nothing_after_it() -> None:
    """In Berlin at the end of March 2026: noon less twelve hours is eleven in the evening before."""
    day = date(2026, 3, 29)
    assert clock.moment(day, 9 * H, "Europe/Berlin") == datetime(2026, 3, 29, 7, tzinfo=UTC)
    assert clock.moment(day, 0, "Europe/Berlin") == datetime(2026, 3, 28, 22, tzinfo=UTC)
    assert clock.shift(date(2026, 3, 30), day, "Europe/Berlin") == 24 * H
    assert clock.shift(day, date(2026, 3, 28), "Europe/Berlin") == 23 * H


async def test_over_the_real_server(cairns_town: Transit) -> None:
    """Scheduled, in their order, with what they rest on."""
    found = await cairns_town.call(pb.ListDeparturesRequest(stop="750000", minutes=600))
    assert found.departures
    assert found.service_day
    assert not found.made_up
    times = [one.time.ToDatetime(UTC) for one in found.departures]
    assert times == sorted(times)
    assert times[0] >= CAIRNS_NOW
    assert {one.basis for one in found.departures} == {pb.DEPARTURE_BASIS_SCHEDULED}
    assert {one.accessible for one in found.departures} == {pb.TRANSIT_ACCESS_UNKNOWN}
    with pytest.raises(RefusedError) as refused:
        await cairns_town.call(pb.ListDeparturesRequest(stop="nowhere"))
    assert refused.value.reason == "STOP_NOT_FOUND"


async def test_semarang_leaves_by_headway(semarang: Transit) -> None:
    """And says that it was made up."""
    found = await semarang.call(pb.ListDeparturesRequest(stop="TS001"))
    assert found.made_up
    assert found.departures
    assert {one.basis for one in found.departures} == {pb.DEPARTURE_BASIS_HEADWAY}


def _live_at_two(*closures: Closure) -> list[Basis]:
    """What is told of platform 2 at a quarter past eight, while a bus of line o is five minutes from it."""
    feed, zero = _feed(), clock.zero(DAY, "Asia/Jakarta")
    present = _present(feed)
    present.tell(Now(closures=closures))
    at = zero + 8 * H + 900
    now = clock.at(at)
    answer = departures(present, Question("two", at))
    ahead = (Call("two", "Station", at + 300, at + 300, 60),)
    one = Progress("bus", "o", "O", "End", "often", 0, headway=600, calls=ahead)
    bus = Vehicle("bus", 1, "Bus", "", "a", VehicleAccess.UNKNOWN, 0, False, now, now)
    shown = merged(answer, [run_of(one, 1, now, 0, 110)], {"bus": bus}, feed.timezone, at, 2 * H, now, 10)
    return [one.basis for one in shown]


def test_what_is_closed_shows_no_bus_that_comes_there() -> None:
    """A bus knows nothing of it: neither of its stop nor of its line."""
    assert set(_live_at_two()) == {Basis.LIVE, Basis.HEADWAY}
    assert _live_at_two(Closure("flood", stop="two")) == []
    assert _live_at_two(Closure("works", route="o")) == []
    assert Basis.LIVE in _live_at_two(Closure("works", route="n"))


def _shown(at: int, *delays: Delay, runs: Sequence[Run] = (), silent: int = 0) -> list[tuple[float, Basis, float]]:
    """What is told of the loop's station, in hours of the day: when, on what it rests, and when it is by timetable.

    The loop is repeated at 9, 9:20 and 9:40, by a schedule.
    """
    feed, zero = _feed(), clock.zero(DAY, "Asia/Jakarta")
    feed = replace(feed, frequencies=[Frequency(2, 9 * H, 10 * H, 1_200, exact=True)])
    present = _present(feed)
    present.tell(Now(delays=delays))
    answer = departures(present, Question("one", zero + at, window_s=H))
    now = clock.at(zero + at + silent)
    known = {
        one.vehicle: Vehicle(one.vehicle, 1, "", "", "a", VehicleAccess.UNKNOWN, 0, False, now, now) for one in runs
    }
    found = merged(answer, runs, known, feed.timezone, zero + at, H, now, 10)
    return [((one.time - zero) / H, one.basis, one.planned and (one.planned - zero) / H) for one in found]


def _word(at: int, start: int, *seconds: int) -> Delay:
    return Delay("loop", DAY.isoformat(), start, departures=seconds, told=clock.zero(DAY, "Asia/Jakarta") + at)


def test_what_an_operator_says_is_late_is_late_on_the_board() -> None:
    """Also where it ought to have left before; on time is a word, too. After 90 seconds it counts on, and not live."""
    assert [one[0] for one in _shown(9 * H)] == [9, 9 + 1 / 3, 9 + 2 / 3]
    at = 9 * H + 300
    late, timely = _word(at, 9 * H, 600), _word(at, 9 * H + 1_200, 0)
    assert _shown(at, late, timely) == [
        (9 + 1 / 6, Basis.LIVE, 9),
        (9 + 1 / 3, Basis.LIVE, 9 + 1 / 3),
        (9 + 2 / 3, Basis.SCHEDULED, 0),
    ]
    assert _shown(at, late, silent=91)[0] == (9 + 1 / 6, Basis.SCHEDULED, 9)


def test_what_an_operator_cancels_or_skips_is_on_no_board() -> None:
    """Nobody waits for it."""
    gone = Delay("loop", DAY.isoformat(), 9 * H, cancelled=True)
    passes = Delay("loop", DAY.isoformat(), 9 * H + 1_200, departures=(0,), skipped=(0,))
    assert [one[0] for one in _shown(9 * H, gone, passes)] == [9 + 2 / 3]


def test_a_bus_stands_for_its_own_run_of_a_trip_that_is_repeated() -> None:
    """The one of 9:20 is ten minutes late, and tells it itself; those before and after are by the timetable."""
    at, zero = 9 * H, clock.zero(DAY, "Asia/Jakarta")
    ahead = (Call("one", "Station", zero + 9 * H + 1_800, zero + 9 * H + 1_800, 60, planned=zero + 9 * H + 1_200),)
    day, start = DAY.isoformat(), 9 * H + 1_200
    own = Progress("bus", "l", "L", "Station", "loop", start_day=day, start_second=start, calls=ahead)
    assert _shown(at, runs=[run_of(own, 1, clock.at(zero + at), 0, 110)]) == [
        (9, Basis.SCHEDULED, 0),
        (9.5, Basis.LIVE, 9 + 1 / 3),
        (9 + 2 / 3, Basis.SCHEDULED, 0),
    ]
    passed = msgspec.structs.replace(own, calls=())
    assert [one[0] for one in _shown(at, runs=[run_of(passed, 1, clock.at(zero + at), 0, 110)])] == [9, 9 + 2 / 3]


def _of_twenty_past(*ahead: int) -> Progress:
    """The bus of 9:20; it comes to the loop's station so many seconds into the day, or (none) has left it."""
    zero, day = clock.zero(DAY, "Asia/Jakarta"), DAY.isoformat()
    calls = tuple(Call("one", "Station", zero + one, zero + one, 60, planned=zero + 9 * H + 1_200) for one in ahead)
    return Progress("bus", "l", "L", "Station", "loop", start_day=day, start_second=9 * H + 1_200, calls=calls)


def test_of_what_is_past_the_timetable_tells_whatever_vehicles_have_passed() -> None:
    """Asked at half past nine for what leaves from nine on."""
    now = clock.at(clock.zero(DAY, "Asia/Jakarta") + 9 * H + 1_800)
    left, late = (run_of(one, 1, now, 0, 110) for one in (_of_twenty_past(), _of_twenty_past(9 * H + 2_100)))
    assert [one[0] for one in _shown(9 * H, runs=[left], silent=1_800)] == [9, 9 + 1 / 3, 9 + 2 / 3]
    assert _shown(9 * H, runs=[late], silent=1_800) == [
        (9, Basis.SCHEDULED, 0),
        (9 + 7 / 12, Basis.LIVE, 9 + 1 / 3),
        (9 + 2 / 3, Basis.SCHEDULED, 0),
    ]


async def test_a_bus_that_passed_early_takes_the_next_departure_off_no_board(
    cairns_town: Transit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However few are asked for."""
    at = int(CAIRNS_NOW.timestamp())
    feed, answer = await resources(cairns_town.served.runtime).keeper.ask("departures", Question("750000", at), Answer)
    first, second = answer.departures[:2]
    zero = clock.zero(WEEKDAY, feed.timezone)
    one = Progress("bus", first.route, start_day=str(WEEKDAY), trip=first.trip, start_second=first.begins - zero)
    bus = Vehicle("bus", 1, "", "", "a", VehicleAccess.UNKNOWN, 0, False, CAIRNS_NOW, CAIRNS_NOW)

    async def runs(*_: object) -> list[Run]:
        return [run_of(one, 1, CAIRNS_NOW, 0, 110)]

    async def known(*_: object) -> dict[str, Vehicle]:
        return {"bus": bus}

    monkeypatch.setattr("services.living.progress.actions.expected", runs)
    monkeypatch.setattr("services.living.vehicles.store.by_ids", known)
    found = await cairns_town.call(pb.ListDeparturesRequest(stop="750000", page_size=1))
    assert [one.trip for one in found.departures] == [second.trip]


def _on_the_road(
    route: Route, calls: int, pickup: int = 0, vehicles: Sequence[int] = (0,), simulated: Sequence[int] = ()
) -> list[Departure]:
    """The board of stop 50, which a trip of 60 stops, a minute apart, passes at 8:50.

    ``vehicles`` drive it, by seconds late; they have left the first stop and tell of so many stops. Those at
    the places ``simulated`` are.
    """
    zero = clock.zero(DAY, "Asia/Jakarta")
    stops = [Stop(f"s{place}", f"S{place}", 0, 110 + place / 100, platform=f"{place}") for place in range(60)]
    rows = [(0, place, 8 * H + 60 * place, 8 * H + 60 * place, pickup, 0) for place in range(60)]
    service = [Service(frozenset({0}), DAY, DAY)]
    feed = Feed("Asia/Jakarta", stops, [route], [Trip("long", 0, 0, "End")], service, StopTimes.of(rows))
    at = zero + 8 * H + 30
    found = departures(_present(feed), Question("s50", at))
    now = clock.at(at)
    runs, known = [], {}
    for number, late in enumerate(vehicles):
        ahead = tuple(
            Call(f"s{place}", f"S{place}", due + late, due + late, 60, planned=due)
            for place in range(1, calls + 1)
            for due in [zero + 8 * H + 60 * place]
        )
        one = Progress(
            f"bus {number}", "r", "R", "End", "long", 0, start_day=DAY.isoformat(), start_second=8 * H, delay=late,
            calls=ahead,
        )  # fmt: skip
        runs.append(run_of(one, 1, now, 0, 110))
        real = Vehicle(one.vehicle, 1, "", "", "a", VehicleAccess.UNKNOWN, 0, False, now, now)
        known[one.vehicle] = replace(real, simulated=number in simulated)
    return list(merged(found, runs, known, feed.timezone, at, 2 * H, now, 10))


def test_of_stops_too_far_ahead_for_a_vehicle_to_tell_of_the_timetable_does() -> None:
    """It tells of so many stops and no more; those it has passed are over."""
    zero = clock.zero(DAY, "Asia/Jakarta")
    (one,) = _on_the_road(Route("r"), MOST_CALLS)
    assert (one.basis, one.time) == (Basis.SCHEDULED, zero + 8 * H + 3_000)
    (told,) = _on_the_road(Route("r"), 59)
    assert (told.basis, told.vehicle) == (Basis.LIVE, "bus 0")
    assert _on_the_road(Route("r"), 30) == [], "of what it does not tell of, though it could, it has passed"


def test_a_vehicle_says_of_its_departure_all_that_the_timetable_says() -> None:
    """A tram, from its platform, to be arranged by phone."""
    (one,) = _on_the_road(Route("r", "R", "Ring", kind=0, color="FF0000"), 59, pickup=2)
    assert one.basis is Basis.LIVE
    assert (one.platform, one.line_name, one.color, one.kind, one.arrange) == ("50", "Ring", "FF0000", 0, 2)


def test_a_run_is_on_the_board_once_by_the_vehicle_that_is_nearest_to_it() -> None:
    (one,) = _on_the_road(Route("r"), 59, vehicles=(540, 20, -60))
    assert (one.vehicle, one.time - one.planned) == ("bus 1", 20)


def test_a_simulated_vehicle_takes_no_real_one_off_the_board() -> None:
    (one,) = _on_the_road(Route("r"), 59, vehicles=(0, 120, 0), simulated=(0, 2))
    assert (one.vehicle, one.simulated) == ("bus 1", False)
