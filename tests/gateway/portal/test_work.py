"""Officers at their pages, against a real pillar: the queue, each transition's form, release, contact, simulation."""

import html
import re
from typing import Any

import asyncpg
import grpc.aio
import pytest

from gateway.portal.governance import duplicates
from tests.gateway.conftest import WASTE, new_key
from tests.gateway.portal.pages import Browser
from tests.gateway.portal.test_filing import TEXT, assigned, code_of, link_of, picture

SWITCH = r'<span class="lang"><a href="([^"]+)" hreflang="id"'
"""Where a page leads in the other language."""


async def _job(edge_database: str, code: str) -> None:
    """Lets a crew be out for a case."""
    connection = await asyncpg.connect(edge_database)
    await connection.execute(
        """
        INSERT INTO environment.cleanup
               (id, version, state, complaint_id, complaint, correlation, category, agency, created_at, updated_at)
        VALUES (gen_random_uuid(), 1, 'dispatched', $1, $1, $1, 'sampah', 'dlh', now(), now())
        """,
        code,
    )
    await connection.close()


async def test_the_queue_shows_the_agencys_cases_and_filters_them(
    citizen: Browser, verifier: Browser, officer: Browser
) -> None:
    code = await assigned(citizen, verifier)
    row = f'data-code="{code}"'
    assert row in (await officer.open(f"/petugas?code={code}")).source
    assert row not in (await officer.open(f"/petugas?code={code}&overdue=yes")).source
    assert (await officer.open("/petugas")).status == 200


async def test_an_officer_sees_the_forms_of_exactly_the_moves_that_are_allowed(
    citizen: Browser, verifier: Browser, officer: Browser
) -> None:
    page = await officer.open(f"/petugas/{await assigned(citizen, verifier)}")
    moves = {name.removesuffix("-form") for name in page.forms}
    assert moves >= {"start", "ask", "resolve", "transfer"}
    assert moves.isdisjoint({"verify", "close", "reject", "release"})


async def test_the_answer_to_a_form_leads_to_its_page_in_the_other_language(
    citizen: Browser, verifier: Browser, officer: Browser
) -> None:
    code = await assigned(citizen, verifier)
    page = await officer.open(f"/petugas/{code}")
    await officer.send(page.forms["resolve-form"], note="Tidak dapat dikerjakan.", refusal="yes")
    page = await citizen.open(f"/lapor/{code}")
    page = await citizen.send(page.forms["rate-form"], note="hm")
    assert page.status == 422
    (switch,) = re.findall(SWITCH, page.source)
    other = await citizen.open(html.unescape(switch))
    assert (other.status, other.answer.url.path, "rate-form" in other.forms) == (200, f"/lapor/{code}", True)


async def test_nothing_leads_away_from_what_an_officer_typed(
    citizen: Browser, verifier: Browser, officer: Browser
) -> None:
    code = await assigned(citizen, verifier)
    page = await officer.open(f"/petugas/{code}")
    assert re.findall(SWITCH, page.source)
    page = await officer.send(page.forms["transfer-form"], note="Bukan urusan kami.")
    assert (page.status, re.findall(SWITCH, page.source)) == (422, [])


async def test_a_transfer_to_nobody_is_refused_beside_the_agency(
    citizen: Browser, verifier: Browser, officer: Browser
) -> None:
    code = await assigned(citizen, verifier)
    page = await officer.open(f"/petugas/{code}")
    page = await officer.send(page.forms["transfer-form"], note="Bukan urusan kami.")
    assert (page.status, page.ids["transfer-agency"]["aria-invalid"]) == (422, "true")
    assert page.forms["transfer-form"].filled()["note"] == "Bukan urusan kami."


async def test_a_question_waits_for_the_reporter_and_the_answer_goes_on(
    citizen: Browser, verifier: Browser, officer: Browser
) -> None:
    code = await assigned(citizen, verifier)
    page = await officer.open(f"/petugas/{code}")
    page = await officer.send(page.forms["ask-form"], note="TPS yang mana?")
    assert page.ids["state"]["data-state"] == "waiting_for_reporter"
    page = await citizen.open(f"/lapor/{code}")
    assert "TPS yang mana?" in page.words
    page = await citizen.send(page.forms["reply-form"], note="Yang di sebelah pasar.")
    assert page.ids["state"]["data-state"] == "in_progress"


