"""The emergency number over the pillar's real server: a call becomes an incident, units go, and it ends."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import grpc
import grpc.aio
import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from services.governance.demo import emergency as emergency_demo
from services.governance.handoffs import timers as hand_offs
from services.governance.incidents.model import Assignment
from services.governance.personal import reactions as personal
from services.governance.settling import actions as settling
from services.governance.welfare import timers as welfare
from services.kit.caller import ANONYMOUS, Caller
from services.kit.database import Transaction
from smartcity.governance.v1 import emergency_calls_pb2 as calls
from smartcity.governance.v1 import incidents_pb2 as pb
from smartcity.governance.v1 import overview_pb2
from smartcity.governance.v1 import units_pb2 as units
from smartcity.types.v1 import place_pb2
from tests.fixtures.personal import asked as asked_for
from tests.governance.conftest import Governance
from tests.governance.emergency.floods import AWAS, KEMIJEN, SIAGA, TANJUNG_MAS, cleared, identity, warned
from tests.governance.emergency.room import ADMIN, CREW, DISPATCHER, NEXT, OFFICER, OTHER_CREW, TUGU, Room, key
from tests.kit.serving import Refusal


async def refused(room: Room, rpc: str, request: Any, caller: Caller = DISPATCHER) -> str:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await room.call(rpc, request, caller)
    return Refusal.of(caught.value).reason


async def told(room: Room) -> list[str]:
    return [row["type"].rpartition(".")[2] for row in await room.served.outbox()]


async def test_a_call_becomes_an_incident_a_unit_goes_and_it_is_closed(room: Room, governance: Governance) -> None:
    call = await room.rung(name="Siti Contoh", phone="+62 812 0000 0000")
    governance.pass_time(minutes=1)
    incident = await room.opened(call=call.id)
    assert (incident.priority, incident.place, list(incident.calls)) == (1, "Pasar Johar", [call.number])
    unit = await room.unit(at=TUGU)
    advice = await room.call("IncidentService.SuggestForIncident", pb.SuggestForIncidentRequest(id=incident.id))
    assert [(one.unit, list(one.reasons)) for one in advice.units] == [(unit.code, ["near", "position_fresh"])]
    sent = await room.sent(unit, incident)
    governance.pass_time(minutes=2)
    there = await room.moved(await room.moved(sent, "en_route"), "on_scene")
    seen = await room.seen(incident.id)
    assert (seen.state, seen.clocks[0].late) == (pb.INCIDENT_STATE_ON_SCENE, False)
    assert await refused(room, "IncidentService.CloseIncident", room.closing(seen)) == "UNITS_AT_WORK"
    back = await room.moved(there, "returning")
    assert back.incident == ""
    ended = await room.ask("CloseIncident", room.closing(await room.seen(incident.id)))
    assert ended.state == pb.INCIDENT_STATE_CLOSED
    assert [one.what for one in ended.timeline] == [
        "incident_opened", "call_linked", "unit_assigned", "unit_moved", "unit_moved", "unit_moved", "incident_closed",
    ]  # fmt: skip
    assert await told(room) == [
        "IncidentOpened", "UnitAssigned", "UnitMoved", "IncidentResponded", "UnitMoved", "UnitMoved", "IncidentClosed",
    ]  # fmt: skip
    times = await room.call("IncidentService.GetResponseTimes", pb.GetResponseTimesRequest(), ANONYMOUS)
    assert [(one.service, one.arrived, one.on_time, one.mean_seconds) for one in times.times] == [("fire", 1, 1, 180)]


async def test_no_call_waits_for_the_rest_of_a_number_which_is_kept_as_heard(room: Room) -> None:
    for phone, unclear in (
        ("081", True),
        ("tidak tahu", True),
        (" ", False),
        ("+62 812 0000 0000", False),
        ("", False),
    ):
        asked = calls.CreateEmergencyCallRequest(request_id=key(), words="Asap tebal.", name="Siti", phone=phone)
        made = await room.call("EmergencyCallService.CreateEmergencyCall", asked)
        who = calls.GetEmergencyCallerRequest(id=made.call.id, purpose="Menelepon kembali.")
        found = (await room.call("EmergencyCallService.GetEmergencyCaller", who)).caller
        assert (made.phone_unclear, found.phone, found.phone_unclear) == (unclear, phone.strip(), unclear)


async def test_who_called_is_for_dispatchers_and_each_read_is_written_down(room: Room, governance: Governance) -> None:
    call = await room.rung(name="Siti Contoh", phone="+62 812 0000 0000")
    asked = calls.GetEmergencyCallerRequest(id=call.id, purpose="Menanyakan lantai berapa.")
    for other in (ADMIN, OFFICER, CREW):
        assert await refused(room, "EmergencyCallService.GetEmergencyCaller", asked, other) == "ROLE_NOT_ALLOWED"
    found = await room.call("EmergencyCallService.GetEmergencyCaller", asked)
    assert (found.caller.name, found.caller.phone) == ("Siti Contoh", "+62 812 0000 0000")
    reads = calls.ListEmergencyCallerReadsRequest(id=call.id)
    listed = (await room.call("EmergencyCallService.ListEmergencyCallerReads", reads, ADMIN)).reads
    assert [(one.by, one.purpose, one.mine, one.reader) for one in listed] == [
        ("dispatcher", asked.purpose, False, DISPATCHER.subject)
    ]
    (own,) = (await room.call("EmergencyCallService.ListEmergencyCallerReads", reads)).reads
    assert (own.mine, own.reader) == (True, ""), "colleagues are told that somebody did"
    assert (await asked_for(governance.served, personal, DISPATCHER.subject))["read_callers"] == (1, 0, "office")
    rows = await governance.admin.fetch("SELECT t::text FROM governance.emergency_call t UNION ALL "
                                        "SELECT t::text FROM governance.dispatch_entry t")  # fmt: skip
    assert not any("Siti" in row[0] or "0000 0000" in row[0] for row in rows)
    closing = calls.CloseEmergencyCallRequest(
        request_id=key(), id=call.id, etag=call.etag, closing=calls.EMERGENCY_CALL_CLOSING_PRANK
    )
    await room.call("EmergencyCallService.CloseEmergencyCall", closing)
    governance.pass_time(days=31)
    await welfare.erase(governance.runtime)
    erased = await room.call("EmergencyCallService.GetEmergencyCall", calls.GetEmergencyCallRequest(id=call.id))
    assert (erased.call.words, erased.call.has_caller) == ("", False)
    assert await refused(room, "EmergencyCallService.GetEmergencyCaller", asked) == "CALLER_MISSING"


async def test_a_call_that_is_a_complaint_is_filed_as_one(room: Room, governance: Governance) -> None:
    call = await room.rung()
    closing = calls.CloseEmergencyCallRequest(
        request_id=key(), id=call.id, etag=call.etag, closing=calls.EMERGENCY_CALL_CLOSING_COMPLAINT,
        complaint="Lampu jalan di depan pasar mati sejak tiga hari.",
    )  # fmt: skip
    done = (await room.call("EmergencyCallService.CloseEmergencyCall", closing)).call
    assert done.complaint
    select = "SELECT text, reporter FROM governance.complaint WHERE code = $1"
    row = await governance.admin.fetchrow(select, done.complaint)
    assert row is not None
    assert (row["text"], row["reporter"]) == (closing.complaint, "")
    assert sorted(await told(room)) == ["ComplaintFiled", "EmergencyCallClosed"]


async def test_merging_takes_units_along_and_unmerging_gives_them_back_with_both_timelines(room: Room) -> None:
    one, other = await room.opened(), await room.opened()
    unit = await room.sent(await room.unit(), one)
    seen = await room.seen(one.id)
    merged = await room.ask(
        "MergeIncident", pb.MergeIncidentRequest(request_id=key(), id=one.id, etag=seen.etag, into=other.id)
    )
    assert (merged.id, merged.state, merged.assignments[0].unit) == (other.id, pb.INCIDENT_STATE_DISPATCHED, unit.code)
    assert {line.incident for line in merged.timeline} == {one.id, other.id}
    job = await room.call("UnitService.GetOwnUnit", units.GetOwnUnitRequest(), CREW)
    assert job.job.incident == other.id
    gone = await room.seen(one.id)
    back = await room.ask("UnmergeIncident", pb.UnmergeIncidentRequest(request_id=key(), id=one.id, etag=gone.etag))
    assert (back.state, [work.unit for work in back.assignments]) == (pb.INCIDENT_STATE_DISPATCHED, [unit.code])
    left = await room.seen(other.id)
    assert (left.state, len(left.assignments)) == (pb.INCIDENT_STATE_WAITING, 0)
    assert [line.what for line in back.timeline] == [
        "incident_opened", "unit_assigned", "incident_merged", "incident_unmerged",
    ]  # fmt: skip


async def test_an_incident_names_what_was_merged_into_it_however_often_with_what_was_known_there(room: Room) -> None:
    first, second, third = [await room.opened(place=place, note="Asap.") for place in ("Kios pojok", "Gang 2", "")]
    await room.merged(first, second)
    merged = await room.merged(second, third)
    told = [(each.id, each.number, each.kind, each.place, each.note) for each in merged.merged]
    assert told == [(each.id, each.number, "fire", each.place, "Asap.") for each in (first, second)]
    await room.unmerged(first)
    assert [each.id for each in (await room.seen(third.id)).merged] == [second.id]


async def test_a_unit_that_is_sent_while_its_incident_is_merged_goes_along(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = await room.opened(), await room.opened()
    await room.sent(await room.unit(), one)
    late, lock = await room.unit("medical", OTHER_CREW), settling._locked
    meanwhile = [late]

    async def locked(tx: Transaction, work: Sequence[Assignment]) -> settling.Crews:
        found = await lock(tx, work)
        while meanwhile:
            await room.sent(meanwhile.pop(), one)
        return found

    monkeypatch.setattr(settling, "_locked", locked)
    seen = await room.seen(one.id)
    merging = pb.MergeIncidentRequest(request_id=key(), id=one.id, etag=seen.etag, into=other.id)
    with pytest.raises(grpc.aio.AioRpcError) as stopped:
        await room.ask("MergeIncident", merging)
    assert stopped.value.code() is grpc.StatusCode.UNAVAILABLE, "the same again, and it goes along"
    merged = await room.ask("MergeIncident", merging)
    assert len(merged.assignments) == 2
    job = await room.call("UnitService.GetOwnUnit", units.GetOwnUnitRequest(), OTHER_CREW)
    assert job.job.incident == other.id


async def test_a_grading_that_changes_nothing_is_refused(room: Room) -> None:
    one = await room.opened()
    nothing = pb.GradeIncidentRequest(request_id=key(), id=one.id, etag=one.etag, reason="Ada korban.")
    same = pb.GradeIncidentRequest(kind=one.kind, priority=one.priority, service=one.clocks[0].service)
    same.MergeFrom(nothing)
    for grading in (nothing, same):
        assert await refused(room, "IncidentService.GradeIncident", grading) == "GRADING_EMPTY"
    assert "IncidentGraded" not in await told(room)


async def test_a_call_is_never_joined_to_a_drill(room: Room) -> None:
    drill, rung = await room.opened(exercise=True), await room.rung()
    asked = calls.LinkEmergencyCallRequest(request_id=key(), id=rung.id, etag=rung.etag, incident=drill.id)
    assert await refused(room, "EmergencyCallService.LinkEmergencyCall", asked) == "DRILL_NOT_REAL"


async def test_who_was_told_of_an_incident_and_has_not_answered_is_not_told_a_second_time(room: Room) -> None:
    incident = await room.handed_off(await room.opened())
    again = pb.HandOffIncidentRequest(request_id=key(), id=incident.id, party=incident.hand_offs[0].party)
    assert await refused(room, "IncidentService.HandOffIncident", again) == "HAND_OFF_ASKED"
    (found,) = (await room.seen(incident.id)).hand_offs
    answer = pb.AcknowledgeHandOffRequest(request_id=key(), id=found.id, etag=found.etag, reference="LP-7")
    await room.ask("AcknowledgeHandOff", answer)
    assert len((await room.handed_off(incident)).hand_offs) == 2, "once they have answered they are told of news"


async def test_a_hand_off_escalates_until_it_is_acknowledged(room: Room, governance: Governance) -> None:
    incident = await room.handed_off(await room.opened())
    assert await refused(room, "IncidentService.CloseIncident", room.closing(incident)) == "HAND_OFF_UNANSWERED"
    for _ in range(2):
        governance.pass_time(minutes=5)
        await hand_offs.escalate(governance.runtime)
        await hand_offs.escalate(governance.runtime)
    found = (await room.seen(incident.id)).hand_offs[0]
    assert found.escalations == 2
    asked = pb.AcknowledgeHandOffRequest(request_id=key(), id=found.id, etag=found.etag, reference="LP-7")
    done = await room.ask("AcknowledgeHandOff", asked)
    assert done.hand_offs[0].state == pb.HAND_OFF_STATE_ACKNOWLEDGED
    assert (await told(room)).count("HandOffEscalated") == 2


async def test_a_silent_unit_is_asked_then_told_of_and_an_answer_ends_it(room: Room, governance: Governance) -> None:
    unit = await room.sent(await room.unit(at=TUGU), await room.opened())
    governance.pass_time(minutes=21)
    await room.tells(unit.code)
    await welfare.check(governance.runtime)
    assert "welfare_asked" not in await room.journal()  # its phone is heard
    governance.pass_time(minutes=21)
    await welfare.check(governance.runtime)
    governance.pass_time(minutes=6)
    await welfare.check(governance.runtime)
    listed = await room.call("UnitService.ListUnits", units.ListUnitsRequest())
    assert listed.units[0].escalated
    confirm = units.ConfirmUnitRequest(request_id=key(), code=unit.code)
    answered = (await room.call("UnitService.ConfirmUnit", confirm, CREW)).unit
    assert (answered.escalated, answered.HasField("check_time")) == (False, False)
    assert [one for one in await room.journal() if "welfare" in one or one == "unit_silent"] == [
        "welfare_asked", "unit_silent", "welfare_answered",
    ]  # fmt: skip
    assert (await told(room)).count("UnitSilent") == 1


async def test_a_crew_moves_its_own_unit_and_no_other(room: Room) -> None:
    unit = await room.sent(await room.unit(), await room.opened())
    moving = units.MoveUnitRequest(request_id=key(), code=unit.code, etag=unit.etag, state=units.UNIT_STATE_EN_ROUTE)
    assert await refused(room, "UnitService.MoveUnit", moving, OTHER_CREW) == "NOT_YOURS"
    sign = units.SignOnUnitRequest(request_id=key(), code=unit.code)
    assert await refused(room, "UnitService.SignOnUnit", sign, OTHER_CREW) == "NOT_YOURS"
    where = units.ReportUnitPositionRequest(code=unit.code, location=TUGU, time=room.now())
    assert await refused(room, "UnitService.ReportUnitPosition", where, OTHER_CREW) == "NOT_YOURS"
    assert (await room.moved(unit, "en_route")).state == units.UNIT_STATE_EN_ROUTE
    wrong = units.MoveUnitRequest(request_id=key(), code=unit.code, etag="3", state=units.UNIT_STATE_OUT_OF_SERVICE)
    assert await refused(room, "UnitService.MoveUnit", wrong) in {"INVALID_TRANSITION", "STALE_ETAG"}


async def test_a_crew_that_goes_to_another_agency_leaves_its_unit_behind(room: Room) -> None:
    unit = await room.sent(await room.unit(), await room.opened())
    gone = replace(CREW, agency="dinkes")
    own = units.GetOwnUnitRequest()
    assert (await room.call("UnitService.GetOwnUnit", own, CREW)).job.incident == unit.incident
    assert not (await room.call("UnitService.GetOwnUnit", own, gone)).ListFields()
    moving = units.MoveUnitRequest(request_id=key(), code=unit.code, etag=unit.etag, state=units.UNIT_STATE_EN_ROUTE)
    assert await refused(room, "UnitService.MoveUnit", moving, gone) == "NOT_YOURS"
    well = units.ConfirmUnitRequest(request_id=key(), code=unit.code)
    assert await refused(room, "UnitService.ConfirmUnit", well, gone) == "NOT_YOURS"
    where = units.ReportUnitPositionRequest(code=unit.code, location=TUGU, time=room.now())
    assert await refused(room, "UnitService.ReportUnitPosition", where, gone) == "NOT_YOURS"


async def test_paper_forms_are_entered_in_the_order_of_their_numbers(room: Room) -> None:
    asked = calls.ReservePaperNumbersRequest(request_id=key(), count=3)
    numbers = [one.number for one in (await room.call("EmergencyCallService.ReservePaperNumbers", asked)).numbers]
    live = await room.rung()
    assert live.number == numbers[-1] + 1
    came = Timestamp(seconds=room.now().seconds - 3600)
    early = calls.CreateEmergencyCallRequest(request_id=key(), paper_number=numbers[1], receive_time=came)
    assert await refused(room, "EmergencyCallService.CreateEmergencyCall", early) == "PAPER_NUMBER_ORDER"
    first = await room.rung(paper_number=numbers[0], receive_time=came)
    assert (first.number, first.paper, first.receive_time.seconds) == (numbers[0], True, came.seconds)
    void = calls.VoidPaperNumberRequest(request_id=key(), number=str(numbers[1]), reason="Rusak")
    assert (await room.call("EmergencyCallService.VoidPaperNumber", void)).next == numbers[2]
    again = calls.VoidPaperNumberRequest(request_id=key(), number=str(numbers[0]), reason="Rusak")
    assert await refused(room, "EmergencyCallService.VoidPaperNumber", again) == "PAPER_NUMBER_UNKNOWN"


async def test_a_call_as_it_comes_says_no_time(room: Room) -> None:
    live = calls.CreateEmergencyCallRequest(request_id=key(), words="Asap.", receive_time=room.now())
    assert await refused(room, "EmergencyCallService.CreateEmergencyCall", live) == "CALL_TIME_INVALID"


async def test_a_shift_is_taken_over_by_somebody_else(room: Room) -> None:
    real, drill = await room.opened(), await room.opened(exercise=True)
    await room.sent(await room.unit("medical", OTHER_CREW), real)
    await room.sent(await room.unit(), drill)
    for incident in (real, drill):
        await room.handed_off(incident)
    asked = pb.HandOverShiftRequest(request_id=key(), note="AMB-02 di bengkel.")
    shift = (await room.call("IncidentService.HandOverShift", asked)).handover
    assert (shift.open_incidents, shift.busy_units, shift.unanswered) == (1, 1, 1), "drills are nobody's next shift"
    taking = pb.TakeOverShiftRequest(request_id=key(), id=shift.id, etag=shift.etag)
    assert await refused(room, "IncidentService.TakeOverShift", taking) == "OWN_SHIFT"
    taking.request_id = key()
    assert (await room.call("IncidentService.TakeOverShift", taking, NEXT)).handover.HasField("accept_time")


async def test_the_journal_has_no_gaps_and_drills_move_no_figure(room: Room, governance: Governance) -> None:
    drill = await room.opened(exercise=True)
    unit = await room.sent(await room.unit(), drill)
    await room.moved(await room.moved(unit, "en_route"), "on_scene")
    asked = pb.ListDispatchEntriesRequest(after=1, page_size=200)
    answer = await room.call("IncidentService.ListDispatchEntries", asked)
    assert [one.number for one in answer.entries] == list(range(2, answer.last + 1))
    times = await room.call("IncidentService.GetResponseTimes", pb.GetResponseTimesRequest(), ANONYMOUS)
    assert list(times.times) == []
    rows = await room.served.outbox()
    assert all(row["exercise"] for row in rows)


async def test_the_gravest_warning_opens_one_incident_and_units_keep_away_from_floods(
    room: Room, governance: Governance
) -> None:
    await warned(room.served, "warning-1", SIAGA, KEMIJEN)
    assert await room.journal() == []
    await warned(room.served, "warning-1", AWAS, KEMIJEN, TANJUNG_MAS, updated=True)
    await warned(room.served, "warning-1", AWAS, KEMIJEN, updated=True)
    await warned(room.served, "drill-1", AWAS, "33.74.01.1010", exercise=True)
    listed = await room.call("IncidentService.ListIncidents", pb.ListIncidentsRequest())
    assert [(one.warning, one.exercise, one.correlation) for one in listed.incidents] == [
        (identity("drill-1"), True, "story-drill-1"), (identity("warning-1"), False, "story-warning-1"),
    ]  # fmt: skip
    told = await governance.call("OverviewService.GetOverview", overview_pb2.GetOverviewRequest())
    assert (told.incidents_open, told.flood_incidents) == (1, 1), "drills are on nobody's home"
    area = governance.runtime.city.areas[KEMIJEN]
    stands = await room.unit(at=place_pb2.Point(lon=area.lon, lat=area.lat))
    dry = await room.unit(at=TUGU)
    fire = await room.opened()
    advice = await room.call("IncidentService.SuggestForIncident", pb.SuggestForIncidentRequest(id=fire.id))
    assert [one.unit for one in advice.units] == [dry.code, stands.code]
    assert "stands_in_flood" in advice.units[1].reasons
    await cleared(room.served, "warning-1")
    advice = await room.call("IncidentService.SuggestForIncident", pb.SuggestForIncidentRequest(id=fire.id))
    assert not any("flood" in reason for one in advice.units for reason in one.reasons)
    assert "flood_over" in await room.journal()


async def test_a_local_start_shows_units_and_response_times_once(room: Room, governance: Governance) -> None:
    assert await emergency_demo.seed(governance.runtime) == len(emergency_demo.vehicles_of(governance.runtime.city))
    assert await emergency_demo.seed(governance.runtime) == 0
    times = await room.call("IncidentService.GetResponseTimes", pb.GetResponseTimesRequest(), ANONYMOUS)
    assert sum(one.arrived for one in times.times) == len(emergency_demo.PAST)
    assert await told(room) == []


async def test_what_was_merged_twice_over_comes_back_with_its_unit(room: Room) -> None:
    first, second, third = [await room.opened() for _ in range(3)]
    unit = await room.sent(await room.unit(), first)
    for one, into in ((first, second), (second, third)):
        seen = await room.seen(one.id)
        merging = pb.MergeIncidentRequest(request_id=key(), id=one.id, etag=seen.etag, into=into.id)
        whole = await room.ask("MergeIncident", merging)
    assert {line.incident for line in whole.timeline} == {first.id, second.id, third.id}
    seen = await room.seen(first.id)
    back = await room.ask("UnmergeIncident", pb.UnmergeIncidentRequest(request_id=key(), id=first.id, etag=seen.etag))
    assert [work.unit for work in back.assignments] == [unit.code]
    left = await room.seen(third.id)
    assert (left.state, first.id in {line.incident for line in left.timeline}) == (pb.INCIDENT_STATE_WAITING, False)
