"""Incidents that are graded anew: what their clocks say then, who is paged, and what the public is told."""

from smartcity.governance.v1 import incidents_pb2 as pb
from tests.governance.conftest import Governance
from tests.governance.emergency.room import OTHER_CREW, Room, key
from tests.governance.emergency.test_merging import needs_too, responded


async def test_a_unit_that_was_there_before_its_service_was_needed_is_counted_from_the_call(
    room: Room, governance: Governance
) -> None:
    one = await room.opened()
    ambulance = await room.sent(await room.unit("medical", OTHER_CREW), one)
    governance.pass_time(minutes=7)
    await room.moved(ambulance, "on_scene", OTHER_CREW)
    assert await responded(room) == []
    governance.pass_time(minutes=2)
    graded = await needs_too(room, one)
    assert [(each.service, each.HasField("arrive_time")) for each in graded.clocks] == [
        ("fire", False), ("medical", True),
    ]  # fmt: skip
    assert await responded(room) == [("medical", 1, 420)]
    seen = await room.seen(one.id)
    again = pb.GradeIncidentRequest(request_id=key(), id=one.id, etag=seen.etag, priority=2, reason="Tidak parah.")
    await room.ask("GradeIncident", again)
    assert await responded(room) == [("medical", 1, 420)], "once"


async def test_a_unit_that_is_there_is_counted_for_what_needs_it_until_that_is_another_matter_after_all(
    room: Room, governance: Governance
) -> None:
    one = await room.opened()
    hurt = await room.opened(kind="medical")
    ambulance = await room.sent(await room.unit("medical", OTHER_CREW), one)
    governance.pass_time(minutes=7)
    await room.moved(ambulance, "on_scene", OTHER_CREW)
    await room.merged(hurt, one)
    assert await responded(room) == [("medical", 1, 420)]
    await room.unmerged(hurt)
    assert await responded(room) == []
