"""What counts at 112, and what pages somebody: neither forms that were entered afterwards, nor drills."""

from dataclasses import replace
from datetime import timedelta

from google.protobuf.timestamp_pb2 import Timestamp

from observability import semconv
from services.governance.welfare import gauges
from services.governance.welfare import timers as welfare
from services.kit.caller import ANONYMOUS
from smartcity.governance.v1 import emergency_calls_pb2 as calls
from smartcity.governance.v1 import events_pb2
from smartcity.governance.v1 import incidents_pb2 as pb
from smartcity.governance.v1 import units_pb2 as units
from tests.governance.conftest import Governance
from tests.governance.emergency.floods import AWAS, KEMIJEN, warned
from tests.governance.emergency.room import CREW, Room, key


async def gauge(governance: Governance, of: semconv.Metric) -> float:
    """What somebody is paged for."""
    ((found, _),) = (await gauges.read(governance.runtime))[of]
    return found


async def responded(room: Room) -> list[tuple[str, int, int]]:
    """What the public is told: services, how often somebody came, and after how many seconds."""
    answer = await room.call("IncidentService.GetResponseTimes", pb.GetResponseTimesRequest(), ANONYMOUS)
    return [(one.service, one.arrived, one.mean_seconds) for one in answer.times]


async def on_paper(room: Room) -> pb.Incident:
    """An incident of a form about a call three hours ago."""
    asked = calls.ReservePaperNumbersRequest(request_id=key(), count=1)
    (number,) = (await room.call("EmergencyCallService.ReservePaperNumbers", asked)).numbers
    came = Timestamp(seconds=room.now().seconds - int(timedelta(hours=3).total_seconds()))
    call = await room.rung(paper_number=number.number, receive_time=came)
    return await room.opened(call=call.id)


async def test_forms_that_are_entered_afterwards_are_told_and_count_nowhere(room: Room, governance: Governance) -> None:
    incident = await on_paper(room)
    assert incident.paper
    seen = await room.seen(incident.id)
    grading = pb.GradeIncidentRequest(
        request_id=key(), id=incident.id, etag=seen.etag, service="medical", reason="Korban."
    )
    await room.ask("GradeIncident", grading)
    await welfare.check(governance.runtime)
    assert ("unit_late" in await room.journal(), await gauge(governance, semconv.INCIDENTS_UNATTENDED)) == (False, 0)
    await room.moved(await room.sent(await room.unit(), incident), "on_scene")
    assert await responded(room) == []
    (row,) = [one for one in await room.served.outbox() if one["type"].endswith("IncidentResponded")]
    assert events_pb2.IncidentResponded.FromString(row["payload"]).paper
    assert (await room.seen(incident.id)).state == pb.INCIDENT_STATE_ON_SCENE


async def test_a_crew_is_told_that_its_job_is_of_a_paper_form(room: Room) -> None:
    await room.sent(await room.unit(), await on_paper(room))
    assert (await room.call("UnitService.GetOwnUnit", units.GetOwnUnitRequest(), CREW)).job.paper


async def test_what_a_paper_form_told_of_and_still_waits_is_told_once_its_target_has_passed_since_it_was_entered(
    room: Room, governance: Governance
) -> None:
    incident = await on_paper(room)
    target = (await room.seen(incident.id)).clocks[0].due_time.seconds - incident.call_time.seconds
    governance.pass_time(seconds=target - 1)
    await welfare.check(governance.runtime)
    assert ("unit_late" in await room.journal(), await gauge(governance, semconv.INCIDENTS_UNATTENDED)) == (False, 0)
    governance.pass_time(seconds=2)
    await welfare.check(governance.runtime)
    assert "unit_late" in await room.journal()
    assert await gauge(governance, semconv.INCIDENTS_UNATTENDED) > 0
    await room.ask("CloseIncident", room.closing(await room.seen(incident.id)))
    assert await gauge(governance, semconv.INCIDENTS_UNATTENDED) == 0


async def test_a_call_as_it_came_counts_also_where_a_form_is_merged_into_its_incident(
    room: Room, governance: Governance
) -> None:
    paper, live = await on_paper(room), await room.opened()
    await room.merged(paper, live)
    governance.pass_time(minutes=16)
    await welfare.check(governance.runtime)
    assert await gauge(governance, semconv.INCIDENTS_UNATTENDED) == 1
    assert "unit_late" in await room.journal()
    await room.moved(await room.sent(await room.unit(), live), "on_scene")
    assert await responded(room) == [("fire", 1, 960)]


