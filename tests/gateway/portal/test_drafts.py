"""A report that is being written: every screen has an address, photos stay, and nobody else can open it."""

import asyncio
import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image

from gateway.answers.problems import Problem
from gateway.drafts import store
from gateway.drafts.model import LIFE
from gateway.drafts.photos import NETWORK_BYTES
from gateway.photos.store import Found, small_of
from tests.gateway.portal.pages import Browser, Page
from tests.gateway.portal.test_filing import TEXT, code_of
from tests.gateway.running import Stand

FORM = "report-form"


def picture(shade: int) -> bytes:
    """A small JPEG, another one for each shade."""
    target = io.BytesIO()
    Image.new("RGB", (40, 30), (20 * shade, 90, 90)).save(target, "JPEG")
    return target.getvalue()


def chosen(*shades: int) -> list[tuple[str, tuple[str, bytes, str]]]:
    """Photos as a browser sends them."""
    return [("photos", (f"foto-{shade}.jpg", picture(shade), "image/jpeg")) for shade in shades]


def kept(page: Page) -> list[str]:
    """Names of the photos that a page says are kept."""
    return re.findall(r">(?:Photo|Foto) \d: ([^<]+)</a>", page.source)


async def at_check(citizen: Browser) -> Page:
    """The last screen of a new report."""
    page = await citizen.open("/lapor")
    page = await citizen.send(page.forms[FORM], go="where", text=TEXT)
    return await citizen.send(page.forms[FORM], go="check", landmark="depan Lawang Sewu")


async def photos_of(citizen: Browser, code: str) -> int:
    """How many photos a case shows."""
    page = await citizen.open(f"/lapor/{code}")
    return len(set(re.findall(r"/foto/([0-9a-f-]{36})", page.source)))


async def files_below(stand: Stand, folder: str) -> list[Found]:
    """What lies in the file store."""
    return [each async for batch in stand.gateway.files.under(folder) for each in batch]


async def test_each_form_leads_on_to_an_address_that_can_be_opened_again(citizen: Browser) -> None:
    page = await at_check(citizen)
    assert [step.status_code for step in page.answer.history] == [303]
    again = await citizen.open(page.answer.url.path)
    assert (again.status, "Check and send" in again.words, TEXT in again.words) == (200, True, True)
    before = await citizen.open(page.answer.url.path.replace("periksa", "tempat"))
    assert before.forms[FORM].filled()["landmark"] == "depan Lawang Sewu"
    first = await citizen.open("/lapor")
    assert first.forms[FORM].filled()["text"] == TEXT
    assert "resumed" in first.ids


async def test_what_is_wrong_has_an_address_too_and_is_told_in_either_language(citizen: Browser) -> None:
    page = await citizen.open("/lapor")
    page = await citizen.send(page.forms[FORM], go="where", text="short")
    assert [step.status_code for step in page.answer.history] == [303]
    assert "at least 10" in page.words
    page = await citizen.send(page.forms[FORM], lang="id", text="pendek")
    assert "Ceritakan masalahnya" in page.words
    page = await citizen.send(page.forms[FORM], go="where")
    assert "sedikitnya 10 huruf" in page.words
    assert page.forms[FORM].filled()["text"] == "pendek"


async def test_what_a_service_refuses_is_told_in_the_language_that_is_read(citizen: Browser) -> None:
    page = await citizen.send((await at_check(citizen)).forms[FORM], go="send", email="not an address")
    assert (page.status, page.ids["email"]["aria-invalid"]) == (422, "true")
    page = await citizen.open(f"{page.answer.url.path}?lang=id")
    assert (page.status, page.ids["email"]["aria-invalid"]) == (422, "true")
    assert "e-mail address" not in page.words


