"""Permits at the portal without JavaScript: applied for with photos, checked, decided, and checked by anybody."""

import base64
import io
import re
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from lxml import html
from PIL import Image

from gateway.answers.permit_papers import pdf
from gateway.portal.economy import permit_desk
from services.economy.demo import seed_permits
from services.economy.permits.model import MOVED_BY, Party
from services.economy.permitting import actions
from tests.economy.permits.applying import CAMAT, DISDAG_2, LURAH, MARKETS, ROADS, SEKAYU, SRI, WHY, Applying
from tests.economy.returns.test_returns import paid_before
from tests.fixtures.edge import stand_before
from tests.society.pages import Reader, reader, said

TEMPLATES = Path(permit_desk.__file__).parent / "templates"
PAPER = {"name": "Warung Bu Sri", "holder": "Sri Wahyuni", "area": SEKAYU, "place": "Pasar Johar blok C, kios 12"}


@asynccontextmanager
async def readers(applying: Applying) -> AsyncIterator[tuple[Reader, Reader, Reader]]:
    """Who applies, checks and decides."""
    async with stand_before(applying.served) as stand:
        sri, lurah, markets = [await reader(stand, each) for each in (SRI, LURAH, MARKETS)]
        async with sri.client, lurah.client, markets.client:
            yield sri, lurah, markets


def photo(green: int = 120) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (64, 48), (40, green, 90)).save(written, "JPEG")
    return written.getvalue()


async def upload(sri: Reader, path: str, document: str) -> str:
    """Adds a photo by the page's form; the address that it leads to."""
    (form,) = (await sri.page(path)).xpath("//form[@id='add-form']")
    answer = await add(sri, form, document, photo())
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def add(sri: Reader, form: Any, document: str, *photos: bytes, go: str = "add") -> httpx.Response:
    """The answer to a form that is read already, with these photos: ktp-1.jpg and so on."""
    fields: dict[str, Any] = {name: value for name, value in form.form_values() if name != "photos"}
    files = [("photos", (f"ktp-{number}.jpg", each, "image/jpeg")) for number, each in enumerate(photos, 1)]
    return await sri.client.post(form.action, data={**fields, "document": document, "go": go}, files=files)


async def test_what_was_changed_in_another_tab_stays_where_an_application_came_too_late(applying: Applying) -> None:
    async with readers(applying) as (sri, _, _):
        await sri.send("/izin/jenis/kios-pasar/ajukan", "permit-form", **PAPER)
        (code,) = (await sri.page("/izin/saya")).xpath("//li[@data-permit]/@data-permit")
        (late,) = (await sri.page(f"/izin/saya/{code}/ubah")).xpath("//form[@id='permit-form']")
        await sri.send(f"/izin/saya/{code}/ubah", "permit-form", place="Pasar Johar blok D, kios 3")
        (again,) = (await sri.submit(late, name="Warung Sri")).xpath("//form[@id='permit-form']")
        told = said(await sri.submit(again), "facts")
    assert ("blok D" in told, "Warung Sri" in told) == (True, True)


