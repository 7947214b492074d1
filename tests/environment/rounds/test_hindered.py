"""What has come up since a plan was made against going to its stops."""

from services.environment.rounds import timers
from smartcity.environment.v1 import rounds_pb2 as pb
from tests.environment.conftest import DPU
from tests.environment.rounds.collecting import Collecting, stops
from tests.environment.rounds.rows import IN_KEMIJEN, KEMIJEN
from tests.environment.warnings.warning import SIAGA, Warnings


async def _shown(collecting: Collecting, plan: pb.RoundPlan) -> dict[str, str]:
    name = pb.RoundStopHindrance.Name
    found = stops(await collecting.read(plan.id))
    return {one.code: name(one.hindrance).removeprefix("ROUND_STOP_HINDRANCE_").lower() for one in found}


async def test_a_stop_says_that_its_job_is_over(collecting: Collecting) -> None:
    gone, moved, kept = await collecting.job(1), await collecting.job(2), await collecting.job(3)
    plan = await collecting.planned()
    await gone.becomes("withdrawn")
    await moved.assigned(agency=str(DPU.agency))
    assert await _shown(collecting, plan) == {gone.code: "job_over", moved.code: "job_over", kept.code: "unspecified"}


async def test_a_round_is_complete_without_the_jobs_that_are_over(collecting: Collecting) -> None:
    job = await collecting.job()
    await collecting.container("kontainer-gabahan", 85)
    plan = await collecting.planned()
    await job.becomes("duplicate")
    await collecting.tick(next(one for one in stops(plan) if one.kind == pb.ROUND_STOP_KIND_CONTAINER))
    assert (await collecting.read(plan.id)).rounds[0].HasField("complete_time")
    assert (await collecting.sensing.emitted())[-1] == "RoundCompleted"


async def test_a_round_is_complete_when_the_last_job_it_waits_for_is_over(collecting: Collecting) -> None:
    job = await collecting.job()
    await collecting.container("kontainer-gabahan", 85)
    plan = await collecting.planned()
    await collecting.tick(next(one for one in stops(plan) if one.kind == pb.ROUND_STOP_KIND_CONTAINER))
    await timers.complete_rounds(collecting.served.runtime)
    assert not (await collecting.read(plan.id)).rounds[0].HasField("complete_time")
    await job.becomes("withdrawn")
    for _ in range(2):
        await timers.complete_rounds(collecting.served.runtime)
    assert (await collecting.read(plan.id)).rounds[0].HasField("complete_time")
    assert (await collecting.sensing.emitted()).count("RoundCompleted") == 1


async def test_to_take_back_a_tick_that_nobody_made_does_not_open_its_round(collecting: Collecting) -> None:
    """It did, and the round was complete anew at each time, and told so."""
    job = await collecting.job()
    await collecting.container("kontainer-gabahan", 85)
    plan = await collecting.planned()
    left, there = sorted(stops(plan), key=lambda one: one.kind == pb.ROUND_STOP_KIND_CONTAINER)
    await job.becomes("duplicate")
    await collecting.tick(there)
    await collecting.tick(left, state=pb.ROUND_STOP_STATE_OPEN)
    assert (await collecting.read(plan.id)).rounds[0].HasField("complete_time")
    await timers.complete_rounds(collecting.served.runtime)
    assert (await collecting.sensing.emitted()).count("RoundCompleted") == 1


async def test_a_round_of_which_nobody_has_been_anywhere_is_not_complete(collecting: Collecting) -> None:
    job = await collecting.job()
    plan = await collecting.planned()
    await job.becomes("withdrawn")
    await timers.complete_rounds(collecting.served.runtime)
    assert not (await collecting.read(plan.id)).rounds[0].HasField("complete_time")


async def test_stops_say_that_it_floods_there_since_the_trucks_left(collecting: Collecting) -> None:
    for number in (1, 2):
        await collecting.job(number, area=KEMIJEN, location=IN_KEMIJEN)
    plan = await collecting.planned()
    first, second = stops(plan)
    await collecting.tick(first)
    await Warnings(collecting.served).in_force(level=SIAGA, areas=[KEMIJEN.code])
    assert await _shown(collecting, plan) == {first.code: "unspecified", second.code: "flooded"}


async def test_of_a_day_that_is_over_nothing_is_said(collecting: Collecting) -> None:
    job = await collecting.job()
    plan = await collecting.planned()
    await job.becomes("withdrawn")
    collecting.served.pass_time(days=1)
    assert await _shown(collecting, plan) == {job.code: "unspecified"}
