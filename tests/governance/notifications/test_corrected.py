"""A correction that gives a case to another agency is told to who was told of the former one."""

from services.governance.notifications import timers
from tests.governance.calls import DPU, Filed, Records
from tests.governance.conftest import VERIFIER, request_id
from tests.governance.mails import Catcher, confirm

GIVEN = {"name": "Siti", "email": "siti@contoh.id"}


async def correct(records: Records, filed: Filed, **fields: str) -> str:
    """Corrects a case; the name of the agency that has it then."""
    seen = (await records.complaint("GetComplaint", VERIFIER, code=filed.code)).complaint
    fields = {"request_id": request_id(), "code": filed.code, "etag": seen.etag, **fields}
    agency: str = (await records.complaint("CorrectComplaint", VERIFIER, **fields)).complaint.agency.name
    return agency


async def assigned(records: Records, catcher: Catcher) -> Filed:
    """A case whose reporter was told which agency has it."""
    filed = await records.file(contact=GIVEN)
    await confirm(records, catcher)
    await records.transition(filed, "verify", VERIFIER)
    await timers.send_due(records.runtime)
    catcher.mails.clear()
    return filed


async def test_the_reporter_is_told_which_agency_has_the_case_by_a_correction(
    records: Records, catcher: Catcher
) -> None:
    agency = await correct(records, await assigned(records, catcher), category="sampah-liar-bakar")
    await timers.send_due(records.runtime)
    (mail,) = catcher.mails
    assert f"Laporan Anda sekarang ditangani {agency}." in " ".join(mail.get_content().split())


async def test_a_correction_that_leaves_the_agency_tells_nothing(records: Records, catcher: Catcher) -> None:
    await correct(records, await assigned(records, catcher), area_code="33.74.01.1002")
    await timers.send_due(records.runtime)
    assert catcher.mails == []


async def test_a_correction_before_an_agency_has_the_case_tells_nothing(records: Records, catcher: Catcher) -> None:
    filed = await records.file(contact=GIVEN)
    await confirm(records, catcher)
    catcher.mails.clear()
    await correct(records, filed, category="sampah-liar-bakar")
    await timers.send_due(records.runtime)
    assert catcher.mails == []


async def test_who_joined_a_case_that_a_correction_hides_is_not_told_who_has_it(
    records: Records, catcher: Catcher
) -> None:
    filed = await assigned(records, catcher)
    contact = {"email": "budi@contoh.id"}
    await records.complaint("JoinComplaint", code=filed.code, request_id=request_id(), contact=contact)
    await confirm(records, catcher)
    catcher.mails.clear()
    await correct(records, filed, category="perilaku-asn")
    await timers.send_due(records.runtime)
    assert [mail["To"] for mail in catcher.mails] == ["siti@contoh.id"]


async def test_that_a_reopened_case_went_to_another_agency_is_told(records: Records, catcher: Catcher) -> None:
    filed = await assigned(records, catcher)
    await records.transition(filed, "resolve", DPU, note="Tidak dapat dikerjakan.", refusal=True)
    await records.complaint("ReopenComplaint", **filed.owner, request_id=request_id(), note="Masih berlubang")
    await timers.send_due(records.runtime)
    catcher.mails.clear()
    await correct(records, filed, category="sampah-liar-bakar")
    await timers.send_due(records.runtime)
    assert len(catcher.mails) == 1
