"""Which of what is closed a journey meets."""

from typing import Any

import numpy as np
import pytest
import shapely

from services.living.journeys import meeting
from services.living.journeys.model import Journey, Leg, Spot
from services.living.present.areas import through
from services.living.present.model import Closure
from services.living.present.networks import Present
from services.living.timetable.day import timetable
from services.living.timetable.days import Days
from services.living.timetable.model import Feed, StopTimes
from services.living.timetable.places import places

HERE, THERE = Spot("A", "A", -7.0, 110.400), Spot("B", "B", -7.0, 110.404)
WALK = Leg(100, 400, HERE, THERE, metres=440)
AREAS = [
    Closure("flood", outline=shapely.to_wkb(shapely.box(west, -7.001, west + 0.001, -6.999))) for west in (110.4, 110.5)
]
OTHERS = [
    Closure("line", route="r0"),
    Closure("stop", stop="A"),
    Closure("stop of a line", route="r0", stop="B"),
    Closure("stretch", route="r0", begin="A", finish="B"),
    Closure("over", end=50, outline=AREAS[0].outline),
    Closure("area of a line", route="r0", outline=AREAS[0].outline),
]


@pytest.fixture
def present() -> Present:
    """A town without lines."""
    feed = Feed("Asia/Jakarta", [], [], [], [], StopTimes.of([]))
    return Present(Days(timetable(feed)), places(feed))


def test_a_walk_is_compared_with_no_closure_but_areas(present: Present, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten milliseconds were spent on fifty closed stops that nobody on foot can meet."""
    compared: list[Closure] = []

    def counted(closures: Any, *ends: Any) -> Any:
        compared.extend(closures)
        return through(closures, *ends)

    monkeypatch.setattr(meeting, "through", counted)
    stops = [Closure("stop", stop=str(number)) for number in range(50)]
    assert meeting.met([Journey(100, 400, (WALK,))], [*stops, AREAS[0]], present) == [AREAS[0]]
    assert compared == [AREAS[0]]


@pytest.mark.parametrize("closure", [*AREAS, *OTHERS], ids=lambda one: one.alert)
def test_a_walk_meets_exactly_the_open_ended_areas_that_it_goes_through(present: Present, closure: Closure) -> None:
    ends = ((np.array([one.lon]), np.array([one.lat])) for one in (HERE, THERE))
    crossed = bool(through((closure,), *ends)[0]) and not closure.route and not closure.end
    assert meeting.met([Journey(100, 400, (WALK,))], [closure], present) == [closure] * crossed