async def linked(room: Room, call: calls.EmergencyCall, incident: pb.Incident) -> pb.Incident:
    """An incident to which a call was joined."""
    asked = calls.LinkEmergencyCallRequest(request_id=key(), id=call.id, etag=call.etag, incident=incident.id)
    await room.call("EmergencyCallService.LinkEmergencyCall", asked)
    return await room.seen(incident.id)


async def test_of_two_calls_about_a_matter_the_earlier_counts_also_where_it_is_joined_later(
    room: Room, governance: Governance
) -> None:
    first = await room.rung()
    governance.pass_time(minutes=6)
    incident = await room.opened(call=(await room.rung()).id)
    seen = await linked(room, first, incident)
    assert seen.call_time == first.receive_time
    assert seen.clocks[0].due_time.seconds - first.receive_time.seconds == 15 * 60
    governance.pass_time(minutes=10)
    assert await gauge(governance, semconv.INCIDENTS_UNATTENDED) == 1
    await room.moved(await room.sent(await room.unit(), incident), "on_scene")
    assert await responded(room) == [("fire", 1, 960)]
    later = await room.rung()
    assert (await linked(room, later, incident)).call_time == first.receive_time


async def test_who_was_there_before_an_earlier_call_was_joined_counts_as_before_and_who_is_missing_from_that_call(
    room: Room, governance: Governance
) -> None:
    first = await room.rung()
    governance.pass_time(minutes=6)
    incident = await room.opened(kind="collapse")
    await room.moved(await room.sent(await room.unit(), incident), "on_scene")
    seen = await linked(room, first, incident)
    assert {one.service: one.due_time.seconds - first.receive_time.seconds for one in seen.clocks} == {
        "disaster": 15 * 60, "fire": 21 * 60,
    }  # fmt: skip
    assert await responded(room) == [("fire", 1, 0)]
    other = await room.opened()
    await room.merged(incident, other)
    await room.unmerged(incident)
    assert await responded(room) == [("fire", 1, 0)], "merging and back changes nothing"


async def test_the_first_call_counts_for_who_comes_after_it_turns_out_that_nobody_had_come(
    room: Room, governance: Governance
) -> None:
    first = await room.rung()
    governance.pass_time(minutes=6)
    incident, other = await room.opened(), await room.opened()
    unit = await room.sent(await room.unit(), other)
    await room.merged(other, incident)
    unit = (await room.call("UnitService.ListUnits", units.ListUnitsRequest())).units[0]
    await room.moved(unit, "on_scene")
    await linked(room, first, incident)
    await room.unmerged(other)
    seen = await room.seen(incident.id)
    assert (seen.clocks[0].HasField("arrive_time"), seen.clocks[0].due_time.seconds) == (
        False, first.receive_time.seconds + 15 * 60,
    )  # fmt: skip
    assert await responded(room) == [("fire", 1, 0)], "for the other"


async def test_who_is_waited_for_again_is_waited_for_since_the_first_call_also_where_another_clock_counted(
    room: Room, governance: Governance
) -> None:
    first = await room.rung()
    governance.pass_time(minutes=6)
    incident, other = await room.opened(kind="order"), await room.opened(kind="order", priority=1)
    crew = replace(CREW, agency="satpol-pp")
    await room.sent(await room.unit("order", crew), other)
    await room.merged(other, incident)
    (unit,) = (await room.call("UnitService.ListUnits", units.ListUnitsRequest())).units
    await room.moved(unit, "on_scene", crew)
    await linked(room, first, incident)
    await room.unmerged(other)
    (clock,) = (await room.seen(incident.id)).clocks
    assert (clock.HasField("arrive_time"), clock.due_time.seconds - first.receive_time.seconds) == (False, 30 * 60)


async def test_where_a_paper_form_told_of_a_call_none_is_the_earlier(room: Room, governance: Governance) -> None:
    first = await room.rung()
    governance.pass_time(hours=4)
    paper, live = await on_paper(room), await room.opened()
    assert (await linked(room, first, paper)).call_time == paper.call_time
    asked = calls.ReservePaperNumbersRequest(request_id=key(), count=1)
    (number,) = (await room.call("EmergencyCallService.ReservePaperNumbers", asked)).numbers
    form = await room.rung(paper_number=number.number, receive_time=first.receive_time)
    assert (await linked(room, form, live)).call_time == live.call_time