async def test_the_box_for_an_answer_says_what_was_asked_and_until_when(
    citizen: Browser, verifier: Browser, officer: Browser
) -> None:
    code = await assigned(citizen, verifier)
    page = await officer.send((await officer.open(f"/petugas/{code}")).forms["ask-form"], note="TPS yang mana?")
    page = await officer.send(page.forms["start-form"])
    await officer.send(page.forms["ask-form"], note="Sejak kapan?")
    page = await citizen.open(f"/lapor/{code}")
    assert "reply-until" in page.ids
    assert page.ids["reply-note"]["aria-describedby"] == "reply-note-help"
    assert re.findall(r'id="reply-note-help">([^<]*)<', page.source) == ["What was asked: Sejak kapan?"]


async def test_an_answer_is_taken_after_the_work_went_on(citizen: Browser, verifier: Browser, officer: Browser) -> None:
    code = await assigned(citizen, verifier)
    await officer.send((await officer.open(f"/petugas/{code}")).forms["ask-form"], note="TPS yang mana?")
    written = await citizen.open(f"/lapor/{code}")
    page = await officer.open(f"/petugas/{code}")
    await officer.send(page.forms["start-form"])
    page = await citizen.send(written.forms["reply-form"], note="Yang di sebelah pasar.")
    assert (page.status, page.ids["state"]["data-state"], "reply-form" in page.forms) == (200, "in_progress", False)
    page = await officer.open(f"/petugas/{code}")
    assert ("The reporter answered" in page.words, "Yang di sebelah pasar." in page.words) == (True, True)


async def test_an_answer_that_comes_after_the_resolution_stays_on_the_page(
    citizen: Browser, verifier: Browser, officer: Browser
) -> None:
    code = await assigned(citizen, verifier)
    await officer.send((await officer.open(f"/petugas/{code}")).forms["ask-form"], note="TPS yang mana?")
    written = await citizen.open(f"/lapor/{code}")
    page = await officer.open(f"/petugas/{code}")
    await officer.send(page.forms["resolve-form"], note="Tidak dapat dikerjakan.", refusal="yes")
    page = await citizen.send(written.forms["reply-form"], note="Yang di sebelah pasar.")
    assert (page.status, "Yang di sebelah pasar." in page.words) == (409, True)
    assert page.forms["reopen-form"].filled()["note"] == "Yang di sebelah pasar."


async def test_a_duplicate_is_compared_with_the_other_before_it_is_joined_and_leads_there(
    citizen: Browser, verifier: Browser
) -> None:
    first, second = [code_of(await citizen.report(TEXT, email="siti@example.org")) for _ in range(2)]
    page = await verifier.open(f"/petugas/{second}")
    page = await verifier.send(page.forms["mark_duplicate-form"], duplicate_of=first.lower(), note="Tempatnya sama.")
    assert (page.status, first in page.words, second in page.words) == (200, True, True)
    assert (await verifier.open(f"/petugas/{second}")).ids["state"]["data-state"] == "filed", "nothing is done yet"
    page = await verifier.send(page.forms["compared-form"])
    assert page.ids["state"]["data-state"] == "duplicate"
    page = await citizen.open(f"/lapor/{second}")
    assert f'href="/lapor/{first}"' in page.source
    assert "joined to it" in page.words


async def test_a_duplicate_of_nothing_is_refused_beside_the_form(citizen: Browser, verifier: Browser) -> None:
    code = code_of(await citizen.report(TEXT, email="siti@example.org"))
    page = await verifier.open(f"/petugas/{code}")
    page = await verifier.send(page.forms["mark_duplicate-form"], duplicate_of="SMG-0000-00")
    assert (page.status, "mark_duplicate-form" in page.forms) == (404, True)


async def test_a_report_is_not_joined_to_one_that_is_done_with(
    citizen: Browser, verifier: Browser, officer: Browser
) -> None:
    first = await assigned(citizen, verifier)
    page = await officer.open(f"/petugas/{first}")
    await officer.send(page.forms["resolve-form"], note="Tidak dapat dikerjakan.", refusal="yes")
    second = code_of(await citizen.report(TEXT, email="siti@example.org"))
    page = await verifier.open(f"/petugas/{second}")
    page = await verifier.send(page.forms["mark_duplicate-form"], duplicate_of=first, note="Tempatnya sama.")
    page = await verifier.send(page.forms["compared-form"])
    assert (page.status, "Name one that is still open." in page.words) == (409, True)


