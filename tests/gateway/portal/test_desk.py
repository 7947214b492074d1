"""The desk keeps what was chosen, says what is so, and has a way on: the queue, transfers, evidence, the treasury."""

import html
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from services.kit.ids import uuid7
from smartcity.economy.v1 import payments_pb2 as money
from tests.gateway.portal.pages import Browser, Page
from tests.gateway.portal.test_filing import TEXT, assigned, code_of, picture
from tests.gateway.running import Stand

PROOF = {"photos": ("bukti.jpg", picture(), "image/jpeg")}


def _link(page: Page, code: str) -> str:
    """The link of a case in a list."""
    found = re.search(rf'href="(/petugas/{code}\?[^"]*)"', page.source)
    assert found is not None, page.words
    return found[1].replace("&amp;", "&")


async def test_the_queues_filters_last_through_a_case_and_what_is_done_there(
    citizen: Browser, verifier: Browser, officer: Browser
) -> None:
    code = await assigned(citizen, verifier)
    wanted = {"category": ["sampah-menumpuk"], "code": [code]}
    page = await officer.open(f"/petugas?state=&category=sampah-menumpuk&code={code}")
    page = await officer.open(_link(page, code))
    for step in ({}, {"note": "Di mana tepatnya?"}):
        if step:
            page = await officer.send(page.forms["ask-form"], **step)
            assert page.ids["state"]["data-state"] == "waiting_for_reporter", page.words
        back = urlsplit(page.ids["back"]["href"] or "")
        assert (back.path, parse_qs(back.query)) == ("/petugas", wanted)
    page = await officer.send(page.forms["start-form"], etag="1")
    assert (page.status, "back" in page.ids) == (412, True), "a refusal keeps the way back as well"


async def test_what_was_done_is_told_once_and_by_no_address(citizen: Browser, verifier: Browser) -> None:
    code = code_of(await citizen.report(TEXT))
    page = await verifier.open(f"/petugas/{code}")
    page = await verifier.send(page.forms["verify-form"])
    assert "done" in page.ids
    assert "done=" not in page.source
    assert "done" not in (await verifier.open(f"/petugas/{code}")).ids
    assert "done" not in (await verifier.open(f"/petugas/{code}?done=moved")).ids
    assert "Thank you" not in (await citizen.open(f"/lapor/{code}?done=rated")).words


async def test_a_verifiers_queue_begins_with_what_waits_for_them(
    citizen: Browser, verifier: Browser, officer: Browser
) -> None:
    code = await assigned(citizen, verifier)
    begun, chosen, of_agency = [
        await one.open(path)
        for one, path in ((verifier, "/petugas"), (verifier, "/petugas?state="), (officer, "/petugas"))
    ]
    states = [each.forms["filter-form"].filled().get("state", "") for each in (begun, chosen, of_agency)]
    assert states == ["filed", "", ""]
    assert code not in begun.source


async def test_a_code_is_found_whatever_state_the_queue_began_with(citizen: Browser, verifier: Browser) -> None:
    code = await assigned(citizen, verifier)
    page = await verifier.open("/petugas?lang=en")
    assert page.forms["filter-form"].filled()["state"] == "filed", "the language is no filter"
    filled = page.forms["filter-form"].filled(code=code)
    page = Page(await verifier.client.get("/petugas", params=filled, headers=verifier.headers))
    assert f'data-code="{code}"' in page.source
    cleared = await verifier.open(page.ids["clear"]["href"] or "")
    assert ("state" in cleared.forms["filter-form"].filled(), "clear" in cleared.ids) == (False, False)
    (link,) = re.findall(r'href="(/petugas/SMG-[\w-]+\?[^"]*)"', cleared.source)[:1]
    back = await verifier.open((await verifier.open(html.unescape(link))).ids["back"]["href"] or "")
    assert "state" not in back.forms["filter-form"].filled(), "and from a case back to all"


async def test_a_place_in_words_is_told_to_who_wrote_them_alone(
    citizen: Browser, verifier: Browser, stand: Stand
) -> None:
    code = code_of(await citizen.report(TEXT, landmark="belakang warung hijau"))
    assert "belakang warung hijau" in (await citizen.open(f"/lapor/{code}")).words
    assert "belakang warung hijau" in (await verifier.open(f"/petugas/{code}")).words
    async with stand.client() as client:
        assert "belakang warung hijau" not in (await Browser(client).open(f"/lapor/{code}")).words


@pytest.mark.parametrize("given", ["//evil.example", "https://evil.example/petugas", "/bayar", "/petugasan", "x", ""])
async def test_the_way_back_leads_to_lists_of_the_desk_alone(citizen: Browser, verifier: Browser, given: str) -> None:
    code = code_of(await citizen.report(TEXT))
    page = await verifier.open(f"/petugas/{code}?dari={given}")
    assert (page.status, "back" in page.ids) == (200, False)


