"""What was typed into a form that is offered no more, as somebody else was faster, stays on the page that says so."""

from gateway.portal.kit import again
from gateway.portal.kit.texts import Texts
from tests.gateway.portal.pages import Browser
from tests.gateway.portal.test_filing import assigned

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


def test_a_key_and_a_number_of_an_identity_card_are_given_back_nowhere() -> None:
    context = {"problem": True, "doing": "declare", "form": {"nik": "no number", "key": "no key", "note": "hm"}}
    assert again.unshown(context, "", Texts("en")) == [("Note", "hm")]