async def test_nothing_is_joined_unseen_while_the_other_cannot_be_read(
    citizen: Browser, verifier: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = [code_of(await citizen.report(TEXT, email="siti@example.org")) for _ in range(2)]
    page = await verifier.open(f"/petugas/{second}")

    verifier.headers |= {"sec-fetch-site": "same-origin"}

    async def late(*_: Any) -> Any:
        raise grpc.aio.AioRpcError(grpc.StatusCode.DEADLINE_EXCEEDED, grpc.aio.Metadata(), grpc.aio.Metadata())

    with monkeypatch.context() as slow:
        slow.setattr(duplicates, "_of", late)
        page = await verifier.send(page.forms["mark_duplicate-form"], duplicate_of=first, note="Tempatnya sama.")
    assert (page.status, "Tempatnya sama." in page.words) == (504, True)
    assert (await verifier.open(f"/petugas/{second}")).ids["state"]["data-state"] == "filed"


async def test_resolving_with_a_photo_lets_the_reporter_rate(
    citizen: Browser, verifier: Browser, officer: Browser
) -> None:
    code = await assigned(citizen, verifier)
    page = await officer.open(f"/petugas/{code}")
    files = {"photos": ("bukti.jpg", picture(), "image/jpeg")}
    page = await officer.send(page.forms["resolve-form"], note="Sudah diangkut semua.", files=files)
    assert page.ids["state"]["data-state"] == "resolved", page.words
    page = await citizen.open(f"/lapor/{code}")
    assert "Sudah diangkut semua." in page.words
    assert "closes the report" in page.words
    page = await citizen.send(page.forms["rate-form"], rating="4")
    assert "4 of 5" in page.words


async def test_a_rating_that_was_not_chosen_is_asked_for(citizen: Browser, verifier: Browser, officer: Browser) -> None:
    code = await assigned(citizen, verifier)
    page = await officer.open(f"/petugas/{code}")
    await officer.send(page.forms["resolve-form"], note="Tidak dapat dikerjakan.", refusal="yes")
    page = await citizen.open(f"/lapor/{code}")
    assert ("Explained, not done" in page.words, "Declared resolved" in page.words) == (True, False)
    page = await citizen.send(page.forms["rate-form"], note="hm")
    assert (page.status, "Choose a rating" in page.words) == (422, True)
    page = await citizen.send(page.forms["reopen-form"], note="Masih menumpuk seperti kemarin.")
    assert page.ids["state"]["data-state"] == "reopened"


async def test_resolving_without_evidence_is_refused_beside_the_form(
    citizen: Browser, verifier: Browser, officer: Browser
) -> None:
    page = await officer.open(f"/petugas/{await assigned(citizen, verifier)}")
    page = await officer.send(page.forms["resolve-form"], note="Sudah beres.")
    assert page.status in (409, 422)
    assert "evidence photo" in page.words
    assert page.forms["resolve-form"].filled()["note"] == "Sudah beres."


async def test_a_crew_that_was_sent_to_what_needs_it_no_more_is_to_be_called_back(
    citizen: Browser, verifier: Browser, officer: Browser, edge_database: str
) -> None:
    code = await assigned(citizen, verifier)
    await _job(edge_database, code)
    connection = await asyncpg.connect(edge_database)
    cancel = """UPDATE environment.cleanup SET state = 'cancelled', crew = 'Semarang Barat 2', recall = true
                 WHERE complaint_id = $1 RETURNING id"""
    job = await connection.fetchval(cancel, code)
    await connection.close()
    call = "Crew Semarang Barat 2 was already sent: call it back."
    assert call in (await officer.open(f"/petugas/{code}")).words
    page = await officer.open("/petugas/pembersihan")
    assert call in page.words
    page = await officer.send(page.forms[f"back-{job}"])
    assert "Noted: the crew was called back." in page.words
    assert f"back-{job}" not in page.forms
    assert call not in (await officer.open(f"/petugas/{code}")).words


async def test_evidence_that_was_unticked_stays_so_when_a_clean_up_is_not_completed(
    citizen: Browser, verifier: Browser, officer: Browser, edge_database: str
) -> None:
    code = await assigned(citizen, verifier)
    await _job(edge_database, code)
    page = await officer.open(f"/petugas/{code}")
    page = await officer.send(page.forms["photo-form"], files={"photos": ("bukti.jpg", picture(), "image/jpeg")})
    photo = page.forms["complete-form"].filled()["evidence"]
    page = await officer.send(page.forms["complete-form"], evidence="")
    assert page.status == 422, page.words
    left = page.forms["complete-form"].filled()
    assert ("evidence" in left, left["seen"]) == (False, photo)
    page = await officer.open(f"/petugas/{code}")
    files = {"photos": ("bukti.jpg", picture(), "image/jpeg")}
    page = await officer.send(page.forms["complete-form"], evidence="", files=files)
    assert page.forms["complete-form"].filled()["evidence"] != photo, "what came with the form proves it"


async def test_an_officer_whose_own_report_it_is_is_offered_nothing_that_somebody_else_decides(
    verifier: Browser, officer: Browser, edge_database: str
) -> None:
    filed = await officer.client.post("/v1/complaints", json=WASTE, headers=officer.headers | new_key())
    assert filed.status_code == 201, filed.text
    code = filed.json()["code"]
    page = await verifier.open(f"/petugas/{code}")
    await verifier.send(page.forms["verify-form"])
    await _job(edge_database, code)
    page = await officer.open(f"/petugas/{code}")
    assert "own" in page.ids, page.words
    assert "cleanup" in page.ids
    forms = [name for name in page.forms if name.endswith("-form")]
    assert forms == ["contact-form"], "to read is no decision"


async def test_a_stale_form_is_explained_and_can_be_sent_again(
    citizen: Browser, verifier: Browser, officer: Browser
) -> None:
    code = await assigned(citizen, verifier)
    old = await officer.open(f"/petugas/{code}")
    await officer.send(old.forms["start-form"])
    page = await officer.send(old.forms["ask-form"], note="Di mana tepatnya?")
    assert (page.status, "changed since you opened it" in page.words) == (412, True)
    assert page.forms["ask-form"].filled()["note"] == "Di mana tepatnya?"
    page = await officer.send(page.forms["ask-form"])
    assert page.ids["state"]["data-state"] == "waiting_for_reporter"


async def test_released_words_are_public_and_redacted(citizen: Browser, verifier: Browser) -> None:
    code = await assigned(citizen, verifier)
    page = await verifier.open(f"/petugas/{code}")
    await verifier.send(page.forms["release-form"], public_text="Sampah menumpuk di sebelah TPS.")
    citizen.client.cookies.clear()
    page = await citizen.open(f"/lapor/{code}")
    assert "Sampah menumpuk di sebelah TPS." in page.words
    assert "sekolah" not in page.words


async def test_words_that_were_erased_while_a_verifier_made_them_public_are_not_offered_to_them_again(
    citizen: Browser, verifier: Browser
) -> None:
    page = await citizen.report(TEXT)
    code, link = code_of(page), link_of(page)
    old = await verifier.open(f"/petugas/{code}")
    page = await citizen.open(link)
    await citizen.send(page.forms["redact-form"], words="yes")
    page = await verifier.send(old.forms["release-form"])
    assert page.status == 412
    page = await verifier.send(page.forms["release-form"])
    citizen.client.cookies.clear()
    assert "sekolah" not in page.words + (await citizen.open(f"/lapor/{code}")).words


async def test_a_verifier_corrects_the_category_and_the_agency_follows(citizen: Browser, verifier: Browser) -> None:
    code = code_of(await citizen.report(TEXT))
    page = await verifier.open(f"/petugas/{code}")
    before = page.ids["code"]
    page = await verifier.send(page.forms["correct-form"], category="jalan-rusak")
    assert before
    assert "Damaged road or pothole" in page.words


async def test_a_contact_is_shown_for_a_purpose_and_the_reporter_sees_who_read_it(
    citizen: Browser, verifier: Browser, officer: Browser
) -> None:
    code = await assigned(citizen, verifier)
    page = await officer.open(f"/petugas/{code}")
    assert "siti@example.org" not in page.words
    assert "contact-form" not in (await verifier.open(f"/petugas/{code}")).forms, "a verifier may not read it"
    page = await officer.send(page.forms["contact-form"], purpose="TPS")
    assert (page.status, page.forms["contact-form"].filled()["purpose"]) == (422, "TPS")
    page = await officer.send(page.forms["contact-form"], purpose="Menanyakan letak TPS")
    assert "siti@example.org" in page.words
    assert page.answer.headers["cache-control"] == "no-store"
    assert "Menanyakan letak TPS" in (await citizen.open(f"/lapor/{code}")).words


async def test_another_agency_reads_only_what_is_public(citizen: Browser, verifier: Browser, officer: Browser) -> None:
    text = "Jalan berlubang di depan sekolah, sudah ada yang jatuh."
    code = code_of(await citizen.report(text, category="jalan-rusak"))
    page = await officer.open(f"/petugas/{code}")
    assert "sudah ada yang jatuh" not in page.words
    assert "start-form" not in page.forms


async def test_a_verifier_simulates_routing_and_sees_mistakes_of_the_draft(verifier: Browser, citizen: Browser) -> None:
    await citizen.report(TEXT)
    page = await verifier.open("/petugas/simulasi")
    page = await verifier.send(page.forms["simulation-form"], last="10.000")
    assert (page.status, "reports tried" in page.words) == (200, True)
    assert (await verifier.send(page.forms["simulation-form"], last="7.5")).status == 422
    page = await verifier.send(page.forms["simulation-form"], rules_csv="order,category\n1,nothing")
    assert page.status == 422
    assert page.forms["simulation-form"].filled()["rules_csv"].startswith("order,category")


async def test_an_officer_may_not_simulate(officer: Browser) -> None:
    assert (await officer.open("/petugas/simulasi")).status == 403