@pytest.mark.timeout(60)
async def test_applied_for_by_phone_checked_decided_and_checked_by_anybody(applying: Applying) -> None:
    async with readers(applying) as (sri, lurah, markets):
        assert "Market stall permit" in (await sri.page("/izin")).text_content()
        form = "/izin/jenis/kios-pasar/ajukan"
        wrong = await sri.send(form, "permit-form", **{**PAPER, "nib": "12"})
        assert "A NIB has 13 digits." in wrong.text_content()
        wrong = await sri.send(form, "permit-form", **{**PAPER, "nib": "12", "name": "", "holder": "", "place": ""})
        assert set(wrong.xpath("//*[@aria-invalid]/@name")) == {"nib", "name", "holder", "place"}, "all of it at once"
        begun = await sri.send(form, "permit-form", **PAPER)
        assert "The application is begun" in said(begun, "done")
        (listed,) = (await sri.page("/izin/saya")).xpath("//li[@data-permit]/@data-permit")
        path = f"/izin/saya/{listed}"
        draft = await sri.page(path)
        assert not draft.xpath("//a[starts-with(@href, '/cerita/')]"), "nothing is told of a draft"
        early = await sri.send(path, "add-form", go="submit")
        assert "Add a photo of each document first." in early.text_content()
        await upload(sri, path, "ktp")
        assert "The photo is removed." in said(await sri.send(path, "remove-1"), "done")
        for document in ("ktp", "foto-usaha"):
            await upload(sri, path, document)
        (adding,) = (await sri.page(path)).xpath("//form[@id='add-form']")
        await add(sri, adding, "ktp", photo(green=60))
        rows = (await sri.page(path)).xpath("//ul[@id='documents']/li")
        links = [one.xpath("a")[0].text_content() for one in rows]
        assert len(set(links)) == len(links) == 3, "photos of one document are told apart"
        names = [text.partition(": ")[2] for text in links]
        (twice,) = {one for one in names if names.count(one) == 2}
        await sri.send(path, rows[names.index(twice)].xpath("form/@id")[0])
        changed = await sri.send(f"{path}/ubah", "permit-form", place="Pasar Johar blok D, kios 3")
        assert "blok D" in said(changed, "facts")
        assert "Sent." in said(await sri.send(path, "add-form", go="submit"), "done")

        assert listed in (await lurah.page("/petugas/izin")).text_content()
        desk = f"/petugas/izin/{listed}"
        (picture, _) = (await lurah.page(desk)).xpath("//ul[@id='documents']//a/@href")
        shown = await lurah.client.get(picture)
        assert (shown.status_code, shown.headers["content-type"][:6]) == (200, "image/")
        assert "An officer looked at a document" in said(await sri.page(path), "steps")
        labels = (await lurah.page(desk)).xpath("//label[@for='ask-note' or @for='check-note']")
        assert [one.text_content().split()[0] for one in labels] == ["Question", "Reason"]
        nothing = await lurah.send(desk, "ask-form", note="kurang")
        assert "problem" in nothing.xpath("//*[@role='alert']/@id")
        assert "Passed on" in said(await lurah.send(desk, "check-form", note=WHY), "done")
        assert not (await markets.page(desk)).xpath("//*[@id='missing']"), "all documents are there"
        wordless = await markets.send(desk, "grant-form")
        assert "problem" in wordless.xpath("//*[@role='alert']/@id"), "a decision says why"
        assert "Granted." in said(await markets.send(desk, "grant-form", note=WHY), "done")

        assert said(await sri.page(path), "state") == "Valid"
        paper = await sri.client.get(f"{path}/izin.pdf")
        assert (paper.content[:5], paper.headers["content-type"]) == (b"%PDF-", "application/pdf")
        assert "(Tue, 24 Nov 2026 \\226 Thu, 23 Nov 2028)" in _drawn(paper.content)
        for typed, verdict, status in (
            (listed, "valid", 200), (listed[:-1] + ("0" if listed[-1] != "0" else "1"), "mistyped", 422),
        ):  # fmt: skip
            answer = await markets.client.get("/izin/cek", params={"nomor": typed})
            assert (answer.status_code, f'data-verdict="{verdict}"' in answer.text) == (status, True)
            assert "Sri Wahyuni" not in answer.text
        await markets.send(desk, "suspend-form", note=WHY)
        assert said(await sri.page(f"/izin/cek/{listed}"), "verdict").startswith("Suspended")
        assert "(Suspended \\(" in _drawn((await sri.client.get(f"{path}/izin.pdf")).content)
        assert "Your objection is sent." in said(await sri.send(path, "object-form", note=WHY), "done")


async def test_a_photo_that_is_refused_is_named_with_what_was_stored_beside_it_and_nothing_is_there_twice(
    applying: Applying,
) -> None:
    path = f"/izin/saya/{(await applying.begun()).code}"
    async with readers(applying) as (sri, _, _):
        (form,) = (await sri.page(path)).xpath("//form[@id='add-form']")
        answer = await add(sri, form, "ktp", b"no picture", photo())
        page = html.fromstring(answer.text)
        assert answer.status_code == 415
        assert "ktp-1.jpg: That file is no JPEG, PNG or WebP photo." in said(page, "photos-error")
        assert "ktp-2.jpg" not in said(page, "problem")
        assert "1 of these photos is stored." in said(page, "problem"), "also what comes after one that is refused"
        (form,) = page.xpath("//form[@id='add-form']")
        assert (await add(sri, form, "ktp", photo())).status_code == 303
        page = await sri.page(path)
        assert len(page.xpath("//form[starts-with(@id, 'remove-')]")) == 1, "it is there already"
        files = await applying.served.runtime.pool.fetchval("SELECT count(DISTINCT path) FROM permit_document")
        assert files == 1