async def test_photos_stay_through_errors_and_back_and_forth(citizen: Browser) -> None:
    page = await at_check(citizen)
    page = await citizen.send(page.forms[FORM], go="send", email="not an address", files=chosen(1, 2))
    assert (page.status, kept(page)) == (422, ["foto-1.jpg", "foto-2.jpg"])
    page = await citizen.send(page.forms[FORM], go="what", email="")
    page = await citizen.send(page.forms[FORM], go="where", text=f"{TEXT} Tolong.")
    page = await citizen.send(page.forms[FORM], go="check")
    assert kept(page) == ["foto-1.jpg", "foto-2.jpg"]
    photo = re.search(r'href="(/lapor/draf/[^"]+/foto/[^"]+)"', page.source)
    assert photo is not None
    assert (await citizen.client.get(photo[1])).headers["content-type"] == "image/jpeg"
    page = await citizen.send(page.forms[FORM], go="send")
    assert await photos_of(citizen, code_of(page)) == 2


async def test_a_fourth_photo_is_refused_in_words_and_the_other_three_are_kept(citizen: Browser) -> None:
    page = await at_check(citizen)
    page = await citizen.send(page.forms[FORM], go="send", files=chosen(1, 2, 3, 4))
    assert (page.status, kept(page)) == (422, ["foto-1.jpg", "foto-2.jpg", "foto-3.jpg"])
    assert "At most 3 photos. 1 not taken" in page.words
    page = await citizen.send(page.forms[FORM], go="photos", files=chosen(5))
    assert (page.status, len(kept(page))) == (422, 3)
    page = await citizen.send(page.forms[FORM], go="send")
    assert await photos_of(citizen, code_of(page)) == 3


async def test_a_photo_is_taken_out_and_one_chosen_twice_is_one(citizen: Browser, stand: Stand) -> None:
    page = await at_check(citizen)
    page = await citizen.send(page.forms[FORM], go="photos", files=chosen(1, 2))
    page = await citizen.send(page.forms[FORM], go="photos", files=chosen(2))
    assert kept(page) == ["foto-1.jpg", "foto-2.jpg"]
    drop = re.search(r'name="drop" value="([^"]+)"', page.source)
    assert drop is not None
    page = await citizen.send(page.forms[FORM], drop=drop[1])
    assert (page.status, kept(page)) == (200, ["foto-2.jpg"])
    draft = page.forms[FORM].filled()["request_id"]
    assert len(await files_below(stand, f"drafts/{draft}")) == 1


