"""Who called is taken out of what dispatchers wrote, and nothing else is, before they are erased."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import grpc.aio
import pytest
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from services.governance.callers.model import Caller
from services.governance.incidents import store as incidents
from services.governance.journal.model import TYPED, What
from services.governance.mentions.actions import AT_ONCE, searched
from services.governance.mentions.model import GONE, common_of, pattern
from services.governance.welfare import timers as welfare
from services.kit.city import load_city
from smartcity.governance.v1 import emergency_calls_pb2 as calls
from smartcity.governance.v1 import incidents_pb2 as pb
from tests.governance.conftest import Governance
from tests.governance.emergency.room import Room, key
from tests.kit.serving import Refusal

CODED = {
    What.CALL_TAKEN, What.CALL_CLOSED, What.CALL_REOPENED, What.CALL_LINKED, What.CALL_UNLINKED, What.CALL_BACK,
    What.OPENED, What.MERGED, What.UNMERGED, What.CLOSED, What.ASSIGNED, What.MOVED, What.SIGNED_ON, What.SIGNED_OFF,
    What.LATE, What.ASKED, What.ANSWERED, What.SILENT, What.ESCALATED, What.FLOOD_LEVEL, What.FLOOD_OVER,
    What.TAKEN_OUT, What.SHIFT_OVER, What.SHIFT_TAKEN, What.PAPER_RESERVED,
}  # fmt: skip
"""Lines with numbers and codes behind them, or with nothing: no name is looked for in them."""


def test_of_each_kind_of_line_it_is_known_whether_somebody_typed_its_text() -> None:
    assert sorted([*TYPED, *CODED]) == sorted(What)


def without(text: str, name: str = "", phone: str = "") -> str:
    found = pattern(Caller(name, phone), common_of(load_city("semarang")))
    return found.sub(GONE, text) if found else text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Tidak diketahui", "Tidak ada korban, pelaku tidak diketahui."),
        ("Warga sekitar", "Ambulans datang; warga menolong korban."),
        ("Hari Santoso", "Api 3 hari yang lalu; Hari Senin diperiksa lagi."),
        ("Pak RT 03", "RT 03 sudah dievakuasi."),
        ("Ana", "analisa di sana"),
        ("Kemijen", "Banjir di Kemijen naik."),
        ("Police", "police: LP-7"),
        ("Intan Permata", "Toko permata di sudut."),
    ],
)
def test_what_is_no_name_stays(name: str, text: str) -> None:
    assert without(text, name) == text


@pytest.mark.parametrize(
    ("name", "text", "left"),
    [
        ("Hari Santoso", "hari  santoso menunggu, Santoso sendiri", "[…] menunggu, […] sendiri"),
        ("Ir. Budi Santoso, S.T.", "Bu SANTOSO; Pak Budi.", "Bu […]; Pak […]."),
        ("Bapak Slamet.", "Pak Slamet, slamet", "Pak […], slamet"),
        ("Fajar Indah", "Ibu fajar indah di gerbang", "Ibu […] di gerbang"),
        ("Dwi", "Dwi menelepon lagi", "[…] menelepon lagi"),
    ],
)
def test_a_name_goes_whole_in_any_case_and_in_parts_as_names_are_written(name: str, text: str, left: str) -> None:
    assert without(text, name) == left


@pytest.mark.parametrize(
    ("phone", "text", "left"),
    [
        ("081234567890", "Pukul 14.30 0812-3456-7890 menelepon", "Pukul 14.30 […] menelepon"),
        ("+62 812 3456 7890", "RT 03 081234567890", "RT 03 […]"),
        ("081234567890", "0811 1111 1111 0812 3456 7890 0813", "0811 1111 1111 […] 0813"),
        ("081234567890", "telepon 0 8 1 2 3 4 5 6 7 8 9 0.", "telepon […]."),
        ("081234567890", "(+62) 812.3456.7890 atau 62812 3456 7890", "[…] atau […]"),
        ("0243541234", "024/3541234, (024) 3541234", "[…], […]"),
        ("081234567890", "10812345678901 dan 0812345678905", "10812345678901 dan 0812345678905"),
    ],
)
def test_a_number_goes_however_it_is_written_and_no_other(phone: str, text: str, left: str) -> None:
    assert without(text, phone=phone) == left


async def test_others_go_on_while_many_texts_are_searched() -> None:
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    going_on = asyncio.create_task(others())
    found = pattern(Caller("Wahyuni Contoh"), ())
    assert found is not None
    left = await searched(dict.fromkeys(range(10 * AT_ONCE), "Wahyuni di gerbang."), [found])
    going_on.cancel()
    assert set(left.values()) == {"[…] di gerbang."}
    assert turns >= 10


async def texts(governance: Governance) -> str:
    rows = await governance.admin.fetch(
        "SELECT text FROM governance.dispatch_entry UNION ALL SELECT note FROM governance.shift_handover"
    )
    return " ".join(row[0] for row in rows)


async def noted(room: Room, incident: str, note: str) -> None:
    await room.ask("AddIncidentNote", pb.AddIncidentNoteRequest(request_id=key(), id=incident, note=note))


async def test_who_called_is_taken_out_of_what_was_written_before_they_are_erased(
    room: Room, governance: Governance
) -> None:
    call = await room.rung(name="Siti Contoh", phone="+62 812-0000-0000")
    incident = await room.opened(call=call.id)
    note = "Bu SITI menunggu di gerbang, telepon 0812 0000 0000; Sitirejo aman, 112 unit 0812 0000 0001."
    await noted(room, incident.id, note)
    handed = pb.HandOverShiftRequest(request_id=key(), note="Telepon lagi Siti Contoh besok pagi.")
    await room.call("IncidentService.HandOverShift", handed)
    governance.pass_time(days=31)
    await welfare.erase(governance.runtime)
    told = await texts(governance)
    assert "Bu […] menunggu di gerbang, telepon […]; Sitirejo aman, 112 unit 0812 0000 0001." in told
    assert "Telepon lagi […] besok pagi." in told
    gone = await room.call("EmergencyCallService.GetEmergencyCall", calls.GetEmergencyCallRequest(id=call.id))
    assert gone.call.has_caller is False
    assert (await room.journal()).count("caller_taken_out") == 1


async def test_all_who_called_about_an_incident_are_taken_out_together_and_unread_data_is_erased_all_the_same(
    room: Room, governance: Governance
) -> None:
    first = await room.rung(name="Wahyuni Contoh", phone="0812 0000 0003")
    incident = await room.opened(call=first.id)
    second = await room.rung(name="Hartono Contoh")
    third = await room.rung(name="Kusuma Contoh")
    for one in (second, third):
        await room.call(
            "EmergencyCallService.LinkEmergencyCall",
            calls.LinkEmergencyCallRequest(request_id=key(), id=one.id, etag=one.etag, incident=incident.id),
        )
    await noted(room, incident.id, "Wahyuni dan Hartono melihat api; Kusuma juga.")
    await governance.admin.execute(
        "UPDATE governance.emergency_caller SET ciphertext = $2 WHERE call = $1::text::uuid", third.id, bytes(40)
    )
    governance.pass_time(days=31)
    await welfare.erase(governance.runtime)
    assert "[…] dan […] melihat api; Kusuma juga." in await texts(governance)
    assert (await room.journal()).count("caller_taken_out") == 1
    left = await governance.admin.fetchval("SELECT count(*) FROM governance.emergency_caller")
    assert left == 0, "what nobody can read is erased too"


async def test_what_a_dispatcher_writes_meanwhile_is_kept(room: Room, governance: Governance) -> None:
    call = await room.rung(name="Wahyuni Contoh")
    incident = await room.opened(call=call.id, note="Wahyuni menunggu.")
    governance.pass_time(days=31)
    async with governance.runtime.transaction() as tx:
        one = await incidents.get(tx, UUID(incident.id), lock=True)
        assert one is not None
        erasing = asyncio.create_task(welfare.erase(governance.runtime))
        await asyncio.sleep(0.5)
        await incidents.save(tx, replace(one, note="Api padam, kata Wahyuni.", version=one.version + 1))
    await erasing
    assert (await room.seen(incident.id)).note == "Api padam, kata […]."


async def test_a_caller_of_a_paper_form_is_taken_out_of_handovers_after_it_was_entered(
    room: Room, governance: Governance
) -> None:
    reserving = calls.ReservePaperNumbersRequest(request_id=key(), count=1)
    (number,) = (await room.call("EmergencyCallService.ReservePaperNumbers", reserving)).numbers
    came = Timestamp()
    came.FromDatetime(governance.runtime.clock() - timedelta(days=7))
    call = await room.rung(name="Suryani Contoh", paper_number=number.number, receive_time=came)
    await room.opened(call=call.id)
    handing = pb.HandOverShiftRequest(request_id=key(), note="Formulir Suryani sudah masuk.")
    await room.call("IncidentService.HandOverShift", handing)
    governance.pass_time(days=31)
    await welfare.erase(governance.runtime)
    assert "Formulir […] sudah masuk." in await texts(governance)


async def test_a_caller_is_taken_out_of_handovers_as_long_as_their_incident_goes_on(
    room: Room, governance: Governance
) -> None:
    call = await room.rung(name="Suryani Contoh")
    incident = await room.opened(call=call.id)
    governance.pass_time(days=6)
    await room.ask("CloseIncident", room.closing(await room.seen(incident.id)))
    going = await room.opened(call=(await room.rung(name="Hartono Contoh")).id)
    governance.pass_time(days=2)
    handing = pb.HandOverShiftRequest(request_id=key(), note="Suryani dan Hartono belum pulang.")
    await room.call("IncidentService.HandOverShift", handing)
    governance.pass_time(days=10)
    handing = pb.HandOverShiftRequest(request_id=key(), note="Suryani sudah pulang, Hartono belum.")
    await room.call("IncidentService.HandOverShift", handing)
    governance.pass_time(days=31)
    await welfare.erase(governance.runtime)
    told = await texts(governance)
    assert "[…] dan […] belum pulang." in told
    assert "Suryani sudah pulang, […] belum." in told, "days after hers had ended it may be somebody else"
    assert (await room.seen(going.id)).state == pb.INCIDENT_STATE_WAITING


async def test_a_caller_is_taken_out_of_why_a_hand_off_was_withdrawn(room: Room, governance: Governance) -> None:
    incident = await room.handed_off(await room.opened(call=(await room.rung(name="Suryani Contoh")).id))
    await room.withdrawn(incident.hand_offs[0], reason="Suryani meralat.")
    governance.pass_time(days=31)
    await welfare.erase(governance.runtime)
    assert "police: […] meralat." in await texts(governance)


async def test_what_is_written_after_a_caller_was_erased_has_no_number_in_it(
    room: Room, governance: Governance
) -> None:
    incident = await room.opened(call=(await room.rung(name="Suryani Contoh")).id)
    await noted(room, incident.id, "Telepon 0812 0000 0003.")
    await room.handed_off(incident)
    governance.pass_time(days=31)
    await welfare.erase(governance.runtime)
    one, number = await room.seen(incident.id), "Telepon 0812 0000 0003."
    (off,) = one.hand_offs
    mine: dict[str, Any] = {"id": one.id, "etag": one.etag}
    asked = {
        "AddIncidentNote": pb.AddIncidentNoteRequest(request_id=key(), id=one.id, note=number),
        "GradeIncident": pb.GradeIncidentRequest(request_id=key(), **mine, priority=2, reason=number),
        "RelocateIncident": pb.RelocateIncidentRequest(request_id=key(), **mine, place="Tugu Muda", reason=number),
        "HandOffIncident": pb.HandOffIncidentRequest(request_id=key(), id=one.id, party="police", note=number),
        "AcknowledgeHandOff": pb.AcknowledgeHandOffRequest(
            request_id=key(), id=off.id, etag=off.etag, reference=number
        ),
        "WithdrawHandOff": room.withdrawing(off, reason=number),
        "CloseIncident": pb.CloseIncidentRequest(
            request_id=key(), **mine, outcome=pb.INCIDENT_OUTCOME_RESOLVED, report=number
        ),
    }
    assert {await _refused(room, *each) for each in asked.items()} == {"CALLER_ERASED"}
    where = pb.RelocateIncidentRequest(request_id=key(), **mine, place=number, reason="Meralat.")
    assert await _refused(room, "RelocateIncident", where) == "CALLER_ERASED"
    await noted(room, one.id, "Jalan dibuka lagi.")


async def _refused(room: Room, rpc: str, asked: Message) -> str:
    """Why something that is written of an incident is not taken."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await room.ask(rpc, asked)
    return Refusal.of(caught.value).reason
