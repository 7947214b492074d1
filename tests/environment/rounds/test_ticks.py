"""How the stops of a day's rounds are ticked off, and what becomes of the jobs behind them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from smartcity.environment.v1 import cleanups_pb2
from smartcity.environment.v1 import rounds_pb2 as pb
from tests.environment.cleanups.test_reactions import RULES
from tests.environment.rounds.collecting import Collecting, stops
from tests.environment.sensing import stamp
from tests.governance.conftest import refused, request_id


async def test_a_job_that_is_ticked_off_has_the_truck_as_its_crew_and_waits_for_photos(collecting: Collecting) -> None:
    job = await collecting.job()
    stop = stops(await collecting.planned())[0]
    await collecting.tick(stop)
    found = await job.job()
    assert found.state == cleanups_pb2.CLEANUP_STATE_DISPATCHED
    assert found.crew.startswith("Truk ")
    assert "CleanupDispatched" in await collecting.sensing.emitted()


async def test_a_job_that_went_to_another_agency_is_not_moved_by_a_truck(collecting: Collecting) -> None:
    job = await collecting.job()
    stop = stops(await collecting.planned())[0]
    city = collecting.served.runtime.city
    collecting.served.runtime.city = replace(city, rules=city.parse_rules(RULES))
    await job.assigned(agency="kec-semarang-tengah")
    await collecting.tick(stop)
    found = await job.job()
    assert (found.agency, found.state, found.crew) == (
        "kec-semarang-tengah", cleanups_pb2.CLEANUP_STATE_OPEN, "",
    )  # fmt: skip
    assert "CleanupDispatched" not in await collecting.sensing.emitted()


async def test_a_job_that_could_not_be_reached_stays_open(collecting: Collecting) -> None:
    job = await collecting.job()
    stop = stops(await collecting.planned())[0]
    await collecting.tick(stop, state=pb.ROUND_STOP_STATE_UNREACHABLE, note="Gang terlalu sempit.")
    assert (await job.job()).state == cleanups_pb2.CLEANUP_STATE_OPEN


async def test_what_a_phone_kept_is_dated_as_it_says_within_reason(collecting: Collecting) -> None:
    for code in ("kontainer-gabahan", "kontainer-kaligawe"):
        await collecting.container(code, 85)
    plan = await collecting.planned()
    collecting.served.pass_time(hours=6)
    now = collecting.served.now
    late, mad = stops(plan)
    told = await collecting.tick(late, time=stamp(now - timedelta(hours=2)))
    assert told.tick_time.ToDatetime() == (now - timedelta(hours=2)).replace(tzinfo=None)
    told = await collecting.tick(mad, time=stamp(now + timedelta(days=900)))
    assert told.tick_time.ToDatetime() == now.replace(tzinfo=None)


async def test_the_second_phone_does_not_overwrite_the_first(collecting: Collecting) -> None:
    await collecting.container("kontainer-gabahan", 85)
    stop = stops(await collecting.planned())[0]
    request = pb.TickStopRequest(request_id=request_id(), id=stop.id, etag=stop.etag, state=pb.ROUND_STOP_STATE_DONE)
    first = await collecting.call(request)
    assert await collecting.call(request) == first  # the same key: sent again by a phone that lost the answer
    with refused("STALE_ETAG"):
        await collecting.tick(stop)
    with refused("ETAG_REQUIRED"):
        await collecting.tick(stop, etag="")


async def test_ticks_are_refused_with_their_reason(collecting: Collecting) -> None:
    await collecting.container("kontainer-gabahan", 85)
    await collecting.job(location=None)
    plan = await collecting.planned()
    with refused("NOTE_REQUIRED"):
        await collecting.tick(stops(plan)[0], state=pb.ROUND_STOP_STATE_UNREACHABLE)
    with refused("STATE_UNKNOWN"):
        await collecting.tick(stops(plan)[0], state=pb.ROUND_STOP_STATE_LEFT_OUT)
    with refused("STOP_LEFT_OUT"):
        await collecting.tick(plan.left_out[0], etag="1")
    with refused("ROUND_STOP_NOT_FOUND"):
        await collecting.tick(pb.RoundStop(id="x", etag="1"))
    tomorrow = await collecting.planned("2026-03-03")
    with refused("ROUND_NOT_BEGUN"):
        await collecting.tick(stops(tomorrow)[0])


async def test_a_tick_that_was_a_mistake_is_taken_back_and_the_day_can_be_planned_anew(collecting: Collecting) -> None:
    for code in ("kontainer-gabahan", "kontainer-kaligawe"):
        await collecting.container(code, 85)
    plan = await collecting.planned()
    wrong = await collecting.tick(stops(plan)[0], state=pb.ROUND_STOP_STATE_UNREACHABLE, note="Jalan ditutup.")
    with refused("TRUCK_LEFT"):
        await collecting.asked()
    again = await collecting.tick(wrong, state=pb.ROUND_STOP_STATE_OPEN)
    assert (again.state, again.note, again.HasField("tick_time")) == (pb.ROUND_STOP_STATE_OPEN, "", False)
    assert (await collecting.read(plan.id)).ticked == 0
    assert (await collecting.planned()).edition == 2


@pytest.mark.parametrize("state", [pb.ROUND_STOP_STATE_OPEN, pb.ROUND_STOP_STATE_UNREACHABLE])
async def test_a_job_whose_tick_was_a_mistake_waits_for_a_crew_again(
    collecting: Collecting, state: "pb.RoundStopState.ValueType"
) -> None:
    job = await collecting.job()
    wrong = await collecting.tick(stops(await collecting.planned())[0])
    left = await collecting.tick(wrong, state=state, note="Gang terlalu sempit.")
    found = await job.job()
    assert (found.state, found.crew) == (cleanups_pb2.CLEANUP_STATE_OPEN, "")
    assert (await collecting.sensing.emitted())[-1] == "CleanupOpened"
    if state == pb.ROUND_STOP_STATE_OPEN:
        assert [one.code for one in stops(await collecting.planned())] == [left.code], "the next edition goes there"


async def test_a_job_that_has_another_crew_by_now_keeps_it(collecting: Collecting) -> None:
    job = await collecting.job()
    wrong = await collecting.tick(stops(await collecting.planned())[0])
    found = await job.job()
    await collecting.call(
        cleanups_pb2.DispatchCleanupRequest(request_id=request_id(), id=found.id, etag=found.etag, crew="Tim 7")
    )
    await collecting.tick(wrong, state=pb.ROUND_STOP_STATE_OPEN)
    assert (await job.job()).crew == "Tim 7"


async def test_a_round_whose_tick_is_taken_back_is_complete_again_with_the_next(collecting: Collecting) -> None:
    await collecting.container("kontainer-gabahan", 85)
    plan = await collecting.planned()
    ticked = await collecting.tick(stops(plan)[0])
    again = await collecting.tick(ticked, state=pb.ROUND_STOP_STATE_OPEN)
    assert not (await collecting.read(plan.id)).rounds[0].HasField("complete_time")
    await collecting.tick(again)
    now = await collecting.read(plan.id)
    assert (now.ticked, now.rounds[0].HasField("complete_time")) == (1, True)
    rows = [row for row in await collecting.served.outbox() if row["type"].endswith("RoundCompleted")]
    assert len({row["version"] for row in rows}) == 2