async def test_a_unit_that_does_not_answer_in_a_drill_pages_nobody(room: Room, governance: Governance) -> None:
    await room.sent(await room.unit(), await room.opened(exercise=True))
    await _silence(governance)
    assert await gauge(governance, semconv.UNITS_SILENT) == 0
    await room.sent(await room.unit(crew=None), await room.opened())
    await _silence(governance)
    assert await gauge(governance, semconv.UNITS_SILENT) == 1


async def test_an_answer_in_a_drill_is_of_the_drill_too(room: Room, governance: Governance) -> None:
    drill = await room.opened(exercise=True)
    unit = await room.sent(await room.unit(), drill)
    governance.pass_time(minutes=21)
    await welfare.check(governance.runtime)
    await room.call("UnitService.ConfirmUnit", units.ConfirmUnitRequest(request_id=key(), code=unit.code), CREW)
    asked = pb.ListDispatchEntriesRequest(page_size=200)
    entries = (await room.call("IncidentService.ListDispatchEntries", asked)).entries
    told = [(one.what, one.exercise) for one in entries if one.what.startswith("welfare")]
    assert told == [("welfare_asked", True), ("welfare_answered", True)]


async def test_the_way_home_from_a_drill_is_of_the_drill_until_the_unit_is_available(
    room: Room, governance: Governance
) -> None:
    drill = await room.opened(exercise=True)
    unit = await room.sent(await room.unit(), drill)
    for to in ("on_scene", "returning", "available"):
        unit = await room.moved(unit, to)
    unit = await room.moved(unit, "out_of_service")
    moves = [row for row in await room.served.outbox() if row["type"].endswith("UnitMoved")]
    assert [row["exercise"] for row in moves] == [True, True, True, False]
    assert [row["correlation"] == drill.correlation for row in moves] == [True, True, True, False]
    asked = pb.ListDispatchEntriesRequest(page_size=200)
    entries = (await room.call("IncidentService.ListDispatchEntries", asked)).entries
    assert [one.exercise for one in entries if one.what == "unit_moved"] == [True, True, True, False]


async def test_a_unit_that_breaks_down_on_its_way_home_from_a_drill_is_really_out_of_service(room: Room) -> None:
    unit = await room.sent(await room.unit(), await room.opened(exercise=True))
    for to in ("on_scene", "returning", "out_of_service"):
        unit = await room.moved(unit, to)
    (*_, last) = [row for row in await room.served.outbox() if row["type"].endswith("UnitMoved")]
    assert not last["exercise"]


async def test_that_a_unit_is_silent_belongs_to_the_story_of_the_warning_it_was_sent_for(
    room: Room, governance: Governance
) -> None:
    await warned(room.served, "warning-1", AWAS, KEMIJEN)
    (flood,) = (await room.call("IncidentService.ListIncidents", pb.ListIncidentsRequest())).incidents
    await room.sent(await room.unit("disaster", None), flood)
    await _silence(governance)
    told = {row["type"].rpartition(".")[2]: row["correlation"] for row in await room.served.outbox()}
    assert told["UnitSilent"] == told["IncidentOpened"] == "story-warning-1"


async def test_a_mate_who_signs_on_is_no_answer_of_the_crew_that_is_silent(room: Room, governance: Governance) -> None:
    unit = await room.sent(await room.unit(), await room.opened())
    await _silence(governance)
    mate = replace(CREW, subject="crew-9")
    signing = units.SignOnUnitRequest(request_id=key(), code=unit.code)
    seen = (await room.call("UnitService.SignOnUnit", signing, mate)).unit
    assert (seen.escalated, seen.HasField("check_time")) == (True, True)
    assert await gauge(governance, semconv.UNITS_SILENT) == 1
    confirm = units.ConfirmUnitRequest(request_id=key(), code=unit.code)
    await room.call("UnitService.ConfirmUnit", confirm, mate)
    assert await gauge(governance, semconv.UNITS_SILENT) == 0, "whoever says that all are well has answered"


async def _silence(governance: Governance) -> None:
    """Nothing is heard of anybody, also when they are asked."""
    for minutes in (21, 6):
        governance.pass_time(minutes=minutes)
        await welfare.check(governance.runtime)
