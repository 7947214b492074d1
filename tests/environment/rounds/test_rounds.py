"""A day's rounds: what joins, how they are planned in the background, and how their stops are ticked off."""

import asyncio
from typing import Any

import pytest

from observability import semconv
from services.environment.rounds import gauges, planning, reactions, timers
from services.environment.routing import running
from services.environment.routing.model import Found
from services.kit.events import Event
from services.kit.ids import uuid7
from smartcity.environment.v1 import events_pb2
from smartcity.environment.v1 import rounds_pb2 as pb
from tests.environment.conftest import DLH, DPU
from tests.environment.rounds.collecting import DEPOT, Collecting, causes, stops
from tests.environment.warnings.warning import SIAGA, TANJUNG_MAS, Warnings
from tests.governance.conftest import ADMIN, refused, request_id

DAY, WEDNESDAY = "2026-03-02", "2026-03-04"


async def test_full_silent_and_due_containers_and_open_jobs_join(collecting: Collecting) -> None:
    await collecting.container("kontainer-miroto", 20)  # Monday is its day
    await collecting.container("kontainer-gabahan", 85)
    await collecting.container("kontainer-kaligawe", 85, hours=30)
    await collecting.container("kontainer-bongsari", 95)  # the other depot's
    job = await collecting.job()
    await collecting.job(2, location=None)
    await collecting.job(3, exercise=True)
    plan = await collecting.planned()
    assert (plan.state, plan.percent, plan.edition, plan.day) == (pb.ROUND_PLAN_STATE_PLANNED, 100, 1, DAY)
    assert (plan.made_up, plan.detour, plan.landfill_name) == (True, 1.4, "TPA Jatibarang")
    assert causes(stops(plan)) == {
        "kontainer-miroto": "pickup_day",
        "kontainer-gabahan": "full",
        "kontainer-kaligawe": "silent",
        job.code: "open_job",
    }
    assert set(causes(plan.left_out).values()) == {"no_place"}
    by_code = {one.code: one for one in stops(plan)}
    assert by_code["kontainer-gabahan"].fill == 85
    assert by_code["kontainer-gabahan"].volume == pytest.approx(5.1)
    assert not by_code["kontainer-kaligawe"].HasField("fill")
    for one in plan.rounds:
        assert one.start_time.ToJsonString() >= "2026-03-01T22:00:00Z"
        assert one.end_time.ToJsonString() <= "2026-03-02T07:00:00Z"
        times = [stop.start_time.ToDatetime() for stop in one.stops]
        assert times == sorted(times)
    # The town centre is served before half past nine.
    assert by_code["kontainer-miroto"].start_time.ToJsonString() <= "2026-03-02T02:30:00Z"


async def test_a_container_with_room_waits_for_its_day(collecting: Collecting) -> None:
    await collecting.container("kontainer-miroto", 20)
    assert not stops(await collecting.planned("2026-03-03"))  # a Tuesday


async def test_flooded_kelurahan_are_left_out_and_named(collecting: Collecting) -> None:
    await collecting.container("kontainer-tanjung-mas", 90)
    await collecting.container("kontainer-gabahan", 90)
    warnings = Warnings(collecting.served)
    await warnings.in_force(level=SIAGA)
    plan = await collecting.planned()
    assert causes(plan.left_out) == {"kontainer-tanjung-mas": "flooded"}
    assert [one.code for one in plan.flooded] == [TANJUNG_MAS]
    assert [one.code for one in stops(plan)] == ["kontainer-gabahan"]


_HANDLERS: dict[Any, Any] = {
    events_pb2.WarningRaised: reactions.on_warning_raised,
    events_pb2.WarningUpdated: reactions.on_warning_updated,
    events_pb2.WarningCleared: reactions.on_warning_cleared,
}


async def _hears(collecting: Collecting, kind: Any, *, exercise: bool = False) -> None:
    """The pillar hears of what it published about a warning."""
    served = collecting.served
    event: Event[Any] = Event(
        id=uuid7(), type=kind.DESCRIPTOR.full_name, source="/smartcity/environment", time=served.now, aggregate="w",
        version=1, correlation="flood", causation=None, exercise=exercise, traceparent=None, message=kind(id="w"),
    )  # fmt: skip
    async with served.runtime.transaction() as tx:
        await _HANDLERS[kind](tx, event)


