"""The emergency number going all the ways that it can, so that each statement is looked at."""

from datetime import timedelta
from typing import Any

from services.governance.flood_cases import reactions as flood_cases
from services.governance.floods import reactions as floods
from services.governance.handoffs import timers as hand_offs
from services.governance.welfare import timers as welfare
from smartcity.governance.v1 import complaints_pb2, complaints_pb2_grpc
from smartcity.governance.v1 import emergency_calls_pb2 as calls
from smartcity.governance.v1 import events_pb2 as governance_pb2
from smartcity.governance.v1 import incidents_pb2 as pb
from smartcity.governance.v1 import units_pb2 as units
from smartcity.types.v1 import place_pb2
from tests.fixtures.arriving import arrived
from tests.fixtures.pillars import Served
from tests.governance.emergency.floods import AWAS, KEMIJEN, TANJUNG_MAS, cleared, identity, warned
from tests.governance.emergency.room import ADMIN, CREW, NEXT, OTHER_CREW, TUGU, Room, key


async def _live(served: Served) -> None:
    room = Room(served)
    await _calls(room)
    await warned(served, "warning-1", AWAS, KEMIJEN, TANJUNG_MAS)
    await _incidents(room)
    await _mentioned(room, served)
    await _flooded(room)
    await cleared(served, "warning-1")
    await floods.forget(served.runtime)
    clock = served.runtime.clock
    for minutes in (0, 40, 60):
        served.runtime.clock = _later(clock, minutes)
        await welfare.check(served.runtime)
        await hand_offs.escalate(served.runtime)
    served.runtime.clock = clock


async def _flooded(room: Room) -> None:
    """A case that is filed where it is flooded, or corrected, and the list of those."""
    said: dict[str, Any] = {"category": "banjir-genangan", "area": place_pb2.Area(code=KEMIJEN)}
    told: list[tuple[Any, Any]] = [
        (flood_cases.on_complaint_filed, governance_pb2.ComplaintFiled(**said)),
        (flood_cases.on_complaint_corrected, governance_pb2.ComplaintCorrected(**said)),
    ]
    for react, message in told:
        event = arrived(room.served, message, "governance", aggregate=key(), exercise=True)
        async with room.served.runtime.transaction() as tx:
            await react(tx, event)
    listing = complaints_pb2.ListComplaintsRequest(page_size=1, warning=identity("warning-1"))
    await room.served.call(complaints_pb2_grpc.ComplaintServiceStub, "ListComplaints", listing, ADMIN)


def _later(clock: Any, minutes: int) -> Any:
    return lambda: clock() + timedelta(minutes=minutes)


async def _calls(room: Room) -> None:
    call, other = await room.rung(name="Siti", phone="+62 812 0000 0000"), await room.rung()
    service = "EmergencyCallService"
    linking = calls.LinkEmergencyCallRequest(
        request_id=key(), id=call.id, etag=call.etag, incident=(await room.opened()).id
    )
    linked = (await room.call(f"{service}.LinkEmergencyCall", linking)).call
    unlinking = calls.UnlinkEmergencyCallRequest(request_id=key(), id=call.id, etag=linked.etag)
    linking.request_id, linking.etag = key(), (await room.call(f"{service}.UnlinkEmergencyCall", unlinking)).call.etag
    await room.call(f"{service}.LinkEmergencyCall", linking)
    closing = calls.CloseEmergencyCallRequest(
        request_id=key(), id=other.id, etag=other.etag, closing=calls.EMERGENCY_CALL_CLOSING_COMPLAINT,
        complaint="Lampu jalan mati.",
    )  # fmt: skip
    closed = (await room.call(f"{service}.CloseEmergencyCall", closing)).call
    reopening = calls.ReopenEmergencyCallRequest(request_id=key(), id=other.id, etag=closed.etag)
    closing.complaint = ""  # it has become one
    closing.request_id, closing.etag = key(), (await room.call(f"{service}.ReopenEmergencyCall", reopening)).call.etag
    await room.call(f"{service}.CloseEmergencyCall", closing)
    await room.call(f"{service}.NoteCallBack", calls.NoteCallBackRequest(request_id=key(), id=call.id, reached=True))
    for _ in range(2):
        await room.call(f"{service}.GetEmergencyCaller", calls.GetEmergencyCallerRequest(id=call.id, purpose="Lantai?"))
    await room.call(f"{service}.GetEmergencyCall", calls.GetEmergencyCallRequest(id=call.id))
    reads: dict[str, Any] = {"page_size": 1, "id": call.id}
    await _pages(room, f"{service}.ListEmergencyCallerReads", calls.ListEmergencyCallerReadsRequest, reads)
    for states in ([], [calls.EMERGENCY_CALL_STATE_CLOSED, calls.EMERGENCY_CALL_STATE_INCIDENT]):
        for oldest in (False, True):
            asked: dict[str, Any] = {"states": states, "oldest_first": oldest}
            await _pages(room, f"{service}.ListEmergencyCalls", calls.ListEmergencyCallsRequest, asked)
    await room.call(f"{service}.ReservePaperNumbers", calls.ReservePaperNumbersRequest(request_id=key(), count=3))
    await _pages(room, f"{service}.ListPaperNumbers", calls.ListPaperNumbersRequest, {})
    numbers = (await room.call(f"{service}.ListPaperNumbers", calls.ListPaperNumbersRequest())).numbers
    void = calls.VoidPaperNumberRequest(request_id=key(), number=str(numbers[0].number), reason="Rusak")
    await room.call(f"{service}.VoidPaperNumber", void)
    await room.rung(paper_number=numbers[1].number, receive_time=room.now())


