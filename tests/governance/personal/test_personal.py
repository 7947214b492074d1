"""What governance keeps by a login, and that contacts of it can be erased at once."""

from types import SimpleNamespace
from typing import Any

from services.governance.personal import reactions
from services.kit.caller import Caller
from tests.fixtures.personal import Told, asked
from tests.governance.calls import DPU, OTHER, Filed, Records
from tests.governance.cases import Filed as Case
from tests.governance.conftest import CITIZEN, VERIFIER, refused, request_id

GIVEN = {"name": "Siti Contoh", "email": "siti@contoh.id", "phone": "+62 812 0000 0000"}


async def test_contacts_of_a_login_are_erased_and_the_cases_stay(records: Records) -> None:
    filed = await records.file(CITIZEN, contact=GIVEN)
    other = await records.file(contact=GIVEN)
    served: Any = SimpleNamespace(runtime=records.runtime, now=records.runtime.clock(), admin=records.runtime.pool)
    held = await asked(served, reactions, CITIZEN.subject)
    assert held == {"contacts": (1, 0, ""), "complaints": (1, 0, "case"), "joined": (0, 0, "")}
    records_ = (await records.own(CITIZEN)).records
    listed = {one.kind: {each.name: each.value for each in one.fields} for one in records_}
    assert listed["complaints"]["code"] == filed.code
    assert listed["contacts"] == {"complaint": filed.code, **GIVEN}
    gone = await asked(served, reactions, CITIZEN.subject, erase=True)
    assert gone == {"contacts": (1, 1, ""), "complaints": (1, 0, "case"), "joined": (0, 0, "")}
    again = await asked(served, reactions, CITIZEN.subject, erase=True)
    assert again["contacts"] == (0, 0, "")
    assert {one.kind for one in (await records.own(CITIZEN)).records} == {"complaints"}
    with refused("CONTACT_MISSING"):
        await records.contact("GetContact", **filed.owner)
    assert (await records.contact("GetContact", **other.owner)).contact.name == "Siti Contoh"


async def test_reporters_are_told_what_they_wrote_later_their_photos_and_who_read_how_to_reach_them(
    records: Records,
) -> None:
    filed = await records.file(CITIZEN, contact=GIVEN)
    await records.contact("GetContact", DPU, code=filed.code, purpose="Menanyakan lokasi lubang")
    seen = await records.complaint("GetComplaint", **filed.owner)
    case = Case(records.governance, filed.code, filed.link_key, seen.complaint)
    photo, other = await case.snapshot(), await case.snapshot()
    await records.transition(filed, "verify", VERIFIER)
    await records.transition(filed, "ask", VERIFIER, note="Di mana tepatnya?")
    await records.complaint("ReplyComplaint", **filed.owner, request_id=request_id(), note="Di depan nomor 14")
    await records.redaction("RedactComplaint", **filed.owner, request_id=request_id(), photos=[other])
    own = (await records.own(CITIZEN)).records
    listed = {one.kind: {each.name: each.value for each in one.fields} for one in own}
    kinds = [one.kind for one in own]
    assert kinds.count("photos") == 1, "what was taken out is no photo of the case any more"
    assert kinds.count("notes") == 1, "nobody wrote the digest of what was taken out"
    assert (listed["notes"]["state"], listed["notes"]["note"]) == ("in_progress", "Di depan nomor 14")
    assert listed["photos"]["address"] == f"/v1/complaints/{filed.code}/photos/{photo}"
    assert (listed["contact_reads"]["by"], listed["contact_reads"]["purpose"]) == (
        "officer dpu", "Menanyakan lokasi lubang",
    )  # fmt: skip


