"""What is written down of an incident: its timeline, and what its crews are told of it."""

import pytest

from services.governance.journal import store as journal
from smartcity.governance.v1 import incidents_pb2 as pb
from tests.governance.emergency.room import Room, key


async def noted(room: Room, one: pb.Incident, text: str) -> pb.Incident:
    """An incident of which something more is known."""
    return await room.ask("AddIncidentNote", pb.AddIncidentNoteRequest(request_id=key(), id=one.id, note=text))


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