async def test_photos_that_cannot_come_along_now_are_to_be_added_to_the_report_and_nothing_is_sent_again(
    citizen: Browser, stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise Problem(503, "FILE_STORE_UNAVAILABLE", "The store does not answer.")

    page = await at_check(citizen)
    with monkeypatch.context() as broken:
        broken.setattr(stand.gateway.draft_photos, "give", away)
        page = await citizen.send(page.forms[FORM], go="send", files=chosen(1, 2))
    assert ("photos-later" in page.ids, "try again" in page.words.lower()) == (True, False)
    code = code_of(page)
    page = await citizen.open(f"/lapor/{code}")
    await citizen.send(page.forms["photo-form"], files=chosen(1, 2))
    assert await photos_of(citizen, code) == 2


async def test_what_is_written_into_a_draft_that_has_just_expired_is_kept_as_another_one(
    citizen: Browser, stand: Stand
) -> None:
    page = await citizen.open("/lapor")
    first = await citizen.send(page.forms[FORM], go="where", text=TEXT)
    draft = page.forms[FORM].filled()["request_id"]
    assert first.status == 200
    await stand.gateway.pool.execute("UPDATE draft SET expire_time = now() WHERE id = $1::text::uuid", draft)
    anew = await citizen.send(page.forms[FORM], go="where", text="Pohon tumbang menutup jalan di depan sekolah.")
    assert (anew.status, "landmark" in anew.ids) == (200, True), "the next screen, not the first once more"
    left = "SELECT expire_time > now() + interval '1 hour' FROM draft WHERE id = $1::text::uuid"
    assert await stand.gateway.pool.fetchval(left, draft)


async def test_nobody_else_opens_a_draft_or_its_photos(citizen: Browser, stand: Stand) -> None:
    page = await citizen.send((await at_check(citizen)).forms[FORM], go="photos", files=chosen(7))
    photo = re.search(r'href="(/lapor/draf/[^"]+/foto/[^"]+)"', page.source)
    assert photo is not None
    async with stand.client() as other:
        stranger = Browser(other)
        await stranger.open("/lapor")
        seen = await stranger.open(page.answer.url.path)
        assert (seen.status, TEXT in seen.words, "another browser" in seen.words) == (422, False, True)
        assert (await stranger.open(photo[1])).status == 404
        assert "resumed" not in (await stranger.open("/lapor")).ids
        form = dict(page.forms[FORM].filled(), csrf=(await stranger.open("/lapor")).forms[FORM].filled()["csrf"])
        page.forms[FORM].fields = list(form.items())
        sent = await stranger.send(page.forms[FORM], go="send")
        assert (sent.status, "tell it again" in sent.words) == (422, True)


async def test_back_after_sending_leads_to_the_report_and_sends_nothing(citizen: Browser) -> None:
    page = await at_check(citizen)
    code = code_of(await citizen.send(page.forms[FORM], go="send"))
    for path in (page.answer.url.path, page.answer.url.path.replace("periksa", "apa")):
        assert code_of(await citizen.open(path)) == code
    assert "resumed" not in (await citizen.open("/lapor")).ids
    assert (await citizen.open("/lapor")).forms[FORM].filled()["text"] == ""


async def test_sending_twice_at_once_files_one_report_with_its_photos(citizen: Browser) -> None:
    page = await citizen.send((await at_check(citizen)).forms[FORM], go="photos", files=chosen(1, 2))
    both = await asyncio.gather(*(citizen.send(page.forms[FORM], go="send") for _ in range(2)))
    [code] = {code_of(each) for each in both if each.status == 200}
    assert await photos_of(citizen, code) == 2


async def test_a_report_is_begun_anew_when_somebody_says_so(citizen: Browser) -> None:
    await at_check(citizen)
    page = await citizen.open("/lapor")
    page = await citizen.send(page.forms[FORM], go="anew")
    assert page.forms[FORM].filled()["text"] == ""
    assert "resumed" not in page.ids


async def test_a_guess_of_another_story_is_not_kept(citizen: Browser) -> None:
    page = await at_check(citizen)
    page = await citizen.send(page.forms[FORM], go="what")
    page = await citizen.send(page.forms[FORM], go="where", text="Lampu jalan mati sejak minggu lalu di depan sekolah.")
    page = await citizen.send(page.forms[FORM], go="check")
    assert page.forms[FORM].filled()["category"] == "pju-mati"


async def test_a_kind_from_the_list_beside_a_marked_guess_is_asked_about_and_not_left_out(citizen: Browser) -> None:
    page = await at_check(citizen)
    assert "Let an officer sort it" not in page.words, "that is no choice where there are guesses"
    page = await citizen.send(page.forms[FORM], go="send", other_category="pju-mati")
    assert (page.status, "You marked one kind and chose another" in page.words) == (422, True)
    page = await citizen.send(page.forms[FORM], go="send", category="other")
    assert "Street light out" in page.words, page.words


async def test_a_kind_chosen_for_another_story_is_not_kept(citizen: Browser) -> None:
    page = await at_check(citizen)
    page = await citizen.send(page.forms[FORM], go="what", category="other", other_category="lainnya")
    page = await citizen.send(page.forms[FORM], go="where", text="Lampu jalan mati sejak minggu lalu di depan sekolah.")
    page = await citizen.send(page.forms[FORM], go="check")
    assert page.forms[FORM].filled().get("other_category", "") == ""


async def test_the_database_gives_away_neither_words_nor_whose_they_are(citizen: Browser, stand: Stand) -> None:
    page = await at_check(citizen)
    draft = page.forms[FORM].filled()["request_id"]
    row = await stand.gateway.pool.fetchrow("SELECT * FROM draft WHERE id = $1::text::uuid", draft)
    assert row is not None
    told = repr(dict(row))
    assert "Sampah" not in told
    assert not any(value in told for value in citizen.client.cookies.values())


async def test_drafts_and_their_photos_go_when_their_time_is_over(citizen: Browser, stand: Stand) -> None:
    page = await citizen.send((await at_check(citizen)).forms[FORM], go="photos", files=chosen(8))
    draft = page.forms[FORM].filled()["request_id"]
    later = datetime.now(UTC) + LIFE + timedelta(minutes=1)
    await stand.gateway.draft_photos.sweep()
    assert len(await files_below(stand, f"drafts/{draft}")) == 1
    await stand.gateway.draft_photos.sweep(later)
    assert await files_below(stand, "drafts") == []
    await stand.gateway.pool.execute("UPDATE draft SET expire_time = now() WHERE id = $1::text::uuid", draft)
    assert "tell it again" in (await citizen.open(page.answer.url.path)).words
    await stand.gateway.drafts.sweep()
    assert await stand.gateway.pool.fetchval("SELECT count(*) FROM draft WHERE id = $1::text::uuid", draft) == 0


async def test_a_small_picture_that_outlived_its_photo_goes_with_the_sweep_too(stand: Stand) -> None:
    files, path = stand.gateway.files, f"drafts/{uuid4()}/{uuid4()}.jpg"
    await files.put(small_of(path), b"x")  # the gateway ended after it had deleted the photo
    await stand.gateway.draft_photos.sweep()
    assert await files.has(small_of(path))
    await stand.gateway.draft_photos.sweep(datetime.now(UTC) + LIFE + timedelta(minutes=1))
    assert not await files.has(small_of(path))


async def test_a_photo_that_vanished_from_the_store_does_not_cost_the_report(citizen: Browser, stand: Stand) -> None:
    page = await citizen.send((await at_check(citizen)).forms[FORM], go="photos", files=chosen(9))
    for each in await files_below(stand, f"drafts/{page.forms[FORM].filled()['request_id']}"):
        await stand.gateway.files.delete(each.path)
    page = await citizen.send(page.forms[FORM], go="send")
    assert (page.status, "no longer there" in page.words) == (200, True)
    assert code_of(page)


async def test_photos_that_wait_are_counted_by_network(
    citizen: Browser, stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(network: str) -> int:
        return NETWORK_BYTES

    monkeypatch.setattr(stand.gateway.drafts, "bytes_of", full)
    page = await citizen.send((await at_check(citizen)).forms[FORM], go="photos", files=chosen(1))
    assert (page.status, kept(page)) == (422, [])
    assert "Send the report first" in page.words
    with pytest.raises(Problem) as caught:
        await stand.gateway.draft_photos.take(uuid4(), picture(1), "foto.jpg", "127.0.0.1", "network")
    assert (caught.value.status, caught.value.reason) == (409, "PHOTOS_WAITING"), "no wait makes room"
    assert code_of(await citizen.send(page.forms[FORM], go="send"))


async def test_what_was_typed_comes_back_while_the_database_is_away(
    citizen: Browser, stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await citizen.open("/lapor")

    async def away(*_: Any) -> None:
        raise store.unavailable()

    citizen.headers |= {"sec-fetch-site": "same-origin"}
    with monkeypatch.context() as gone:
        gone.setattr(stand.gateway.drafts, "find", away)
        form = page.forms[FORM]
        form.action += "&next=/transit" if "?" in form.action else "?next=/transit"
        page = await citizen.send(form, go="where", text=TEXT)
    assert (page.status, TEXT in page.words) == (503, True)
    assert page.forms["again-form"].action.endswith("?next=%2Ftransit")
    assert 'hreflang="id"' not in page.source, "the other language would know nothing of it"
    page = await citizen.send(page.forms["again-form"])
    assert (page.status, "Where is it?" in page.words) == (200, True)
