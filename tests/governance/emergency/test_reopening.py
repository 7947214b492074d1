"""Calls that were closed by mistake are opened again: they wait, and nothing that was told is lost."""

import grpc
import grpc.aio
import pytest

from services.governance.calls import store as call_store
from services.governance.mentions import actions as mentions
from services.governance.welfare import timers as welfare
from services.kit import due
from smartcity.governance.v1 import emergency_calls_pb2 as calls
from smartcity.governance.v1 import incidents_pb2 as pb
from tests.governance.conftest import Governance
from tests.governance.emergency.room import Room, key
from tests.kit.serving import Refusal

PRANK, COMPLAINT = calls.EMERGENCY_CALL_CLOSING_PRANK, calls.EMERGENCY_CALL_CLOSING_COMPLAINT
WAITING = calls.EMERGENCY_CALL_STATE_WAITING


async def closed(
    room: Room, call: calls.EmergencyCall, closing: calls.EmergencyCallClosing.ValueType = PRANK, words: str = ""
) -> calls.EmergencyCall:
    asked = calls.CloseEmergencyCallRequest(
        request_id=key(), id=call.id, etag=call.etag, closing=closing, complaint=words
    )
    found: calls.EmergencyCall = (await room.call("EmergencyCallService.CloseEmergencyCall", asked)).call
    return found


def reopening(call: calls.EmergencyCall) -> calls.ReopenEmergencyCallRequest:
    return calls.ReopenEmergencyCallRequest(request_id=key(), id=call.id, etag=call.etag)


async def refused(room: Room, asked: calls.ReopenEmergencyCallRequest) -> str:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await room.call("EmergencyCallService.ReopenEmergencyCall", asked)
    return Refusal.of(caught.value).reason


async def test_a_call_that_was_closed_by_mistake_waits_again_and_becomes_an_incident(room: Room) -> None:
    call = await room.rung(name="Siti Contoh", phone="+62 812 0000 0000")
    asked = reopening(await closed(room, call))
    answers = [await room.call("EmergencyCallService.ReopenEmergencyCall", asked) for _ in range(2)]
    assert answers[0] == answers[1], "one key does it once"
    again = answers[0].call
    assert (again.state, again.closing, again.words, again.has_caller) == (WAITING, 0, call.words, True)
    assert (again.HasField("close_time"), again.HasField("erase_time")) == (False, False)
    assert list((await room.opened(call=call.id)).calls) == [call.number]
    told = [row["type"].rpartition(".")[2] for row in await room.served.outbox()]
    assert told == ["EmergencyCallClosed", "EmergencyCallReopened", "IncidentOpened"]
    assert (await room.journal()).count("call_reopened") == 1


async def test_what_is_not_closed_or_of_an_older_version_is_not_opened_again(room: Room) -> None:
    call = await room.rung()
    assert await refused(room, reopening(call)) == "INVALID_TRANSITION"
    await closed(room, call)
    assert await refused(room, reopening(call)) == "STALE_ETAG"


async def test_a_call_that_was_erased_is_not_opened_again(room: Room, governance: Governance) -> None:
    call = await closed(room, await room.rung())
    governance.pass_time(days=31)
    await welfare.erase(governance.runtime)
    seen = (await room.call("EmergencyCallService.GetEmergencyCall", calls.GetEmergencyCallRequest(id=call.id))).call
    assert await refused(room, reopening(seen)) == "INVALID_TRANSITION"


async def test_a_complaint_that_a_call_became_stays_the_only_one_of_it(room: Room, governance: Governance) -> None:
    filed = await closed(room, await room.rung(), COMPLAINT, "Lampu jalan di depan pasar mati.")
    again = (await room.call("EmergencyCallService.ReopenEmergencyCall", reopening(filed))).call
    assert again.complaint == filed.complaint
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await closed(room, again, COMPLAINT, "Lampu jalan mati sejak kemarin.")
    assert Refusal.of(caught.value).reason == "COMPLAINT_FILED", "what was told since is not lost without a word"
    once_more = await closed(room, again, COMPLAINT)
    assert (once_more.complaint, once_more.closing) == (filed.complaint, COMPLAINT)
    assert await governance.admin.fetchval("SELECT count(*) FROM governance.complaint") == 1


async def test_who_called_about_a_call_that_was_opened_again_is_taken_out_of_what_was_written_since(
    room: Room, governance: Governance
) -> None:
    call = await closed(room, await room.rung(name="Siti Contohwati", phone="+62 812 0000 0000"))
    governance.pass_time(days=31)
    await due.each(governance.runtime, "callers taken out", call_store.mentioned, mentions.take_out)
    again = (await room.call("EmergencyCallService.ReopenEmergencyCall", reopening(call))).call
    one = await room.opened(call=again.id)
    note = pb.AddIncidentNoteRequest(request_id=key(), id=one.id, note="Siti Contohwati menunggu di depan.")
    await room.ask("AddIncidentNote", note)
    governance.pass_time(days=40)
    await welfare.erase(governance.runtime)
    assert not any("Contohwati" in each.text for each in (await room.seen(one.id)).timeline)
