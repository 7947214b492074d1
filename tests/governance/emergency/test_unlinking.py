"""Calls that were joined to the wrong incident are taken out again: they wait, and count there no more."""

import grpc
import grpc.aio
import pytest

from services.governance.welfare import timers as welfare
from services.kit.caller import ANONYMOUS
from smartcity.governance.v1 import emergency_calls_pb2 as calls
from smartcity.governance.v1 import incidents_pb2 as pb
from tests.governance.conftest import Governance
from tests.governance.emergency.room import Room, key
from tests.kit.serving import Refusal


async def responded(room: Room) -> list[tuple[str, int, int]]:
    """What the public is told: services, how often somebody came, and after how many seconds."""
    answer = await room.call("IncidentService.GetResponseTimes", pb.GetResponseTimesRequest(), ANONYMOUS)
    return [(one.service, one.arrived, one.mean_seconds) for one in answer.times]


def due(one: pb.Incident) -> list[int]:
    """How many seconds after it was opened units should be there."""
    return [each.due_time.seconds - one.create_time.seconds for each in one.clocks]


async def refused(room: Room, asked: calls.UnlinkEmergencyCallRequest) -> str:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await room.call("EmergencyCallService.UnlinkEmergencyCall", asked)
    return Refusal.of(caught.value).reason


async def test_a_call_that_is_taken_out_waits_again_and_the_timeline_says_both(room: Room) -> None:
    wrong, right = await room.opened(), await room.opened()
    call = await room.rung()
    await room.linked(call, wrong)
    out = await room.unlinked(call)
    assert (out.state, out.incident, out.words) == (calls.EMERGENCY_CALL_STATE_WAITING, "", call.words)
    assert (out.HasField("close_time"), out.HasField("erase_time")) == (False, False)
    left = await room.seen(wrong.id)
    assert list(left.calls) == []
    assert [(each.what, each.text) for each in left.timeline[1:]] == [
        ("call_linked", str(call.number)), ("call_unlinked", str(call.number)),
    ]  # fmt: skip
    await room.linked(out, right)
    assert list((await room.seen(right.id)).calls) == [call.number]


async def test_taking_a_call_out_twice_with_one_key_does_it_once(room: Room) -> None:
    call = await room.linked(await room.rung(), one := await room.opened())
    asked = calls.UnlinkEmergencyCallRequest(request_id=key(), id=call.id, etag=call.etag)
    answers = [await room.call("EmergencyCallService.UnlinkEmergencyCall", asked) for _ in range(2)]
    assert answers[0] == answers[1]
    assert [each.what for each in (await room.seen(one.id)).timeline].count("call_unlinked") == 1


async def test_a_call_of_no_incident_or_of_an_older_version_is_not_taken_out(room: Room) -> None:
    call = await room.rung()
    asked = calls.UnlinkEmergencyCallRequest(request_id=key(), id=call.id, etag=call.etag)
    assert await refused(room, asked) == "INVALID_TRANSITION"
    await room.linked(call, await room.opened())
    asked.request_id = key()
    assert await refused(room, asked) == "STALE_ETAG"


async def test_a_call_that_was_erased_is_not_taken_out(room: Room, governance: Governance) -> None:
    call = await room.linked(await room.rung(), await room.opened())
    governance.pass_time(days=31)
    await welfare.erase(governance.runtime)
    seen = (await room.call("EmergencyCallService.GetEmergencyCall", calls.GetEmergencyCallRequest(id=call.id))).call
    asked = calls.UnlinkEmergencyCallRequest(request_id=key(), id=call.id, etag=seen.etag)
    assert await refused(room, asked) == "INVALID_TRANSITION"


async def test_clocks_run_from_the_call_that_is_left_once_an_earlier_one_was_of_something_else(
    room: Room, governance: Governance
) -> None:
    early = await room.rung()
    governance.pass_time(minutes=4)
    one = await room.opened()
    before = due(one)
    await room.linked(early, one)
    assert due(await room.seen(one.id)) == [each - 240 for each in before]
    await room.unlinked(early)
    left = await room.seen(one.id)
    assert (due(left), left.call_time) == (before, one.call_time)


async def test_clocks_run_from_when_the_incident_was_opened_once_its_only_call_was_of_something_else(
    room: Room, governance: Governance
) -> None:
    call = await room.rung()
    governance.pass_time(minutes=2)
    one = await room.opened(call=call.id)
    before = due(one)
    await room.unlinked(call)
    left = await room.seen(one.id)
    assert (due(left), left.call_time) == ([each + 120 for each in before], one.create_time)


async def test_an_arrival_counts_from_the_call_that_is_left(room: Room, governance: Governance) -> None:
    early = await room.rung()
    governance.pass_time(minutes=4)
    one = await room.opened()
    await room.linked(early, one)
    unit = await room.sent(await room.unit(), one)
    governance.pass_time(minutes=5)
    await room.moved(unit, "on_scene")
    assert await responded(room) == [("fire", 1, 540)]
    await room.unlinked(early)
    assert await responded(room) == [("fire", 1, 300)]


async def test_a_call_is_taken_out_of_what_was_merged_and_clocks_there_run_as_they_should(
    room: Room, governance: Governance
) -> None:
    early = await room.rung()
    governance.pass_time(minutes=4)
    one, into = await room.opened(), await room.opened()
    before = due(into)
    await room.linked(early, one)
    assert due(await room.merged(one, into)) == [each - 240 for each in before]
    await room.unlinked(early)
    left = await room.seen(into.id)
    assert (due(left), list(left.calls)) == (before, [])


async def test_who_called_is_taken_out_of_what_was_written_where_the_call_had_been_joined(
    room: Room, governance: Governance
) -> None:
    call, wrong = await room.rung(name="Siti Contoh", phone="+62 812 0000 0000"), await room.opened()
    await room.linked(call, wrong)
    noting = pb.AddIncidentNoteRequest(request_id=key(), id=wrong.id, note="Siti menunggu di gerbang.")
    await room.ask("AddIncidentNote", noting)
    await room.linked(await room.unlinked(call), await room.opened())
    governance.pass_time(days=31)
    await welfare.erase(governance.runtime)
    assert "[…] menunggu di gerbang." in [each.text for each in (await room.seen(wrong.id)).timeline]
