"""Rounds on made-up days: whatever is found can be driven, and a plan that cannot is refused by name."""

import asyncio
import os
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.environment.routing import running
from services.environment.routing.checking import faults
from services.environment.routing.model import (
    NO_ROOM,
    OUT_OF_HOURS,
    TOO_LARGE,
    Found,
    Plan,
    Point,
    Problem,
    Rest,
    Stop,
    Truck,
    metres,
    planned,
    travel,
)
from services.environment.routing.solving import solve

HOUR = 3_600
points = st.builds(
    Point, st.floats(110.3, 110.5).map(lambda one: round(one, 4)), st.floats(-7.1, -6.95).map(lambda one: round(one, 4))
)


@st.composite
def problems(draw: st.DrawFn, most: int = 12) -> Problem:
    """A day: some of its stops are too large, too late or too many."""
    stops = []
    for number in range(draw(st.integers(0, most))):
        early = draw(st.integers(4, 14)) * HOUR
        litres, seconds = draw(st.integers(1, 9_000)), draw(st.integers(0, 1_800))
        late = early + draw(st.integers(0, 8)) * HOUR
        stops.append(Stop(f"s{number}", draw(points), litres, seconds, early, late, draw(st.integers(1, 10))))
    trucks = []
    for number in range(draw(st.integers(0, 3))):
        early = draw(st.integers(4, 10)) * HOUR
        late = early + draw(st.integers(0, 9)) * HOUR
        trucks.append(Truck(f"t{number}", draw(st.integers(1, 10_000)), early, late, draw(st.integers(0, 3))))
    detour, unload = draw(st.floats(1.0, 2.0)), draw(st.integers(0, 3_000))
    return Problem(draw(points), draw(points), unload, detour, draw(st.floats(3.0, 15.0)), tuple(stops), tuple(trucks))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(problems())
def test_what_is_found_can_be_driven_and_the_rest_has_its_reason(problem: Problem) -> None:
    plan = planned(problem, solve(problem, 0.03, lambda _: None))
    assert faults(problem, plan) == []
    trucks, stops = {one.id: one for one in problem.trucks}, {one.id: one for one in problem.stops}
    served = [visit.stop for one in plan.rounds for visit in one.visits]
    assert sorted(served + [one.stop for one in plan.left]) == sorted(stops)
    for one in plan.rounds:
        truck = trucks[one.truck]
        assert truck.early <= one.starts <= one.ends <= truck.late
        for trip in {visit.trip for visit in one.visits}:
            assert sum(stops[each.stop].litres for each in one.visits if each.trip == trip) <= truck.litres
        assert all(stops[each.stop].early <= each.begins <= stops[each.stop].late for each in one.visits)
    for rest in plan.left:
        fits = [one for one in problem.trucks if one.litres >= stops[rest.stop].litres and one.trips > 0]
        assert (rest.why == TOO_LARGE) == (bool(problem.trucks) and not fits)
        assert rest.why in {TOO_LARGE, OUT_OF_HOURS, NO_ROOM}


@settings(max_examples=80, deadline=None)
@given(problems(most=6), st.data())
def test_whatever_a_plan_says_the_checker_lets_only_pass_what_holds(problem: Problem, data: st.DataObject) -> None:
    """Trips made by chance: the checker agrees with sums of the test's own on capacity and hours."""
    ids = data.draw(st.permutations([one.id for one in problem.stops]))
    if not problem.trucks or not ids:
        return
    cut = data.draw(st.integers(0, len(ids)))
    found = [Found(problem.trucks[0].id, tuple(trip for trip in (tuple(ids[:cut]), tuple(ids[cut:])) if trip))]
    plan, truck = planned(problem, found), problem.trucks[0]
    stops = {one.id: one for one in problem.stops}
    heavy = any(sum(stops[id_].litres for id_ in trip) > truck.litres for trip in found[0].trips)
    many = len(found[0].trips) > truck.trips
    round_ = plan.rounds[0]
    late = round_.ends > truck.late or any(visit.begins > stops[visit.stop].late for visit in round_.visits)
    assert bool(faults(problem, plan)) == (heavy or many or late)