async def test_a_form_that_was_answered_with_a_photo_which_is_gone_since_does_not_say_that_it_is_there(
    applying: Applying,
) -> None:
    path = f"/izin/saya/{(await applying.begun()).code}"
    async with readers(applying) as (sri, _, _):
        await upload(sri, path, "ktp")
        (form,) = (await sri.page(path)).xpath("//form[@id='add-form']")
        assert (await add(sri, form, "ktp", photo())).status_code == 303
        await sri.send(path, "remove-1")
        answer = await add(sri, form, "ktp", photo())
        assert answer.status_code == 409
        assert "was taken out" in said(html.fromstring(answer.text), "photos-error")


async def test_photos_that_are_too_many_are_named_and_those_before_them_stored(applying: Applying) -> None:
    path = f"/izin/saya/{(await applying.begun()).code}"
    async with readers(applying) as (sri, _, _):
        (form,) = (await sri.page(path)).xpath("//form[@id='add-form']")
        assert (await add(sri, form, "ktp", photo(1), photo(60))).status_code == 303
        (form,) = (await sri.page(path)).xpath("//form[@id='add-form']")
        answer = await add(sri, form, "ktp", photo(120), photo(180))
        page = html.fromstring(answer.text)
        assert (answer.status_code, len(page.xpath("//form[starts-with(@id, 'remove-')]"))) == (409, 3)
        assert "ktp-2.jpg: These are more photos than can still be added." in said(page, "photos-error")
        assert "1 of these photos is stored." in said(page, "problem")
        (form,) = page.xpath("//form[@id='add-form']")
        answer = await add(sri, form, "ktp", photo(180), photo(240))
        assert "None of these photos is stored." in said(html.fromstring(answer.text), "problem")


@pytest.mark.parametrize(("chosen", "words"), [(0, "Choose at least one photo."), (4, "At most three photos at once.")])
async def test_who_chooses_none_or_too_many_photos_is_told_which(applying: Applying, chosen: int, words: str) -> None:
    path = f"/izin/saya/{(await applying.begun()).code}"
    async with readers(applying) as (sri, _, _):
        (form,) = (await sri.page(path)).xpath("//form[@id='add-form']")
        answer = await add(sri, form, "ktp", *[photo()] * chosen)
        assert answer.status_code == 422
        assert words in said(html.fromstring(answer.text), "photos-error")
        assert not (await sri.page(path)).xpath("//form[starts-with(@id, 'remove-')]")


async def test_a_permit_leads_to_its_story_once_that_says_more_than_that_it_went_on(applying: Applying) -> None:
    applying.served.now = datetime.now(UTC)
    checking, helped = await applying.sent(), await applying.move(await applying.deciding("bantu-nib"), "grant", CAMAT)
    held = await applying.granted()
    async with readers(applying) as (sri, _, _):
        for one, leads in ((checking, []), (helped, []), (held, [f"/cerita/{held.code}"])):
            page = await sri.page(f"/izin/saya/{one.code}")
            assert page.xpath("//a[starts-with(@href, '/cerita/')]/@href") == leads


async def test_a_permit_that_is_given_back_is_not_called_an_application_withdrawn(applying: Applying) -> None:
    held, begun = await applying.granted(), await applying.begun()
    async with readers(applying) as (sri, _, _):
        for one, words in ((held, "The permit is given back."), (begun, "Withdrawn.")):
            assert said(await sri.send(f"/izin/saya/{one.code}", "withdraw-form"), "done") == words


async def test_pages_tell_until_when_an_applicant_goes_on_and_what_happens_then(applying: Applying) -> None:
    begun, payable = await applying.begun(), await applying.granted("bongkar-muat", ROADS)
    asked = await applying.move(await applying.sent(), "ask", LURAH)
    async with readers(applying) as (sri, lurah, _):
        own = {one.code: said(await sri.page(f"/izin/saya/{one.code}"), "lapses") for one in (begun, asked, payable)}
        assert ["is erased" in own[begun.code], "Answer by" in own[asked.code]] == [True, True]
        assert "Pay by" in own[payable.code]
        assert len((await sri.page("/izin/saya")).xpath("//*[@data-lapses]")) == 3
        assert "Lapses on" in said(await lurah.page(f"/petugas/izin/{asked.code}"), "facts")


