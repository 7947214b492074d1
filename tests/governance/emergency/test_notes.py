"""What is written down of an incident: its timeline, and what its crews are told of it."""

import pytest

from services.governance.assignments.actions import MOST_NOTES
from services.governance.journal import store as journal
from smartcity.governance.v1 import incidents_pb2 as pb
from smartcity.governance.v1 import units_pb2 as units
from tests.governance.emergency.room import CREW, Room, key


async def noted(room: Room, one: pb.Incident, text: str) -> pb.Incident:
    """An incident of which something more is known."""
    return await room.ask("AddIncidentNote", pb.AddIncidentNoteRequest(request_id=key(), id=one.id, note=text))


async def told(room: Room) -> list[str]:
    """What a crew is told."""
    note: str = (await room.call("UnitService.GetOwnUnit", units.GetOwnUnitRequest(), CREW)).job.note
    return note.splitlines()


async def test_a_crew_is_told_what_is_known_later_and_forgets_nothing_when_its_incident_is_merged(room: Room) -> None:
    one = await room.opened(note="Asap.")
    await room.sent(await room.unit(), one)
    assert await told(room) == ["Asap."]
    await noted(room, one, "Ada tabung gas di lantai dua.")
    assert await told(room) == ["Asap.", "Ada tabung gas di lantai dua."]
    other = await room.opened(note="Api.")
    await noted(room, other, "Jalan ditutup.")
    await room.merged(one, other)
    assert await told(room) == ["Api.", "Asap.", "Ada tabung gas di lantai dua.", "Jalan ditutup."]
    for number in range(MOST_NOTES):
        await noted(room, other, f"Regu {number} masuk.")
    assert await told(room) == ["Api.", "Asap.", *(f"Regu {number} masuk." for number in range(MOST_NOTES))]


async def test_of_a_long_timeline_the_newest_lines_are_shown_and_that_it_began_before(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "MOST", 3)
    one, other = await room.opened(), await room.opened()
    assert not (await room.seen(one.id)).timeline_cut
    for text in ("Asap.", "Api.", "Padam."):
        after = await noted(room, one, text)
    assert ([line.text for line in after.timeline], after.timeline_cut) == (["Asap.", "Api.", "Padam."], True)
    whole = await room.merged(one, other)
    assert [line.what for line in whole.timeline] == [
        "incident_opened", "incident_noted", "incident_noted", "incident_merged",
    ], "of each the newest"  # fmt: skip
    assert whole.timeline_cut


async def test_a_line_that_a_later_version_writes_is_shown_as_it_is(room: Room) -> None:
    one = await room.opened()
    await noted(room, one, "Asap.")
    await room.served.admin.execute(
        "UPDATE governance.dispatch_entry SET what = 'incident_filmed' WHERE what = 'incident_noted'"
    )
    assert [(line.what, line.text) for line in (await room.seen(one.id)).timeline][-1] == ("incident_filmed", "Asap.")