async def test_a_closed_case_is_found_in_the_queue_by_its_code(citizen: Browser, verifier: Browser) -> None:
    code = code_of(await citizen.report(TEXT))
    page = await verifier.open(f"/petugas/{code}")
    await verifier.send(page.forms["reject-form"], note="Bukan wewenang kota.")
    assert f'data-code="{code}"' in (await verifier.open(f"/petugas?code={code}")).source


async def test_a_transfer_is_accepted_or_declined_in_words_that_say_so(
    stand: Stand, citizen: Browser, verifier: Browser, officer: Browser
) -> None:
    code = await assigned(citizen, verifier)
    page = await officer.open(f"/petugas/{code}")
    await officer.send(page.forms["transfer-form"], note="Bukan urusan kami.", agency="disdag")
    async with stand.client() as client:
        markets = Browser(client, await stand.bearer("petugas-disdag"))
        page = await markets.open(f"/petugas/{code}")
        assert ("Accept" in page.words, "Hand to an agency" in page.words) == (True, False)
        assert "agency" not in page.forms["assign-form"].filled()
        page = await markets.send(page.forms["decline-form"])
        assert (page.status, page.ids["decline-note"]["aria-invalid"]) == (422, "true")
        await markets.send(page.forms["decline-form"], note="Kami tidak punya truk.")
    page = await officer.open(f"/petugas/{code}")
    assert page.ids["state"]["data-state"] == "assigned"
    assert "Kami tidak punya truk." in page.words


async def test_evidence_that_is_demanded_is_not_called_optional(
    citizen: Browser, verifier: Browser, officer: Browser
) -> None:
    page = await officer.open(f"/petugas/{await assigned(citizen, verifier)}")
    form = page.source.partition('id="resolve-form"')[2].partition("</form>")[0]
    assert "Required, unless this is a reasoned refusal." in form
    assert "(optional)" not in form.partition('id="resolve-photos"')[0].rpartition("<label")[2]


async def test_evidence_becomes_public_through_its_queue(citizen: Browser, verifier: Browser, officer: Browser) -> None:
    code = await assigned(citizen, verifier)
    page = await verifier.open(f"/petugas/{code}")
    await verifier.send(page.forms["release-form"], public_text="Sampah menumpuk di sebelah TPS.")
    page = await officer.open(f"/petugas/{code}")
    page = await officer.send(page.forms["resolve-form"], note="Sudah diangkut semua.", files=PROOF)
    assert "A verifier decides what the public may see." in page.words
    assert "review-form" not in page.forms
    citizen.client.cookies.clear()
    page = await citizen.open(f"/lapor/{code}")
    assert "are being checked before they are made public" in page.words
    assert f"/lapor/{code}/foto/" not in page.source
    page = await verifier.open("/petugas/bukti")
    page = await verifier.open(_link(page, code))
    assert page.ids["back"]["href"] == "/petugas/bukti"
    choice = re.search(r'name="(decision-[0-9a-f-]+)"', page.source)
    assert choice is not None
    refused = await verifier.send(page.forms["review-form"])
    assert (refused.status, "Choose for at least one photo" in refused.words) == (422, True)
    page = await verifier.send(refused.forms["review-form"], **{choice[1]: "show"})
    assert "Your decision on the evidence photos was saved." in page.words
    assert "evidence" not in page.ids
    assert f'data-code="{code}"' not in (await verifier.open("/petugas/bukti")).source
    page = await citizen.open(f"/lapor/{code}")
    assert f"/lapor/{code}/foto/{choice[1].removeprefix('decision-')}" in page.source
    assert "being checked" not in page.words
    assert "Sampah menumpuk di sebelah TPS." in page.words, "the released words stay as they were edited"


async def test_photos_that_were_kept_back_stay_so_when_the_release_is_refused(
    citizen: Browser, verifier: Browser, officer: Browser
) -> None:
    code = await assigned(citizen, verifier)
    desk = await officer.open(f"/petugas/{code}")
    for _ in range(2):
        desk = await officer.send(desk.forms["photo-form"], files=PROOF)
    page = await verifier.open(f"/petugas/{code}")
    face, street = page.forms["release-form"].all("photos")
    desk = await officer.send(desk.forms["photo-form"], files=PROOF)
    await officer.send(desk.forms["start-form"])
    page = await verifier.send(page.forms["release-form"], photos=street)
    left = page.forms["release-form"].all("photos")
    assert (page.status, face in left, street in left, len(left)) == (412, False, True, 2), "and what came meanwhile"
    await verifier.send(page.forms["release-form"])
    citizen.client.cookies.clear()
    page = await citizen.open(f"/lapor/{code}")
    assert (f"/foto/{street}" in page.source, f"/foto/{face}" in page.source) == (True, False)


