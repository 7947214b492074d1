"""Personal data: who may read it, who is written down, and how it goes for good."""

import runpy
from datetime import datetime
from typing import Any
from uuid import UUID

import grpc
import pytest

from services.governance.contacts import actions as contacts
from services.governance.contacts import timers
from services.governance.pillar import PILLAR
from services.governance.resources import resources
from services.kit.caller import ANONYMOUS, Caller
from services.kit.mail.sealing import UnreadableError, unseal
from tests.governance.calls import DLH, DPU, Filed, Records
from tests.governance.conftest import ADMIN, CITIZEN, VERIFIER, Governance, refused, request_id

GIVEN = {"name": "Siti Contoh", "email": "siti@contoh.id", "phone": "+62 812 0000 0000"}


async def filed_with_contact(records: Records, **fields: Any) -> Filed:
    return await records.file(contact=GIVEN, **fields)


async def test_a_report_with_a_contact_may_be_repeated_while_the_store_has_no_table(
    governance: Governance, records: Records
) -> None:
    await governance.admin.execute("ALTER TABLE wrapped_key RENAME TO elsewhere")
    with refused("DATABASE_AWAY") as refusal:
        await filed_with_contact(records)
    assert refusal.value.code is grpc.StatusCode.UNAVAILABLE
    await governance.admin.execute("ALTER TABLE elsewhere RENAME TO wrapped_key")
    assert (await filed_with_contact(records)).code


async def test_the_reporter_reads_the_own_contact(records: Records) -> None:
    filed = await filed_with_contact(records)
    answer = await records.contact("GetContact", **filed.owner)
    assert (answer.contact.name, answer.contact.email, answer.contact.phone) == tuple(GIVEN.values())


async def test_the_handling_agency_reads_with_a_purpose_and_is_written_down(records: Records) -> None:
    filed = await filed_with_contact(records)
    await records.contact("GetContact", DPU, code=filed.code, purpose="Menanyakan lokasi lubang")
    reads = (await records.contact("ListContactReads", **filed.owner)).reads
    assert [(read.by, read.purpose) for read in reads] == [("officer dpu", "Menanyakan lokasi lubang")]


async def test_a_read_without_a_purpose_is_refused_and_not_written_down(records: Records) -> None:
    filed = await filed_with_contact(records)
    with refused("PURPOSE_MISSING"):
        await records.contact("GetContact", DPU, code=filed.code)
    assert not await records.sql("SELECT 1 FROM contact_read WHERE complaint_id = $1", filed.id)


@pytest.mark.parametrize("purpose", ["", "    ", "\u200b" * 6, "apa?", " apa? \x00", "x" * 301])
async def test_a_purpose_has_5_to_300_characters(records: Records, purpose: str) -> None:
    filed = await filed_with_contact(records)
    with refused("PURPOSE_MISSING") as caught:
        await records.contact("GetContact", DPU, code=filed.code, purpose=purpose)
    assert caught.value.metadata == {"field": "purpose"}
    assert not await records.sql("SELECT 1 FROM contact_read WHERE complaint_id = $1", filed.id)


async def test_a_purpose_is_kept_in_one_line(records: Records) -> None:
    filed = await filed_with_contact(records)
    await records.contact("GetContact", DPU, code=filed.code, purpose=" Menanyakan\x00\n  lokasi ")
    assert (await records.contact("ListContactReads", **filed.owner)).reads[0].purpose == "Menanyakan lokasi"


@pytest.mark.parametrize("caller", [DLH, VERIFIER, ADMIN, CITIZEN, ANONYMOUS], ids=lambda caller: caller.subject)
async def test_nobody_else_reads_a_contact(records: Records, caller: Caller) -> None:
    filed = await filed_with_contact(records)
    with refused("CONTACT_NOT_YOURS"):
        await records.contact("GetContact", caller, code=filed.code, purpose="Ingin tahu saja")


async def test_officers_never_read_the_contact_of_an_anonymous_case(records: Records) -> None:
    filed = await filed_with_contact(records, anonymous=True)
    with refused("CONTACT_ANONYMOUS"):
        await records.contact("GetContact", DPU, code=filed.code, purpose="Menanyakan lokasi")
    assert (await records.contact("GetContact", **filed.owner)).contact.name