async def _standing(collecting: Collecting, *kinds: Any) -> dict[str, pb.RoundPlan]:
    """The plans that hold once the pillar has heard of warnings, by their days; none is being made."""
    for kind in kinds:
        await _hears(collecting, kind)
    await timers.make_plans(collecting.served.runtime)
    plans = (await collecting.call(pb.ListRoundPlansRequest())).plans
    return {one.day: await collecting.read(one.id) for one in plans if one.state == pb.ROUND_PLAN_STATE_PLANNED}


async def test_a_flood_and_its_end_plan_all_its_days_anew_until_their_trucks_are_out(collecting: Collecting) -> None:
    await collecting.container("kontainer-tanjung-mas", 90)
    await collecting.container("kontainer-gabahan", 90)
    plain, later = await collecting.planned(), await collecting.planned(WEDNESDAY)
    warnings = Warnings(collecting.served)
    raised = await warnings.in_force(level=SIAGA, hours=72)  # until three on Thursday morning
    await _hears(collecting, events_pb2.WarningRaised, exercise=True)
    assert {one.id for one in (await _standing(collecting)).values()} == {plain.id, later.id}

    flooded = await _standing(collecting, *[events_pb2.WarningRaised] * 2)
    assert {day: (one.edition, causes(one.left_out)) for day, one in flooded.items()} == {
        day: (2, {"kontainer-tanjung-mas": "flooded"}) for day in (DAY, WEDNESDAY)
    }
    assert await _standing(collecting, events_pb2.WarningUpdated) == flooded, "they know already"

    await warnings.ended("Clear", raised)
    dry = await _standing(collecting, events_pb2.WarningCleared)
    assert {day: (one.edition, len(one.left_out)) for day, one in dry.items()} == {DAY: (3, 0), WEDNESDAY: (3, 0)}
    for stop in stops(dry[DAY]):
        await collecting.tick(stop)

    await warnings.in_force(level=SIAGA, hours=72)
    again = await _standing(collecting, events_pb2.WarningRaised)
    assert {day: one.edition for day, one in again.items()} == {DAY: 3, WEDNESDAY: 4}
    rows = await collecting.served.outbox()
    told = [row["correlation"] for row in rows if row["type"].endswith("RoundPlanned")]
    assert told == [plain.id, later.id, *["flood"] * 5]
    assert {row["correlation"] for row in rows if row["type"].endswith("RoundCompleted")} == {"flood"}


async def test_what_failed_while_it_floods_is_asked_for_again_a_few_times(
    collecting: Collecting, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: Any) -> list[Found]:
        raise running.BrokenError("crashed")

    async def again(minutes: float) -> int:
        """The newest edition so long after."""
        served.pass_time(minutes=minutes)
        await timers.ask_again(served.runtime)
        await timers.make_plans(served.runtime)
        found: int = await served.admin.fetchval("SELECT max(edition) FROM environment.round_plan")
        return found

    served = collecting.served
    await collecting.container("kontainer-tanjung-mas", 90)
    await collecting.planned()
    await Warnings(served).in_force(level=SIAGA)
    with monkeypatch.context() as patch:
        patch.setattr(running, "solve", broken)
        await _hears(collecting, events_pb2.WarningRaised)
        assert [await again(minutes) for minutes in (1, 3, 2, 9, 2)] == [2, 2, 3, 3, 4]
        ((age, _),) = (await gauges.read(served.runtime))[semconv.PLANNING_AGE]
        assert age > 900, "since the first"
    assert await again(21) == 5
    (plan,) = (await _standing(collecting)).values()
    assert (plan.edition, causes(plan.left_out)) == (5, {"kontainer-tanjung-mas": "flooded"})
    assert await again(90) == 5


@pytest.mark.parametrize("making", [False, True])
async def test_a_day_whose_tick_is_taken_back_after_the_flood_came_is_planned_anew_by_itself(
    collecting: Collecting, making: bool
) -> None:
    for code in ("kontainer-tanjung-mas", "kontainer-gabahan"):
        await collecting.container(code, 90)
    first, *_ = stops(await collecting.planned())
    await Warnings(collecting.served).in_force(level=SIAGA)
    if making:  # the edition without what is flooded is asked for when the stop is ticked off
        await _hears(collecting, events_pb2.WarningRaised)
    wrong = await collecting.tick(first)
    (plan,) = (await _standing(collecting, *[] if making else [events_pb2.WarningRaised])).values()
    assert (plan.edition, len(plan.left_out)) == (1, 0), "its trucks are out"
    await collecting.tick(wrong, state=pb.ROUND_STOP_STATE_OPEN)
    collecting.served.pass_time(minutes=6)
    await timers.ask_again(collecting.served.runtime)
    (plan,) = (await _standing(collecting)).values()
    assert (plan.edition, causes(plan.left_out)) == (2 + making, {"kontainer-tanjung-mas": "flooded"})