async def test_what_a_redaction_is_to_take_out_stays_ticked_when_its_reason_is_asked_for(
    citizen: Browser, verifier: Browser, officer: Browser
) -> None:
    code = await assigned(citizen, verifier)
    desk = await officer.open(f"/petugas/{code}")
    desk = await officer.send(desk.forms["photo-form"], files=PROOF)
    await officer.send(desk.forms["ask-form"], note="Ibu Siti, nomor rumahnya?")
    page = await verifier.open(f"/petugas/{code}")
    (photo,) = re.findall(r'name="photos" value="([0-9a-f-]+)"', page.source.partition('id="redact-form"')[2])
    (note,) = re.findall(r'name="entries" value="(\d+)"', page.source)
    page = await verifier.send(page.forms["redact-form"], words="yes", photos=photo, entries=note)
    left = page.forms["redact-form"]
    assert (page.status, left.all("words"), left.all("photos"), left.all("entries")) == (422, ["yes"], [photo], [note])
    assert 'name="reason" value="author" required' in page.source
    assert ("reason-error" in page.ids, 'aria-describedby="reason-error"' in page.source) == (True, True)
    assert "<title>Something needs mending · " in page.source, "it is the first thing that is read"


async def test_evidence_that_was_unticked_stays_so_when_a_case_is_not_resolved(
    citizen: Browser, verifier: Browser, officer: Browser
) -> None:
    page = await officer.open(f"/petugas/{await assigned(citizen, verifier)}")
    page = await officer.send(page.forms["photo-form"], files=PROOF)
    (before,) = page.forms["resolve-form"].all("evidence")
    page = await officer.send(page.forms["resolve-form"], evidence="", files=PROOF, etag="1", note="Sudah beres.")
    (now,) = page.forms["resolve-form"].all("evidence")
    assert (page.status, now != before) == (412, True), "what came with the form is there and proves it"


async def test_a_reopened_case_is_offered_no_evidence_of_before(
    citizen: Browser, verifier: Browser, officer: Browser
) -> None:
    code = await assigned(citizen, verifier)
    page = await officer.open(f"/petugas/{code}")
    await officer.send(page.forms["resolve-form"], note="Sudah diangkut.", files=PROOF)
    page = await citizen.open(f"/lapor/{code}")
    await citizen.send(page.forms["reopen-form"], note="Masih menumpuk seperti kemarin.")
    page = await officer.open(f"/petugas/{code}")
    assert page.forms["resolve-form"].all("evidence") == []
    page = await officer.send(page.forms["photo-form"], files=PROOF)
    assert len(page.forms["resolve-form"].all("evidence")) == 1


async def test_releasing_again_begins_with_the_words_that_are_public(citizen: Browser, verifier: Browser) -> None:
    code = await assigned(citizen, verifier)
    page = await verifier.open(f"/petugas/{code}")
    assert page.forms["release-form"].filled()["public_text"] == TEXT
    page = await verifier.send(page.forms["release-form"], public_text="Sampah menumpuk.")
    assert page.forms["release-form"].filled()["public_text"] == "Sampah menumpuk."


@pytest.mark.parametrize(
    ("state", "said", "shown"),
    [
        ("OPEN", "Approved, but the bank refused", "Code of its answer: 4047801."),
        ("PROPOSED", "The bank has not confirmed yet", "On its way back"),
        ("RELEASED", "was released from suspense", ""),
    ],
)
async def test_the_treasury_says_what_the_bank_did_and_why(
    stand: Stand,
    treasurer: Browser,
    monkeypatch: pytest.MonkeyPatch,
    state: str,
    said: str,
    shown: str,
) -> None:
    id_, pillars = str(uuid7()), stand.gateway.pillars
    call: Any = pillars.call
    item = money.SuspenseItem(
        id=id_, state=money.SUSPENSE_STATE_PROPOSED, reason=money.SUSPENSE_REASON_UNLINKED, provider_reference="B-1",
        note="Kembalikan saja.", etag="2",
    )  # fmt: skip
    item.create_time.GetCurrentTime()

    async def answered(request: Any, *more: Any, **options: Any) -> Any:
        if isinstance(request, money.ListSuspenseRequest):
            left = item.state != money.SUSPENSE_STATE_RELEASED
            return money.ListSuspenseResponse(items=[item] if left else [])
        if isinstance(request, money.ApproveReleaseRequest):
            item.state = money.SuspenseState.Value(f"SUSPENSE_STATE_{state}")
            item.returning = state == "PROPOSED"
            if state == "OPEN":
                item.note, item.bank_code = "The bank refused to send it back (4047801).", "4047801"
            return money.ApproveReleaseResponse(item=item)
        return await call(request, *more, **options)

    monkeypatch.setattr(pillars, "call", answered)
    page = await treasurer.open("/petugas/kas")
    page = await treasurer.send(page.forms[f"release-{id_}"])
    assert said in page.words
    assert shown in page.words
    assert (f"release-{id_}" in page.forms, f"propose-{id_}" in page.forms) == (False, state == "OPEN")
    assert ("note bad" in page.source) is (state == "OPEN")