async def test_an_erased_contact_is_unreadable_wherever_its_ciphertext_lies(records: Records) -> None:
    filed = await filed_with_contact(records)
    (backup,) = await records.sql("SELECT ciphertext FROM contact WHERE subject = $1", filed.id)
    key = await resources(records.runtime).keys.find(filed.id)
    assert key is not None
    assert b"siti@contoh.id" in unseal(key, filed.id, backup["ciphertext"])
    erased = await records.contact("EraseContact", **filed.owner, request_id=request_id())
    assert erased.HasField("erase_time")
    assert await resources(records.runtime).keys.find(filed.id) is None
    # Somebody restores the database from a backup; the key store knows nothing of it.
    await records.sql(
        "UPDATE contact SET ciphertext = $2, erase_time = NULL WHERE subject = $1", filed.id, backup["ciphertext"]
    )
    with refused("CONTACT_MISSING"):
        await records.contact("GetContact", **filed.owner)


async def test_nothing_is_left_of_an_address_that_was_erased_once_more_after_a_restore(records: Records) -> None:
    filed, kept = await filed_with_contact(records), await filed_with_contact(records)
    await records.sql("UPDATE contact SET erase_time = now() WHERE subject = $1", filed.id)
    await records.sql(runpy.run_path(str(PILLAR.migrations / "2026_12_01_mailboxes_erased.py"))["CLEAR"])
    rows = await records.sql("SELECT subject FROM contact WHERE mailbox IS NOT NULL")
    assert [row["subject"] for row in rows] == [kept.id]


async def test_erasing_again_answers_with_the_first_time(records: Records) -> None:
    filed = await filed_with_contact(records)
    first = await records.contact("EraseContact", ADMIN, code=filed.code, request_id=request_id())
    records.governance.pass_time(minutes=5)
    again = await records.contact("EraseContact", ADMIN, code=filed.code, request_id=request_id())
    assert again.erase_time == first.erase_time


@pytest.mark.parametrize("caller", [DPU, VERIFIER, CITIZEN, ANONYMOUS], ids=lambda caller: caller.subject)
async def test_only_the_reporter_and_the_administrator_erase(records: Records, caller: Caller) -> None:
    filed = await filed_with_contact(records)
    with refused("CONTACT_NOT_YOURS"):
        await records.contact("EraseContact", caller, code=filed.code, request_id=request_id())


async def test_the_reporter_erases_only_the_own_contact_and_not_that_of_supporters(records: Records) -> None:
    filed = await filed_with_contact(records)
    await records.complaint("JoinComplaint", CITIZEN, code=filed.code, request_id=request_id(), contact=GIVEN)
    await records.contact("EraseContact", **filed.owner, request_id=request_id())
    rows = await records.sql("SELECT supporter, erase_time FROM contact WHERE complaint_id = $1", filed.id)
    assert {row["supporter"]: row["erase_time"] is None for row in rows} == {False: False, True: True}


async def _over(records: Records) -> Filed:
    """A case with the contacts of its reporter and of somebody who joined, which is resolved."""
    filed = await filed_with_contact(records)
    await records.complaint("JoinComplaint", CITIZEN, code=filed.code, request_id=request_id(), contact=GIVEN)
    await records.transition(filed, "verify", VERIFIER)
    await records.transition(filed, "resolve", DPU, note="Bukan jalan kota", refusal=True)
    return filed


async def _kept(records: Records) -> dict[UUID, datetime | None]:
    await timers.erase(records.runtime)
    return {row["subject"]: row["erase_time"] for row in await records.sql("SELECT subject, erase_time FROM contact")}


async def test_contacts_of_a_case_go_with_their_keys_when_the_term_after_its_end_is_over(records: Records) -> None:
    filed, clocks = await _over(records), records.runtime.city.clocks
    records.governance.pass_time(days=clocks.reopen_days + clocks.contact_days + 1)
    erased = await _kept(records)
    assert len(erased) == 2
    assert set(erased.values()) == {records.governance.now}, "of the reporter and of who joined"
    assert [await resources(records.runtime).keys.find(each) for each in erased] == [None, None]
    left = await records.sql("SELECT 1 FROM contact WHERE ciphertext <> '' OR has_email OR address IS NOT NULL")
    assert not left, "no mail goes to them any more"
    with refused("CONTACT_MISSING"):
        await records.contact("GetContact", **filed.owner)


