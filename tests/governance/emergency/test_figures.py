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
