"""Hand-offs of incidents: they stand where their incident goes on, and nobody is asked twice."""

import grpc
import pytest

from smartcity.governance.v1 import incidents_pb2 as pb
from tests.governance.emergency.room import Room, key
from tests.kit.serving import Refusal


async def on_board(room: Room, incident: pb.Incident) -> pb.Incident:
    """An incident as the board lists it."""
    asked = pb.ListIncidentsRequest(page_size=50, urgent_first=True)
    listed = (await room.call("IncidentService.ListIncidents", asked)).incidents
    (found,) = [one for one in listed if one.id == incident.id]
    shown: pb.Incident = found
    return shown


async def test_a_hand_off_stands_on_the_board_where_its_incident_was_merged_into(room: Room) -> None:
    one, middle, top = await room.handed_off(await room.opened()), await room.opened(), await room.opened()
    call = await room.linked(await room.rung(), one)
    await room.merged(one, middle)
    await room.merged(middle, top)
    shown = await on_board(room, top)
    assert [(off.party, off.state) for off in shown.hand_offs] == [("police", pb.HAND_OFF_STATE_ASKED)]
    assert list(shown.calls) == [call.number]
    assert [off.id for off in (await on_board(room, one)).hand_offs] == [one.hand_offs[0].id], "and at its own"


async def test_who_was_told_of_what_was_merged_into_an_incident_is_not_told_of_that_again(room: Room) -> None:
    one, other = await room.handed_off(await room.opened()), await room.opened()
    await room.merged(one, other)
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await room.handed_off(other)
    assert Refusal.of(caught.value).reason == "HAND_OFF_ASKED"
    again = pb.HandOffIncidentRequest(request_id=key(), id=other.id, party="sar")
    assert len((await room.ask("HandOffIncident", again)).hand_offs) == 2, "others are"