async def test_contacts_stay_for_the_term_from_when_the_case_cannot_be_reopened_any_more(records: Records) -> None:
    await _over(records)
    records.governance.pass_time(days=records.runtime.city.clocks.contact_days + 1)
    assert set((await _kept(records)).values()) == {None}


async def test_contacts_of_an_open_case_stay_however_old_it_is(records: Records) -> None:
    await filed_with_contact(records)
    records.governance.pass_time(days=4_000)
    assert set((await _kept(records)).values()) == {None}


async def test_many_contacts_are_erased_some_in_a_transaction(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timers, "MOST", 1)
    await _over(records)
    records.governance.pass_time(days=500)
    assert None not in (await _kept(records)).values()


async def test_a_contact_that_was_not_given_is_missing(records: Records) -> None:
    filed = await records.file()
    with refused("CONTACT_MISSING"):
        await records.contact("GetContact", **filed.owner)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "siti"),
        ("email", "a@b"),
        ("email", "a@contoh.id,b@contoh.id"),
        ("phone", "tidak ada"),
        ("name", "x" * 101),
    ],
)
async def test_a_contact_that_cannot_be_used_is_refused_with_its_field(
    records: Records, field: str, value: str
) -> None:
    with refused("CONTACT_INVALID") as caught:
        await records.file(contact={field: value})
    assert value not in caught.value.message


async def test_no_personal_data_is_stored_in_the_clear(records: Records) -> None:
    filed = await filed_with_contact(records)
    tables = await records.sql("SELECT table_name FROM information_schema.tables WHERE table_schema = 'governance'")
    for table in tables:
        rows = await records.sql(f"SELECT t::text AS line FROM {table['table_name']} AS t")
        assert not [row["line"] for row in rows if "siti" in row["line"].lower()], table["table_name"]
    events = await records.sql("SELECT payload FROM outbox WHERE aggregate = $1", str(filed.id))
    assert events
    assert not [event for event in events if b"siti" in event["payload"].lower()]


async def test_a_crash_before_the_commit_leaves_at_most_a_key_that_opens_nothing(records: Records) -> None:
    filed = await records.file()
    keys = resources(records.runtime).keys
    with pytest.raises(ZeroDivisionError):
        await _keep_and_crash(records, filed)
    assert not await records.sql("SELECT 1 FROM contact WHERE subject = $1", filed.id)
    assert await keys.find(filed.id) is not None


async def _keep_and_crash(records: Records, filed: Filed) -> None:
    async with records.runtime.transaction() as tx:
        await contacts.keep(tx, filed.id, name="Siti", email="", phone="")
        raise ZeroDivisionError


async def test_a_ciphertext_of_one_subject_does_not_open_as_anothers(records: Records) -> None:
    one, other = await filed_with_contact(records), await filed_with_contact(records)
    (row,) = await records.sql("SELECT ciphertext FROM contact WHERE subject = $1", one.id)
    key = await resources(records.runtime).keys.find(one.id)
    assert key is not None
    with pytest.raises(UnreadableError):
        unseal(key, other.id, row["ciphertext"])


async def test_reads_are_listed_newest_first_page_by_page(records: Records) -> None:
    filed = await filed_with_contact(records)
    for number in range(3):
        await records.contact("GetContact", DPU, code=filed.code, purpose=f"Pertanyaan {number}")
    owner = {**filed.owner, "page_size": 2}
    first = await records.contact("ListContactReads", **owner)
    second = await records.contact("ListContactReads", **owner, page_token=first.next_page_token)
    assert [read.purpose for read in (*first.reads, *second.reads)] == ["Pertanyaan 2", "Pertanyaan 1", "Pertanyaan 0"]
    assert second.next_page_token == ""


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"page_size": -1}, "PAGE_SIZE_INVALID"),
        ({"page_size": 201}, "PAGE_SIZE_INVALID"),
        ({"page_token": "x"}, "PAGE_TOKEN_INVALID"),
    ],
)
async def test_a_bad_page_of_reads_is_refused(records: Records, fields: dict[str, Any], reason: str) -> None:
    filed = await filed_with_contact(records)
    with refused(reason) as caught:
        await records.contact("ListContactReads", **filed.owner, **fields)
    assert caught.value.metadata["field"] in fields
