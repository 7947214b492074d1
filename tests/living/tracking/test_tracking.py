"""Which run of a line a vehicle drives, by its word or by where it goes; and when it comes."""

import pytest

from services.living.tracking.bunching import Driven, bunched
from tests.living.tracking.towns import APART_M, STEP_S, Driver, H, at, town

TRACKER = town()
EAST, WEST = 90.0, 270.0


def test_a_bus_by_headway_is_known_by_when_it_began() -> None:
    """Its line by its own word, its direction by where it heads; it has no delay."""
    made = Driver(TRACKER, route="often").at(at(9), 1.5 * APART_M, bearing=EAST)
    assert (made.trip, made.headway, made.delay) == ("there", 600, None)
    assert made.elapsed == round(1.5 * STEP_S)
    assert (made.start_day, made.start_second) == ("2026-03-02", 9 * H - made.elapsed)
    assert [call.stop for call in made.calls] == [f"s{number}" for number in range(2, 11)]
    assert [call.sequence for call in made.calls] == [10 * number for number in range(3, 12)]
    assert made.calls[0].arrival == at(9) + STEP_S // 2
    assert not made.calls[-1].boards
    back = Driver(TRACKER, route="often").at(at(9), 1.5 * APART_M, bearing=WEST)
    assert (back.trip, back.calls[0].stop) == ("back", "s1")


def test_a_bus_that_does_not_say_where_it_heads_is_known_once_it_has_moved() -> None:
    """Standing, two directions look alike, and nothing is guessed."""
    bus = Driver(TRACKER, route="often")
    assert bus.at(at(9), 1_000).route == ""
    assert bus.at(at(9) + 10, 1_100).trip == "there"
    assert bus.at(at(9) + 20, 1_100).trip == "there", "it stands, and is still on its run"


def test_the_start_of_a_run_stays_what_it_is_when_a_bus_is_held_up() -> None:
    """The same run until it begins again."""
    bus = Driver(TRACKER, route="often")
    first = bus.at(at(9), 600, bearing=EAST)
    held = bus.at(at(9) + 600, 620, bearing=EAST)
    assert (held.trip, held.start_second) == (first.trip, first.start_second)
    assert held.calls[0].arrival > at(9) + 600
    end = bus.at(at(9) + 1_200, 5_000, bearing=EAST)
    assert end.calls == ()
    turned = bus.at(at(9) + 1_260, 4_900, bearing=WEST)
    assert (turned.trip, turned.start_second != first.start_second) == ("back", True)


def test_a_bus_with_a_timetable_is_late_or_early() -> None:
    """The run that is nearest in time; told by its trip, or found."""
    for driver in (Driver(TRACKER, route="timed"), Driver(TRACKER, trip="nine")):
        made = driver.at(at(9) + round(3.2 * STEP_S) + 120, 3.2 * APART_M, bearing=EAST)
        assert (made.trip, made.delay, made.headway) == ("nine", 120, 0)
        assert made.calls[0].planned == at(9) + 4 * STEP_S
        assert made.calls[0].arrival == made.calls[0].planned + 120


def test_a_bus_drives_no_line_of_another_agency() -> None:
    """Neither by its own word, which would make that line's run late for all, nor by where it goes."""
    two = town(often="A", timed="B")
    seen = at(9) + round(3.2 * STEP_S) + 120, 3.2 * APART_M
    assert Driver(two, trip="nine", agencies=("B",)).at(*seen, bearing=EAST).delay == 120
    for told in ({"trip": "nine"}, {"route": "timed"}):
        assert Driver(two, agencies=("A",), **told).at(*seen, bearing=EAST).route == ""
    assert Driver(two, agencies=("A",)).at(*seen, bearing=EAST).route == "often"
    assert Driver(two, agencies=("C",)).at(*seen, bearing=EAST).route == ""
    both = Driver(two, route="timed", agencies=("A", "B"))
    assert both.at(*seen, bearing=EAST).route == "timed"
    assert Driver(TRACKER, route="timed", agencies=("A",)).at(*seen, bearing=EAST).route == "timed", "it has one alone"


def test_who_waits_at_the_first_stop_leaves_on_time() -> None:
    """Not before, though it stands there."""
    made = Driver(TRACKER, trip="nine").at(at(9) - 300, 0)
    assert made.calls[0].departure == at(9)
    assert made.calls[1].arrival == at(9) + STEP_S


def test_a_run_past_midnight_belongs_to_the_day_before() -> None:
    """At one in the morning it is still Monday's."""
    made = Driver(TRACKER, route="timed").at(at(25) + STEP_S, APART_M, bearing=EAST)
    assert (made.trip, made.start_day, made.start_second) == ("night", "2026-03-02", 25 * H)
    assert made.delay == 0


@pytest.mark.parametrize(
    ("second", "metres", "lat"),
    [(at(9), 1_000, 0.01), (at(3), 1_000, 0.0), (at(60), 1_000, 0.0)],
    ids=["a kilometre off the line", "when nothing runs", "outside the timetable's days"],
)
def test_nothing_is_made_of_a_bus_that_drives_no_line(second: int, metres: float, lat: float) -> None:
    """It is somewhere, and that is all that is said."""
    assert Driver(TRACKER, route="often").at(second, metres, lat=lat, bearing=EAST).route == ""


def test_where_several_lines_share_a_street_none_is_guessed() -> None:
    """But one that is on its way stays on its line."""
    assert Driver(TRACKER).at(at(9), 1_000, bearing=EAST).route == ""


def test_two_buses_too_close_are_bunched() -> None:
    """Closer than a quarter of the headway; not at the first stop, nor the other way."""
    rows = [Driven("a", 0, 500, 600), Driven("b", 0, 390, 600), Driven("c", 0, 200, 600), Driven("d", 1, 495, 600)]
    assert bunched(rows) == {"b": ("a", 110)}
    assert bunched([Driven("a", 0, 60, 600), Driven("b", 0, 0, 600)]) == {}
    assert bunched([Driven("a", 0, 60, 0), Driven("b", 0, 50, 0)]) == {}