async def test_what_a_login_joined_is_told_and_forgets_it_while_it_goes_on_counting(records: Records) -> None:
    filed = await records.file(contact={"name": "Budi Contoh", "email": "budi@contoh.id"})
    asking = {"request_id": request_id(), "code": filed.code, "contact": GIVEN}
    joined = await records.complaint("JoinComplaint", CITIZEN, **asking)
    served: Any = SimpleNamespace(runtime=records.runtime, now=records.runtime.clock(), admin=records.runtime.pool)
    held = await asked(served, reactions, CITIZEN.subject)
    assert held == {"contacts": (1, 0, ""), "complaints": (0, 0, ""), "joined": (1, 0, "")}
    listed = {one.kind: {each.name: each.value for each in one.fields} for one in (await records.own(CITIZEN)).records}
    assert listed.keys() == {"contacts", "joined"}
    assert listed["contacts"] == {"complaint": filed.code, **GIVEN}
    assert listed["joined"]["complaint"] == filed.code
    gone = await asked(served, reactions, CITIZEN.subject, erase=True)
    assert gone == {"contacts": (1, 1, ""), "complaints": (0, 0, ""), "joined": (1, 1, "")}
    assert not list((await records.own(CITIZEN)).records)
    with refused("CONTACT_MISSING"):
        await records.contact("GetContact", code=filed.code, link_key=joined.link_key)
    assert (await records.contact("GetContact", **filed.owner)).contact.name == "Budi Contoh"
    (row,) = await records.sql("SELECT subject, counted FROM supporter")
    assert (CITIZEN.subject in row["subject"], row["counted"]) == (False, True)
    assert (await records.complaint("GetComplaint", code=filed.code)).complaint.supporters == 1
    again = await asked(served, reactions, CITIZEN.subject, erase=True)
    assert again == {"contacts": (0, 0, ""), "complaints": (0, 0, ""), "joined": (0, 0, "")}


async def test_whoever_is_behind_a_duplicate_by_their_login_is_forgotten_at_the_original_too(records: Records) -> None:
    original, double = await records.file(), await records.file(CITIZEN)
    await records.complaint("JoinComplaint", OTHER, request_id=request_id(), code=double.code)
    await records.transition(double, "mark_duplicate", VERIFIER, duplicate_of=original.code)
    assert (await _erase(records, OTHER))["joined"] == (2, 2, "")
    assert (await _erase(records, CITIZEN))["joined"] == (1, 1, "")
    assert (await records.complaint("GetComplaint", code=original.code)).complaint.supporters == 2
    left = {row["subject"] for row in await records.sql("SELECT subject FROM supporter")}
    assert not left & {OTHER.subject, CITIZEN.subject}


async def test_a_login_that_joins_again_after_each_erasure_counts_once(records: Records) -> None:
    filed = await records.file()
    for _ in range(3):
        joined = await _join(records, filed, CITIZEN, contact=GIVEN)
        assert (joined.supporters, joined.counted) == (1, True)
        assert (await _erase(records, CITIZEN))["joined"] == (1, 1, "")
        with refused("CONTACT_MISSING"):
            await records.contact("GetContact", code=filed.code, link_key=joined.link_key)
    assert (await _join(records, filed, OTHER)).supporters == 2


async def test_who_is_erased_counts_once_where_what_they_joined_turns_out_to_be_a_duplicate(records: Records) -> None:
    original, double, before = await records.file(), await records.file(), await records.file()
    await _join(records, before, CITIZEN)
    await _erase(records, CITIZEN)
    for one, into in ((before, double), (double, original)):
        await records.transition(one, "mark_duplicate", VERIFIER, duplicate_of=into.code)
    counted = (await records.complaint("GetComplaint", code=original.code)).complaint.supporters
    assert (await _join(records, original, CITIZEN)).supporters == counted


async def test_nothing_joins_two_cases_of_a_supporter_who_is_erased(records: Records) -> None:
    for _ in range(2):
        await _join(records, await records.file(), CITIZEN)
    await _erase(records, CITIZEN)
    left = [row["subject"].split(":") for row in await records.sql("SELECT subject FROM supporter")]
    assert len({part for one in left for part in one[1:]}) == sum(len(one) - 1 for one in left)


async def _erase(records: Records, whose: Caller) -> Told:
    served: Any = SimpleNamespace(runtime=records.runtime, now=records.runtime.clock(), admin=records.runtime.pool)
    return await asked(served, reactions, whose.subject, erase=True)


async def _join(records: Records, filed: Filed, caller: Caller, **fields: Any) -> Any:
    return await records.complaint("JoinComplaint", caller, request_id=request_id(), code=filed.code, **fields)