DAY = Problem(
    depot=Point(110.42, -6.97),
    landfill=Point(110.358, -7.022),
    unload_seconds=1_200,
    detour=1.4,
    speed=6.0,
    stops=(
        Stop("a", Point(110.41, -6.98), 6_000, 600, 5 * HOUR, 12 * HOUR),
        Stop("b", Point(110.40, -6.99), 6_000, 600, 5 * HOUR, 12 * HOUR),
        Stop("c", Point(110.43, -6.99), 20_000, 600, 5 * HOUR, 12 * HOUR),
        Stop("d", Point(110.43, -6.99), 2_000, 600, 1 * HOUR, 2 * HOUR),
    ),
    trucks=(Truck("t", 8_000, 5 * HOUR, 13 * HOUR, 3),),
)


@dataclass
class Told:
    """What a plan is told of."""

    percent: list[int]

    async def tell(self, percent: int) -> None:
        """Per cent."""
        self.percent.append(percent)


def _good() -> Plan:
    return planned(DAY, [Found("t", (("a",), ("b",)))])


def test_a_truck_unloads_between_trips_and_comes_home_empty() -> None:
    plan = _good()
    assert faults(DAY, plan) == []
    first, second = plan.rounds[0].visits
    stop = DAY.stops[0]
    unloaded = first.ends + travel(DAY, stop.at, DAY.landfill) + 1_200
    assert second.begins == unloaded + travel(DAY, DAY.landfill, DAY.stops[1].at)
    assert {one.stop: one.why for one in plan.left} == {"c": TOO_LARGE, "d": OUT_OF_HOURS}
    way = [DAY.depot, DAY.stops[0].at, DAY.landfill, DAY.stops[1].at, DAY.landfill, DAY.depot]
    assert plan.rounds[0].metres == sum(metres(DAY, *pair) for pair in pairwise(way))


def test_distances_are_straight_lines_times_the_factor() -> None:
    assert metres(DAY, Point(110.0, -7.0), Point(110.0, -6.0)) == pytest.approx(1.4 * 111_195, rel=1e-4)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"rounds": ()}, "stop a is forgotten"),
        ({"left": (*_good().left, Rest("a", NO_ROOM))}, "stop a is there 2 times"),
        ({"left": (*_good().left, Rest("z", NO_ROOM))}, "stop z is unknown"),
        ({"left": (Rest("c", ""), Rest("d", NO_ROOM))}, "stop c is left without a reason"),
        ({"rounds": (_good().rounds[0],) * 2}, "truck t has 2 rounds"),
        ({"rounds": (msgspec.structs.replace(_good().rounds[0], truck="x"),)}, "truck x is unknown"),
        ({"rounds": (msgspec.structs.replace(_good().rounds[0], ends=7 * HOUR),)}, "truck t is out beyond"),
    ],
)
def test_a_plan_that_does_not_hold_is_named(change: dict[str, Any], fault: str) -> None:
    assert any(each.startswith(fault) for each in faults(DAY, msgspec.structs.replace(_good(), **change)))


def test_what_cannot_be_carried_is_named() -> None:
    heavy = planned(DAY, [Found("t", (("a", "b"),))])
    assert "truck t carries too much" in faults(DAY, heavy)


async def test_the_process_finds_rounds_and_tells_how_far_it_is() -> None:
    told = Told([])
    found = await running.solve(DAY, 4.0, told.tell)
    plan = planned(DAY, found)
    assert faults(DAY, plan) == []
    assert {visit.stop for one in plan.rounds for visit in one.visits} == {"a", "b"}
    assert told.percent == sorted(told.percent)
    assert told.percent[0] == 0
    assert len(told.percent) > 1


async def test_a_process_that_takes_too_long_is_killed() -> None:
    with pytest.raises(running.BrokenError, match="timeout"):
        await running.solve(DAY, 30.0, Told([]).tell, spare=-29.0)
    assert not _workers()


async def test_whoever_gives_up_leaves_no_process() -> None:
    task = asyncio.ensure_future(running.solve(DAY, 30.0, Told([]).tell))
    async with asyncio.timeout(10):
        while not _workers():
            await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not _workers()


async def test_a_process_that_dies_is_told_apart() -> None:
    broken = msgspec.structs.replace(DAY, speed=0.0)  # divides by it
    with pytest.raises(running.BrokenError, match="crashed"):
        await running.solve(broken, 1.0, Told([]).tell)


def _workers() -> list[str]:
    """Children of this process that solve."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((process / "stat").read_text("ascii").rpartition(")")[2].split()[1])
            ours = b"routing.worker" in (process / "cmdline").read_bytes()
        except (OSError, ValueError):
            continue
        if ours and parent == os.getpid():
            found.append(process.name)
    return found