async def test_a_permit_that_holds_from_a_later_day_is_not_called_valid(applying: Applying) -> None:
    applying.served.now = datetime.now(UTC)
    first = f"{applying.served.now + timedelta(days=9):%Y-%m-%d}"
    ahead = await applying.granted("acara", CAMAT, first_day=first, last_day=first)
    async with readers(applying) as (sri, _, _):
        own = await sri.page(f"/izin/saya/{ahead.code}")
        assert (said(own, "state"), "holds from" in said(own, "coming")) == ("Not valid yet", True)
        assert "Not valid yet" in (await sri.page("/izin/saya")).xpath("string(//*[@id='permits'])")


async def test_help_is_spoken_of_as_help(applying: Applying) -> None:
    begun = await applying.begun("bantu-nib")
    helped = await applying.move(await applying.deciding("bantu-nib"), "grant", CAMAT)
    async with readers(applying) as (sri, lurah, _):
        form = await sri.page("/izin/jenis/bantu-nib/ajukan")
        assert (form.xpath("//input[@name='nib']"), "paper is issued" in form.text_content()) == ([], True)
        assert "Who checks" not in said(await sri.page(f"/izin/saya/{begun.code}"), "facts")
        assert said(await sri.page(f"/izin/saya/{helped.code}"), "state") == "Help given"
        assert "Help is not" in said(await lurah.page("/petugas/izin?bagian=decide"), "silence")


async def test_the_desk_keeps_the_list_that_a_permit_was_opened_from(applying: Applying) -> None:
    one = await applying.move(await applying.move(await applying.deciding(), "refuse", MARKETS), "object", SRI)
    async with stand_before(applying.served) as stand:
        other = await reader(stand, DISDAG_2)
        async with other.client:
            listed = await other.page("/petugas/izin?bagian=objections")
            (opened,) = listed.xpath(f"//tr[@data-permit='{one.code}']//a/@href")
            done = await other.send(opened, "dismiss-form", note=WHY)
    assert done.xpath("//a[@id='back']/@href") == ["/petugas/izin?bagian=objections"]


async def test_a_reason_that_is_too_short_is_refused_with_how_long_it_must_be(applying: Applying) -> None:
    one = await applying.deciding()
    async with readers(applying) as (_, _, markets):
        page = await markets.send(f"/petugas/izin/{one.code}", "grant-form", note="OK")
    assert "at least 10, now 2" in said(page, "grant-note-error")


async def test_who_asks_for_days_before_the_city_has_to_decide_is_warned_and_so_is_the_desk(applying: Applying) -> None:
    def on(days: int) -> dict[str, Any]:
        day = f"{applying.served.now + timedelta(days=days):%Y-%m-%d}"
        return {"first_day": day, "last_day": day}

    applying.served.now = datetime.now(UTC)
    draft, soon, far = [
        await make("bongkar-muat", **on(days))
        for make, days in ((applying.begun, 1), (applying.sent, 1), (applying.sent, 30))
    ]
    async with readers(applying) as (sri, lurah, _):
        assert "the city has until" in said(await sri.page("/izin/jenis/bongkar-muat/ajukan"), "due-if-sent")
        assert said(await sri.page("/izin/jenis/kios-pasar/ajukan"), "due-if-sent") == ""
        warned = [said(await sri.page(f"/izin/saya/{one.code}"), "begins-undecided") for one in (draft, soon, far)]
        assert [words.startswith("The city has until") for words in warned] == [True, True, False]
        desk = await lurah.page("/petugas/izin")
        rows = [
            (row.get("data-permit"), bool(row.xpath(".//@data-begins"))) for row in desk.xpath("//tr[@data-permit]")
        ]
        assert rows == [(soon.code, True), (far.code, False)]


