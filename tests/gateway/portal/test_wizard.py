"""A report is written in a browser: Back and forth, in either language, by keyboard, and refused as a whole."""

import io
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page as Tab
from playwright.async_api import expect

from gateway.callers.limits import Policy
from tests.fixtures.axe import faults
from tests.gateway.portal.test_browser import _tab, chromium, pytestmark
from tests.gateway.portal.test_filing import TEXT
from tests.gateway.running import Stand

__all__ = ["chromium", "pytestmark"]

DANGER = "Rumah tetangga kobongan, asapnya masuk ke gang. Tolong cepat."
BOTH = pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])


@pytest.fixture
def pictures(tmp_path: Path) -> list[str]:
    """Four photos on a phone."""
    paths = [tmp_path / f"foto-{number}.jpg" for number in range(1, 5)]
    for number, path in enumerate(paths):
        Image.new("RGB", (400, 300), (60 * number, 90, 90)).save(path, "JPEG")
    return [str(path) for path in paths]


@pytest.fixture
def many(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Somebody's address has just used up what it may send; it may again when the test ends."""
    limits = stand.gateway.limits
    limits._buckets.clear()
    monkeypatch.setattr(limits, "anonymous_write", Policy("anonymous-write", 0.001, 1, 1000))
    assert limits.take(limits.anonymous_write, "127.0.0.1").passed
    yield
    limits._buckets.clear()


async def at_check(tab: Tab, text: str = TEXT) -> None:
    """Goes to the last screen of a new report."""
    await tab.goto("/lapor")
    await tab.fill("#text", text)
    await tab.click("#next")
    await tab.fill("#landmark", "depan Lawang Sewu")
    await tab.click("#next")
    await tab.wait_for_selector("#send")


async def kept(tab: Tab) -> list[str]:
    """The photos that the page says are kept."""
    return [re.sub(r".*: ", "", each) for each in await tab.locator(".kept-photos a").all_inner_texts()]


@BOTH
async def test_back_and_forth_through_the_wizard_with_photos_kept(
    chromium: Chromium, stand: Stand, pictures: list[str], javascript: bool
) -> None:
    tab = await _tab(chromium, stand, java_script_enabled=javascript)
    three = ["foto-1.jpg", "foto-2.jpg", "foto-3.jpg"]
    await at_check(tab)
    await tab.set_input_files("#photos", pictures)
    if javascript:
        await tab.wait_for_selector(".kept-photos li:nth-child(3)")
        await expect(tab.locator("#photo-box")).to_contain_text("Hanya 3 foto lagi yang muat")
    else:
        await tab.click("button[value=photos]")
        assert "Paling banyak 3 foto. 1 tidak diambil" in await tab.inner_text("#problem")
    assert await kept(tab) == three
    await tab.fill("#phone", "bukan nomor")
    await tab.click("#send")
    await tab.wait_for_selector("#phone[aria-invalid=true]")
    assert await kept(tab) == three, "a wrong field costs no photo"
    if javascript:
        assert await faults(tab) == []

    await tab.go_back()
    await tab.go_back()
    while "tempat" not in tab.url:
        await tab.go_back()
    assert await tab.input_value("#landmark") == "depan Lawang Sewu"
    await tab.go_back()
    assert await tab.input_value("#text") == TEXT
    await tab.go_forward()
    await tab.fill("#landmark", "depan Balai Kota")
    await tab.click("#next")
    await tab.wait_for_selector("#send")
    assert await kept(tab) == three
    assert "depan Balai Kota" in await tab.inner_text("#main")
    assert await tab.input_value("#phone") == "bukan nomor"
    await tab.fill("#phone", "")
    await tab.click("#send")
    code = await tab.inner_text("#code")
    await tab.click("text=Ikuti laporan ini")
    await tab.wait_for_selector("#timeline")
    assert await tab.locator("main img").count() == 3
    await tab.go_back()
    await tab.go_back()
    assert code in await tab.inner_text("#main"), "what was sent is not there to be sent again"
    await tab.context.close()


@BOTH
async def test_the_language_is_changed_on_the_way_and_what_was_typed_stays(
    chromium: Chromium, stand: Stand, javascript: bool
) -> None:
    tab = await _tab(chromium, stand, java_script_enabled=javascript)
    await tab.goto("/lapor")
    await tab.fill("#text", "pendek")
    await tab.click(".lang button")
    await tab.wait_for_selector("text=What happened?")
    assert await tab.input_value("#text") == "pendek"
    await tab.click("#next")
    assert "at least 10 characters" in await tab.inner_text("#problem")
    await tab.click(".lang button")
    await tab.wait_for_selector("text=Apa yang terjadi?")
    await tab.click("#next")
    assert "sedikitnya 10 huruf" in await tab.inner_text("#problem")
    await tab.context.close()


@BOTH
async def test_words_of_danger_show_whom_to_call_on_every_step(
    chromium: Chromium, stand: Stand, javascript: bool
) -> None:
    tab = await _tab(chromium, stand, java_script_enabled=javascript)
    await tab.goto("/lapor")
    assert await tab.get_attribute(".note a[href^='tel:']", "href") == "tel:112"
    assert not await tab.is_visible("#emergency")
    await tab.fill("#text", DANGER)
    assert await tab.is_visible("#emergency") == javascript, "at once, where the page can"
    await tab.click("#next")
    for step in ("tempat", "periksa"):
        await tab.wait_for_url(f"**/{step}*")
        assert await tab.get_attribute("#emergency a", "href") == "tel:112"
        if javascript:
            assert await faults(tab) == []
        await tab.fill("#landmark", "depan Lawang Sewu") if step == "tempat" else None
        await tab.click("#next" if step == "tempat" else "text=Ubah cerita")
    await tab.wait_for_url("**/apa")
    assert await tab.is_visible("#emergency")
    await tab.fill("#text", TEXT)
    await tab.click("#next")
    await tab.wait_for_selector("#landmark")
    assert not await tab.query_selector("#emergency")
    await tab.context.close()


async def test_a_report_is_sent_by_keyboard_alone(chromium: Chromium, stand: Stand) -> None:
    tab = await _tab(chromium, stand)
    await tab.goto("/lapor")
    for name in ("text", "area_code", "other_category"):
        for _ in range(40):
            await tab.keyboard.press("Tab")
            if await tab.evaluate("document.activeElement.name") == name:
                break
        assert await tab.evaluate("document.activeElement.name") == name
        await tab.keyboard.type({"text": TEXT, "area_code": "Sekayu"}.get(name, ""))
        for _ in range(40):
            if name != "other_category" and await tab.evaluate("document.activeElement.id") == "next":
                break
            if await tab.evaluate("document.activeElement.id") == "send":
                break
            await tab.keyboard.press("Tab")
        async with tab.expect_navigation():
            await tab.keyboard.press("Enter")
    assert (await tab.inner_text("#code")).startswith("SMG-")
    await tab.context.close()


@BOTH
async def test_what_was_typed_comes_back_when_too_much_is_sent_from_an_address(
    chromium: Chromium, stand: Stand, request: pytest.FixtureRequest, javascript: bool
) -> None:
    tab = await _tab(chromium, stand, java_script_enabled=javascript)
    await tab.goto("/lapor")
    await tab.fill("#text", TEXT)
    request.getfixturevalue("many")
    await tab.click("#next")
    assert TEXT in await tab.inner_text("#typed")
    assert "Coba lagi setelah" in await tab.inner_text("#wait")
    if javascript:
        assert await faults(tab) == []
    stand.gateway.limits._buckets.clear()
    await tab.click("#again")
    await tab.wait_for_selector("text=Di mana kejadiannya?")
    await tab.context.close()


@BOTH
async def test_photos_that_are_too_much_cost_nothing_that_was_typed(
    chromium: Chromium, stand: Stand, tmp_path: Path, javascript: bool
) -> None:
    """More bytes than a form may have: with JavaScript they are not sent at all, without they are refused in words."""
    target = io.BytesIO()
    Image.frombytes("RGB", (2200, 1500), os.urandom(2200 * 1500 * 3)).save(target, "PNG")
    large = target.getvalue()
    paths = [tmp_path / f"besar-{number}.png" for number in range(4)]
    for path in paths:
        path.write_bytes(large)
    tab = await _tab(chromium, stand, java_script_enabled=javascript)
    await at_check(tab)
    await tab.fill("#name", "Siti")
    if javascript:
        huge = tmp_path / "raksasa.png"
        huge.write_bytes(large + large)
        await tab.set_input_files("#photos", str(huge))
        assert "raksasa.png" in await tab.inner_text("#photos-said")
        assert await tab.evaluate("document.getElementById('photos').files.length") == 0
    else:
        await tab.set_input_files("#photos", [str(path) for path in paths])
        await tab.click("#send")
        assert "Siti" in await tab.inner_text("#typed")
        assert "10 MB" in await tab.inner_text("#main")
        await tab.click("#again")
        await tab.wait_for_selector("#send")
        assert await tab.input_value("#name") == "Siti"
        await tab.click("#send")
        assert (await tab.inner_text("#code")).startswith("SMG-")
    await tab.context.close()


async def test_who_goes_on_while_photos_are_kept_stays_there_and_hears_that_they_are(
    chromium: Chromium, stand: Stand, tmp_path: Path
) -> None:
    path = tmp_path / "lubang.png"
    Image.new("RGB", (64, 64), "red").save(path)
    tab = await _tab(chromium, stand)
    await at_check(tab)
    await tab.focus("#name")
    await tab.set_input_files("#photos", str(path))
    await tab.focus("#name")
    await tab.wait_for_selector(".kept-photos")
    await expect(tab.locator("#photos-said")).to_have_text("Foto tersimpan: 1.")
    assert await tab.evaluate("document.activeElement.id") == "name"
    await tab.context.close()