async def test_a_drill_floods_nobody(collecting: Collecting) -> None:
    await collecting.container("kontainer-tanjung-mas", 90)
    await Warnings(collecting.served).in_force(exercise=True)
    plan = await collecting.planned()
    assert not plan.left_out
    assert not plan.flooded


async def test_a_plan_is_answered_at_once_and_one_at_a_time(collecting: Collecting) -> None:
    asked = await collecting.asked()
    assert (asked.state, asked.phase) == (pb.ROUND_PLAN_STATE_PLANNING, pb.ROUND_PLAN_PHASE_WAITING)
    with refused("PLAN_UNDER_WAY"):
        await collecting.asked()
    await collecting.asked("2026-03-03")
    await timers.make_plans(collecting.served.runtime)
    page = await collecting.call(pb.ListRoundPlansRequest())
    assert [one.state for one in page.plans] == [pb.ROUND_PLAN_STATE_PLANNED] * 2


async def test_the_same_key_asks_once(collecting: Collecting) -> None:
    request = pb.PlanRoundsRequest(request_id=request_id(), depot=DEPOT)
    first, second = await collecting.call(request), await collecting.call(request)
    assert first.plan.id == second.plan.id


async def test_planning_again_takes_its_place_until_a_truck_has_left(collecting: Collecting) -> None:
    await collecting.container("kontainer-gabahan", 85)
    first, second = await collecting.planned(), await collecting.planned()
    assert (first.edition, second.edition) == (1, 2)
    assert (await collecting.read(first.id)).state == pb.ROUND_PLAN_STATE_SUPERSEDED
    with refused("PLAN_NOT_CURRENT"):
        await collecting.tick(stops(first)[0])
    await collecting.tick(stops(second)[0])
    with refused("TRUCK_LEFT"):
        await collecting.asked()


async def test_a_truck_that_leaves_while_another_edition_is_made_stops_that(collecting: Collecting) -> None:
    await collecting.container("kontainer-gabahan", 85)
    first = await collecting.planned()
    again = await collecting.asked()
    await collecting.tick(stops(first)[0])
    await timers.make_plans(collecting.served.runtime)
    failed = await collecting.read(again.id)
    assert (failed.state, failed.failure) == (pb.ROUND_PLAN_STATE_FAILED, pb.ROUND_PLAN_FAILURE_TRUCK_LEFT)
    assert (await collecting.read(first.id)).state == pb.ROUND_PLAN_STATE_PLANNED


@pytest.mark.parametrize(
    ("why", "failure"),
    [("timeout", pb.ROUND_PLAN_FAILURE_TIMEOUT), ("crashed", pb.ROUND_PLAN_FAILURE_CRASHED)],
)
async def test_a_search_that_ends_without_an_answer_fails_with_its_reason(
    collecting: Collecting, monkeypatch: pytest.MonkeyPatch, why: str, failure: int
) -> None:
    async def broken(*_: Any) -> list[Found]:
        raise running.BrokenError(why)

    monkeypatch.setattr(running, "solve", broken)
    plan = await collecting.planned()
    assert (plan.state, plan.failure) == (pb.ROUND_PLAN_STATE_FAILED, failure)
    monkeypatch.undo()
    assert (await collecting.planned()).edition == 2


async def test_what_breaks_a_rule_is_not_stored(collecting: Collecting, monkeypatch: pytest.MonkeyPatch) -> None:
    for code in ("kontainer-gabahan", "kontainer-kaligawe", "kontainer-tanjung-mas"):
        await collecting.container(code, 100)

    async def overloaded(problem: Any, *_: Any) -> list[Found]:
        return [Found(problem.trucks[0].id, (tuple(one.id for one in problem.stops),))]

    monkeypatch.setattr(running, "solve", overloaded)
    plan = await collecting.planned()
    assert (plan.state, plan.failure) == (pb.ROUND_PLAN_STATE_FAILED, pb.ROUND_PLAN_FAILURE_INVALID)
    assert not stops(plan)


