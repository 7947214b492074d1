"""The desk of timetables: one officer brings a feed, another puts it into use, and one press goes back."""

import asyncio
import io
import zipfile
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.gateway.portal.pages import Browser, Page
from tests.gateway.running import Stand
from tests.living.feeds.depot import packed, semarang

DESK = "/petugas/jadwal"
DEADLINE_S = 60


@pytest.fixture
async def dishub(stand: Stand) -> AsyncIterator[Browser]:
    """An officer of the transport agency."""
    async with stand.client() as client:
        yield Browser(client, await stand.bearer("petugas-dishub"))


@pytest.fixture
async def trans(stand: Stand) -> AsyncIterator[Browser]:
    """An officer of who runs the buses."""
    async with stand.client() as client:
        yield Browser(client, await stand.bearer("petugas-blu-trans-semarang"))


def _path(page: Page) -> str:
    """Where a page is, without what was just done."""
    return page.answer.url.path


async def _became(browser: Browser, page: Page, words: str) -> Page:
    """The page of an import once it says something."""
    async with asyncio.timeout(DEADLINE_S):
        while words not in page.words:
            await asyncio.sleep(0.1)
            page = await browser.open(_path(page))
    return page


async def _sent(browser: Browser, content: bytes) -> Page:
    form = (await browser.open(DESK)).forms["upload-form"]
    return await browser.send(form, files={"file": ("kota.zip", content, "application/zip")})


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes]:
    """The feed made of the city's profile, and the same in another archive."""
    held = semarang(tmp_path_factory.mktemp("feed") / "gtfs.zip").read_bytes()
    made = io.BytesIO(held)
    with zipfile.ZipFile(made, "a") as into:
        into.writestr("README.md", "another")
    return held, made.getvalue()


async def _held(content: bytes, brings: Browser, accepts: Browser) -> None:
    page = await _became(brings, await _sent(brings, content), "waits to be accepted")
    assert ("accept-form" in page.forms, "so a colleague puts it into use" in page.words) == (False, True)
    seen = await accepts.open(_path(page))
    assert ("perkiraan dari profil kota" in seen.words, "says itself that its times are estimates" in seen.words) == (
        True, True,
    )  # fmt: skip
    accepted = await accepts.send(seen.forms["accept-form"])
    assert "Accepted. The feed is loaded, and then in use." in accepted.words
    await _became(accepts, accepted, "This feed was put into use.")


async def test_a_feed_with_errors_is_listed_by_file_and_line(dishub: Browser) -> None:
    nothing = await dishub.send((await dishub.open(DESK)).forms["upload-form"], files={"file": ("", b"", "a/b")})
    assert (nothing.status, "Choose a zip file." in nothing.words) == (422, True)
    wrong = await dishub.send((await dishub.open(DESK)).forms["fetch-form"], url="http://example.org/gtfs.zip")
    assert (wrong.status, "begins with https://" in wrong.words) == (422, True)
    page = await _became(dishub, await _sent(dishub, b"no zip"), "This is no GTFS feed that can be read.")
    said = (await dishub.client.get(_path(page), headers={**dishub.headers, "accept-language": "id"})).text
    assert ("Ini bukan berkas zip" in said, "no zip file" in said) == (True, False), "in the reader's language"
    page = await _sent(dishub, packed({"stops.txt": None}).getvalue())
    assert "The feed has come and is checked in the background." in page.words
    page = await _became(dishub, page, "This feed has errors, so it will not hold.")
    page = await dishub.open(f"{_path(page)}?tingkat=error")
    for words in ("missing_required_file", "A required file is missing.", "stops.txt"):
        assert words in page.words
    assert "accept-form" not in page.forms


async def test_a_second_officer_lets_it_hold_and_one_press_goes_back(
    dishub: Browser, trans: Browser, archives: tuple[bytes, bytes]
) -> None:
    await _held(archives[0], dishub, trans)
    before: dict[str, Any] = (await dishub.client.get("/v1/feed")).json()
    await _held(archives[1], trans, dishub)
    form = (await dishub.open("/petugas/gangguan/baru")).forms["alert-form"]
    said = {"header": "Halte ditutup", "cause": "accident", "severity": "warning", "stops": "ts001, ts999"}
    unknown = await dishub.send(form, **said)
    assert unknown.words.count("Not in the timetable that holds: ts999.") == 2, "in the summary and at its entry"
    assert unknown.forms["alert-form"].filled()["stops"] == "TS001, ts999", "in small letters it is known as well"
    desk = await trans.open(DESK)
    assert ("import: Transport Office" in desk.words, "kota.zip" in desk.words) == (True, True)
    desk = await trans.send(desk.forms["back-form"])
    assert "The timetable before is in use again." in desk.words
    assert (await dishub.client.get("/v1/feed")).json()["id"] == before["id"]
    page = await _became(dishub, await _sent(dishub, archives[0]), "byte for byte, the feed in use")
    seen = await trans.open(_path(page))
    assert ("same" in seen.ids, "accept-form" in seen.forms, "drop-form" in seen.forms) == (True, False, True)
