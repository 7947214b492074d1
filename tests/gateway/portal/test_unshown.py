"""What was typed into a form that is offered no more, as somebody else was faster, stays on the page that says so."""

import re

from gateway.portal.kit import again
from gateway.portal.kit.texts import Texts
from tests.gateway.portal.pages import Browser
from tests.gateway.portal.test_desk import PROOF
from tests.gateway.portal.test_filing import TEXT, assigned, code_of

NOTE = "Kontainer penuh, diangkut pukul 05.00 & <disapu>."


async def test_what_an_officer_wrote_stays_when_the_case_went_to_another_agency_meanwhile(
    citizen: Browser, verifier: Browser, officer: Browser
) -> None:
    code = await assigned(citizen, verifier)
    written, page = await officer.open(f"/petugas/{code}"), await verifier.open(f"/petugas/{code}")
    await verifier.send(page.forms["transfer-form"], agency="dpu", note="Di jalan milik DPU.")
    page = await officer.send(written.forms["ask-form"], note=NOTE)
    assert (page.status, "ask-form" in page.forms, "unshown" in page.ids) == (403, False, True)
    assert NOTE in page.words
    assert ("You may not do this" in page.words, "You may not open this" in page.words) == (True, False)


async def test_what_a_colleague_wrote_stays_when_the_step_was_taken_meanwhile(
    citizen: Browser, verifier: Browser, officer: Browser
) -> None:
    code = await assigned(citizen, verifier)
    written = await officer.open(f"/petugas/{code}")
    await officer.send(written.forms["resolve-form"], note="Tidak dapat dikerjakan.", refusal="yes")
    page = await officer.send(written.forms["transfer-form"], agency="dpu", note=NOTE)
    assert ("transfer-form" in page.forms, "unshown" in page.ids, NOTE in page.words) == (False, True, True)


async def test_what_a_reporter_wrote_with_stars_stays_when_the_report_was_opened_again_meanwhile(
    citizen: Browser, verifier: Browser, officer: Browser
) -> None:
    code = await assigned(citizen, verifier)
    page = await officer.open(f"/petugas/{code}")
    await officer.send(page.forms["resolve-form"], note="Tidak dapat dikerjakan.", refusal="yes")
    written = await citizen.open(f"/lapor/{code}")
    await citizen.send(written.forms["reopen-form"], note="Masih menumpuk.")
    page = await citizen.send(written.forms["rate-form"], rating="2", note=NOTE)
    assert ("rate-form" in page.forms, "unshown" in page.ids, NOTE in page.words) == (False, True, True)


async def test_what_stands_in_the_form_again_is_not_shown_twice(
    citizen: Browser, verifier: Browser, officer: Browser
) -> None:
    code = await assigned(citizen, verifier)
    old = await officer.open(f"/petugas/{code}")
    await officer.send(old.forms["start-form"])
    page = await officer.send(old.forms["ask-form"], note=NOTE)
    assert (page.status, "unshown" in page.ids, page.forms["ask-form"].filled()["note"]) == (412, False, NOTE)
    assert "Send that again" in page.words


async def test_who_decides_second_on_evidence_is_told_what_they_chose_and_not_to_send_it_again(
    citizen: Browser, verifier: Browser, officer: Browser
) -> None:
    code = await assigned(citizen, verifier)
    page = await officer.open(f"/petugas/{code}")
    await officer.send(page.forms["resolve-form"], note="Sudah diangkut semua.", files=PROOF)
    first, second = [(await verifier.open(f"/petugas/{code}")) for _ in range(2)]
    (choice,) = set(re.findall(r'name="(decision-[0-9a-f-]+)"', first.source))
    await verifier.send(first.forms["review-form"], **{choice: "show"})
    page = await verifier.send(second.forms["review-form"], **{choice: "withhold"})
    assert (page.status, "review-form" in page.forms, "Send that again" in page.words) == (412, False, False)
    assert "What you sent was not done" in page.words
    assert "Decision Keep it back" in page.words


async def test_who_verifies_second_is_not_told_to_send_it_again(citizen: Browser, verifier: Browser) -> None:
    code = code_of(await citizen.report(TEXT))
    first, second = [(await verifier.open(f"/petugas/{code}")) for _ in range(2)]
    await verifier.send(first.forms["verify-form"])
    page = await verifier.send(second.forms["verify-form"])
    assert (page.status, "verify-form" in page.forms, "Send that again" in page.words) == (412, False, False)
    assert "What you sent was not done" in page.words


def test_a_key_and_a_number_of_an_identity_card_are_given_back_nowhere() -> None:
    context = {"problem": True, "doing": "declare", "form": {"nik": "no number", "key": "no key", "note": "hm"}}
    assert again.unshown(context, "", Texts("en")) == [("Note", "hm")]