async def test_a_plan_whose_process_ended_is_begun_again_and_given_up_in_the_end(
    collecting: Collecting, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def cancelled(*_: Any) -> list[Found]:
        raise asyncio.CancelledError

    asked = await collecting.asked()
    monkeypatch.setattr(running, "solve", cancelled)
    for _ in range(3):
        with pytest.raises(asyncio.CancelledError):
            await timers.make_plans(collecting.served.runtime)
        assert (await collecting.read(asked.id)).phase == pb.ROUND_PLAN_PHASE_SEARCHING
    await timers.make_plans(collecting.served.runtime)
    assert (await collecting.read(asked.id)).failure == pb.ROUND_PLAN_FAILURE_CRASHED


async def test_progress_is_seen_while_rounds_are_searched(
    collecting: Collecting, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    asked = await collecting.asked()

    async def slow(problem: Any, seconds: float, tell: Any) -> list[Found]:
        await tell(37)
        seen.append((await collecting.read(asked.id)).percent)
        return []

    monkeypatch.setattr(planning, "TOLD_EVERY_S", 0.0)
    monkeypatch.setattr(running, "solve", slow)
    await timers.make_plans(collecting.served.runtime)
    assert seen == [37]


async def test_all_stops_ticked_off_complete_the_round_once(collecting: Collecting) -> None:
    await collecting.container("kontainer-gabahan", 85)
    await collecting.container("kontainer-kaligawe", 85)
    plan = await collecting.planned()
    (only,) = plan.rounds
    first, second = only.stops
    gone = await collecting.tick(first, state=pb.ROUND_STOP_STATE_UNREACHABLE, note="Jalan ditutup pasar.")
    assert (gone.state, gone.note) == (pb.ROUND_STOP_STATE_UNREACHABLE, "Jalan ditutup pasar.")
    done = await collecting.tick(second)
    await collecting.tick(done)  # said again, by somebody who has seen it
    now = await collecting.read(plan.id)
    assert (now.stops, now.ticked) == (2, 2)
    assert now.rounds[0].HasField("complete_time")
    rows = await collecting.served.outbox()
    told = [row for row in rows if row["type"].rpartition(".")[2].startswith("Round")]
    assert [row["type"].rpartition(".")[2] for row in told] == ["RoundPlanned", "RoundCompleted"]
    planned = events_pb2.RoundPlanned.FromString(told[0]["payload"])
    completed = events_pb2.RoundCompleted.FromString(told[1]["payload"])
    assert (planned.rounds, planned.stops, planned.left_out, planned.day) == (1, 2, 0, DAY)
    assert (completed.done, completed.unreachable, completed.truck) == (1, 1, only.truck)
    assert {row["correlation"] for row in told} == {plan.id}


async def test_plans_are_their_agencys(collecting: Collecting) -> None:
    await collecting.container("kontainer-gabahan", 85)
    plan = await collecting.planned()
    with refused("NOT_YOURS"):
        await collecting.asked("2026-03-04", DPU)
    with refused("ROUND_PLAN_NOT_FOUND"):
        await collecting.read(plan.id, DPU)
    with refused("ROUND_STOP_NOT_FOUND"):
        await collecting.tick(stops(plan)[0], DPU)
    for caller, found in ((DLH, 1), (ADMIN, 1), (DPU, 0)):
        assert len((await collecting.call(pb.ListRoundPlansRequest(), caller)).plans) == found
        assert len((await collecting.call(pb.ListDepotsRequest(), caller)).depots) == 2 * found


@pytest.mark.parametrize(
    ("reason", "fields"),
    [
        ("DEPOT_UNKNOWN", {"depot": "lain"}),
        ("DEPOT_UNKNOWN", {"depot": ""}),
        ("DAY_INVALID", {"day": "2026-02-30"}),
        ("DAY_INVALID", {"day": "besok"}),
        ("ROUNDS_DAY_INVALID", {"day": "2026-03-01"}),
        ("ROUNDS_DAY_INVALID", {"day": "2026-03-10"}),
    ],
)
async def test_what_cannot_be_planned_is_refused(collecting: Collecting, reason: str, fields: dict[str, str]) -> None:
    with refused(reason):
        await collecting.call(pb.PlanRoundsRequest(**{"request_id": request_id(), "depot": DEPOT, **fields}))


async def test_of_a_day_that_has_begun_what_is_left_is_planned(collecting: Collecting) -> None:
    await collecting.container("kontainer-gabahan", 85)
    collecting.served.pass_time(hours=9)  # noon: the town centre's hours are over
    plan = await collecting.planned()
    assert causes(plan.left_out) == {"kontainer-gabahan": "out_of_hours"}
