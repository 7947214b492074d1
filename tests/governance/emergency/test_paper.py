"""Numbers of paper forms: what becomes of each is in the journal, as none may be missing without a word."""

from smartcity.governance.v1 import emergency_calls_pb2 as calls
from smartcity.governance.v1 import incidents_pb2 as pb
from tests.governance.emergency.room import Room, key


async def test_the_journal_says_which_numbers_were_reserved_and_why_one_was_given_up(room: Room) -> None:
    asked = calls.ReservePaperNumbersRequest(request_id=key(), count=3)
    first, _, last = [
        one.number for one in (await room.call("EmergencyCallService.ReservePaperNumbers", asked)).numbers
    ]
    void = calls.VoidPaperNumberRequest(request_id=key(), number=str(first), reason="Formulir rusak.")
    await room.call("EmergencyCallService.VoidPaperNumber", void)
    listed = pb.ListDispatchEntriesRequest(page_size=200)
    entries = (await room.call("IncidentService.ListDispatchEntries", listed)).entries
    assert [(one.what, one.text, one.by) for one in entries] == [
        ("paper_reserved", f"{first}–{last}", "dispatcher"),
        ("paper_voided", f"{first}: Formulir rusak.", "dispatcher"),
    ]