async def test_pages_say_what_a_fee_is_where_one_goes_back_and_from_when_a_paper_holds(applying: Applying) -> None:
    first = f"{applying.served.now + timedelta(days=3):%Y-%m-%d}"
    ahead = await applying.granted("acara", CAMAT, first_day=first, last_day=first)
    payable = await applying.granted("bongkar-muat", ROADS)
    gone = await applying.move(await applying.granted("bongkar-muat", ROADS), "withdraw", SRI, "")
    await applying.paid(gone)
    code = await paid_before(applying, f"{gone.code}/1")
    await applying.served.admin.execute("UPDATE economy.payment_return SET state = 'ready'")
    async with readers(applying) as (sri, _, markets):
        assert "50,000" in (await sri.page("/izin")).xpath("string(//li[@data-kind='bongkar-muat'])")
        own = await sri.page(f"/izin/saya/{payable.code}")
        assert "50,000" in own.xpath("string(//section[.//@id='pay-title'])")
        assert own.xpath("//*[@id='cash-ready']") == []
        ready = said(await sri.page(f"/izin/saya/{gone.code}"), "cash-ready")
        assert ("50,000" in ready, code in ready) == (True, True)
        checked = await markets.page(f"/izin/cek/{ahead.code}")
        assert said(checked, "verdict").startswith("Not valid yet")
        assert said(checked, "paper").count("2026") == 2, "one day is told once, and when it was issued"


async def test_who_decides_finds_what_they_asked_and_types_a_nib_as_an_applicant_does(applying: Applying) -> None:
    asked = await applying.move(await applying.deciding(), "ask", MARKETS, "Ukuran kiosnya berapa meter persegi?")
    help_ = await applying.deciding("bantu-nib")
    async with stand_before(applying.served) as stand:
        markets, camat = await reader(stand, MARKETS), await reader(stand, CAMAT)
        async with markets.client, camat.client:
            assert asked.code in (await markets.page("/petugas/izin?bagian=asked_deciding")).text_content()
            given = await camat.send(f"/petugas/izin/{help_.code}", "grant-form", note=WHY, nib="9120.0012-345 67")
            assert "9120001234567" in given.text_content()
            fee = await markets.page("/izin/jenis/bongkar-muat")
            assert "Pay the fee once it is granted" in fee.text_content()


def test_a_paper_tells_the_whole_of_a_long_place() -> None:
    place = " ".join(["Trotoar sisi utara Jalan Pandanaran depan toko"] * 4 + ["Sekayu"])
    drawn = _drawn(pdf("Kota", "Dinas", "Izin", "1", [("Tempat", place)], [], "http://x", "http://x", language="id"))
    assert "Sekayu" in drawn


def test_the_desk_asks_for_a_reason_where_the_pillar_wants_one() -> None:
    asked = re.search(r"needed = move in \(([^)]*)\)", (TEMPLATES / "officer_permit.html").read_text())
    assert asked is not None
    told = set(re.findall(r"\w+", asked[1]))
    assert told == {move.value for move in actions._SAID if MOVED_BY.get(move) is not Party.APPLICANT}


async def test_what_there_is_is_found_and_strangers_are_sent_away(applying: Applying) -> None:
    async with readers(applying) as (sri, lurah, _):
        found = await sri.page("/cari?q=vendor")
        assert "/izin/jenis/pkl" in found.xpath("//a/@href")
        assert (await sri.client.get("/petugas/izin")).status_code == 403
        assert (await lurah.client.get("/izin/jenis/pesawat")).status_code == 404
        assert said(await lurah.page("/izin/jenis/bongkar-muat"), "kind").count("example") == 1
        await seed_permits(applying.served.runtime, SRI.subject)
        made_up = (await sri.page("/izin/saya")).xpath("//li[@data-permit]/@data-permit")
        pages = [await sri.page(f"/izin/saya/{code}") for code in made_up]
        assert [one.xpath("//@id[. = 'missing']") for one in pages] == [[], []], "what nobody can add is not asked for"
        links = (await lurah.page("/petugas/izin")).xpath("//main//a[starts-with(@href, '/petugas/izin/')]/@href")
        waiting = [link.partition("?")[0] for link in links]
        assert waiting
        code = waiting[0].rpartition("/")[2]
        sought = await lurah.client.get("/petugas/izin", params={"bagian": "over", "kode": code.lower()})
        assert sought.headers["location"] == waiting[0], "by its number, whatever list it stands in"
        for each in waiting:
            assert "No photo yet of:" in said(await lurah.page(each), "missing"), "who checks is told what is not there"


def _drawn(pdf: bytes) -> str:
    """What the one page of a paper draws, as PDF writes it."""
    (page, *_) = re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL)
    return zlib.decompress(base64.a85decode(b"<~" + page.strip(), adobe=True)).decode("latin-1")