async def _incidents(room: Room) -> None:
    one, other = await room.opened(), await room.opened()
    await room.ask("AddIncidentNote", pb.AddIncidentNoteRequest(request_id=key(), id=one.id, note="Jalan ditutup."))
    seen = await room.seen(one.id)
    grading = pb.GradeIncidentRequest(request_id=key(), id=one.id, etag=seen.etag, service="medical", reason="Korban.")
    graded = await room.ask("GradeIncident", grading)
    moving = pb.RelocateIncidentRequest(request_id=key(), id=one.id, etag=graded.etag, place="Tugu", reason="Meralat.")
    await room.ask("RelocateIncident", moving)
    recalled = await room.moved(await room.sent(await room.unit(at=TUGU), one), "available")
    mistaken = await room.moved(await room.moved(await room.sent(recalled, one), "en_route"), "on_scene")
    working = await room.moved(await room.moved(mistaken, "en_route"), "on_scene")
    await room.call("UnitService.GetOwnUnit", units.GetOwnUnitRequest(), CREW)
    await room.call("UnitService.ConfirmUnit", units.ConfirmUnitRequest(request_id=key(), code=working.code), CREW)
    drilling = await room.sent(await room.unit("medical", OTHER_CREW), await room.opened(exercise=True))
    await room.sent(drilling, other)
    for states in ([], [pb.INCIDENT_STATE_WAITING, pb.INCIDENT_STATE_ON_SCENE]):
        for urgent in (False, True):
            fields: dict[str, Any] = {"states": states, "urgent_first": urgent}
            await _pages(room, "IncidentService.ListIncidents", pb.ListIncidentsRequest, fields)
    await _pages(room, "UnitService.ListUnits", units.ListUnitsRequest, {})
    await room.call("UnitService.ListUnits", units.ListUnitsRequest(), CREW)
    await room.call("IncidentService.SuggestForIncident", pb.SuggestForIncidentRequest(id=one.id))
    one = await room.seen(one.id)
    await room.ask("MergeIncident", pb.MergeIncidentRequest(request_id=key(), id=one.id, etag=one.etag, into=other.id))
    one = await room.seen(one.id)
    one = await room.ask("UnmergeIncident", pb.UnmergeIncidentRequest(request_id=key(), id=one.id, etag=one.etag))
    off = (await room.handed_off(one)).hand_offs[0]
    await room.withdrawn((await room.handed_off(other)).hand_offs[0])
    await room.handed_off(other)
    below = await room.handed_off(await room.opened())
    await room.merged(below, await room.opened())
    await room.seen(below.id)
    asked = pb.AcknowledgeHandOffRequest(request_id=key(), id=off.id, etag=off.etag, reference="LP-7")
    await room.ask("AcknowledgeHandOff", asked)
    listed = await room.call("UnitService.ListUnits", units.ListUnitsRequest())
    await room.moved(next(unit for unit in listed.units if unit.code == working.code), "returning")
    signing_off = units.SignOffUnitRequest(request_id=key(), code=working.code)
    await room.call("UnitService.SignOffUnit", signing_off, CREW)
    await room.ask("CloseIncident", room.closing(await room.seen(one.id)))
    await _shifts(room)


async def _mentioned(room: Room, served: Served) -> None:
    """A caller who is named wherever something can be written, until they are erased."""
    call = await room.rung(name="Siti", phone="+62 812 0000 0000")
    one = await room.opened(call=call.id, place="Rumah Siti", note="Siti terjebak.")
    await room.ask("AddIncidentNote", pb.AddIncidentNoteRequest(request_id=key(), id=one.id, note="Siti selamat."))
    off = (await room.handed_off(one)).hand_offs[0]
    told = pb.AcknowledgeHandOffRequest(request_id=key(), id=off.id, etag=off.etag, reference="Siti")
    acknowledged = await room.ask("AcknowledgeHandOff", told)
    await room.withdrawn(acknowledged.hand_offs[0], reason="Siti meralat.", party_told=True)
    read = calls.GetEmergencyCallerRequest(id=call.id, purpose="Siti mana?")
    await room.call("EmergencyCallService.GetEmergencyCaller", read)
    handed = pb.HandOverShiftRequest(request_id=key(), note="Telepon Siti.")
    await room.call("IncidentService.HandOverShift", handed)
    closing = room.closing(await room.seen(one.id))
    closing.report = "Siti dibawa ke rumah sakit."
    await room.ask("CloseIncident", closing)
    clock = served.runtime.clock
    served.runtime.clock = _later(clock, 60 * 24 * 32)
    await welfare.erase(served.runtime)
    served.runtime.clock = clock


async def _shifts(room: Room) -> None:
    for _ in range(2):
        asked = pb.HandOverShiftRequest(request_id=key(), note="AMB-02 di bengkel.")
        shift = (await room.call("IncidentService.HandOverShift", asked)).handover
    taking = pb.TakeOverShiftRequest(request_id=key(), id=shift.id, etag=shift.etag)
    await room.call("IncidentService.TakeOverShift", taking, NEXT)
    await _pages(room, "IncidentService.ListShiftHandovers", pb.ListShiftHandoversRequest, {})
    await room.journal()
    await room.call("IncidentService.GetResponseTimes", pb.GetResponseTimesRequest())
    await room.call("IncidentService.GetEmergencyProtocol", pb.GetEmergencyProtocolRequest())


async def _pages(room: Room, rpc: str, kind: Any, fields: dict[str, Any]) -> None:
    found = await room.call(rpc, kind(**{"page_size": 1, **fields}))
    await room.call(rpc, kind(**{"page_size": 1, **fields}, page_token=found.next_page_token))


LIVES = {"emergency": _live}
