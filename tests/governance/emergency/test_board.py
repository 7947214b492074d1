"""What dispatchers have before them where very much waits: who waits longest, and what is most urgent."""

from datetime import UTC, timedelta
from typing import Any

from services.kit.rpc.protos import timestamp
from smartcity.governance.v1 import emergency_calls_pb2 as calls
from smartcity.governance.v1 import incidents_pb2 as pb
from tests.governance.conftest import Governance
from tests.governance.emergency.room import Room, key


async def pages(room: Room, rpc: str, request: Any) -> list[Any]:
    """The pages of a list."""
    found = [await room.call(rpc, request)]
    while found[-1].next_page_token:
        request.page_token = found[-1].next_page_token
        found.append(await room.call(rpc, request))
    return found


async def test_calls_are_listed_the_longest_waiting_first_drills_last_and_with_how_many_there_are(room: Room) -> None:
    drill, *real = [await room.rung(exercise=place == 0) for place in range(4)]
    asked = calls.ListEmergencyCallsRequest(
        page_size=2, oldest_first=True, states=[calls.EMERGENCY_CALL_STATE_WAITING, calls.EMERGENCY_CALL_STATE_CLOSED]
    )
    found = await pages(room, "EmergencyCallService.ListEmergencyCalls", asked)
    assert [one.id for page in found for one in page.calls] == [*(one.id for one in real), drill.id]
    assert [page.total_size for page in found] == [4, 0], "the last has them all"
    newest = await room.call("EmergencyCallService.ListEmergencyCalls", calls.ListEmergencyCallsRequest(page_size=1))
    assert (newest.calls[0].id, newest.total_size) == (real[-1].id, 0), "who does not ask for it waits for no count"


async def test_calls_of_paper_forms_are_listed_after_live_ones_whatever_their_numbers(
    room: Room, governance: Governance
) -> None:
    asked = calls.ReservePaperNumbersRequest(request_id=key(), count=2)
    first = (await room.call("EmergencyCallService.ReservePaperNumbers", asked)).numbers[0].number
    live = await room.rung()
    governance.pass_time(minutes=30)
    came = [timestamp(room.now().ToDatetime(UTC) - timedelta(minutes=minutes)) for minutes in (5, 50)]
    late, early = [await room.rung(paper_number=first + place, receive_time=each) for place, each in enumerate(came)]
    waiting = calls.ListEmergencyCallsRequest(oldest_first=True, states=[calls.EMERGENCY_CALL_STATE_WAITING])
    found = (await room.call("EmergencyCallService.ListEmergencyCalls", waiting)).calls
    assert [one.id for one in found] == [live.id, early.id, late.id]


async def test_incidents_are_listed_the_most_urgent_first_drills_last_and_with_how_many_there_are(room: Room) -> None:
    drill = await room.opened(exercise=True, priority=1)
    late, first, second = [await room.opened(priority=priority) for priority in (3, 1, 1)]
    asked = pb.ListIncidentsRequest(
        page_size=2, urgent_first=True, states=[pb.INCIDENT_STATE_WAITING, pb.INCIDENT_STATE_DISPATCHED]
    )
    found = await pages(room, "IncidentService.ListIncidents", asked)
    assert [one.id for page in found for one in page.incidents] == [first.id, second.id, late.id, drill.id]
    assert [page.total_size for page in found] == [4, 0]
