"""What mails ask for is done from the mail, in a browser that never saw the case; and a lost key is had again."""

import asyncio
import re
import time

import httpx
import pytest
from playwright.async_api import Browser, Page

from tests.fixtures.browser import IN_A_BROWSER, chromium
from tests.fixtures.house import House
from tests.stories.test_browser_story import faults_of, log_in, mailed, person

__all__ = ["chromium"]

pytestmark = [*IN_A_BROWSER, pytest.mark.timeout(240)]
javascript_or_not = pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])


async def reported(page: Page, house: House, address: str) -> str:
    """Reports a lamp with an address for news and confirms it; answers with the code."""
    await page.goto("/lapor")
    await page.fill("#text", f"Lampu jalan mati di depan rumah, pengamatan {time.time_ns()}")
    await page.click("#next")
    await page.fill("#landmark", "depan Lawang Sewu")
    await page.click("#next")
    await page.fill("#email", address)
    await page.click("#send")
    code = await page.inner_text("#code")
    await page.goto(await mailed(house, address, "konfirmasi"))
    await page.click("#mail-form button")
    return code


async def moved(desk: Page, code: str, transition: str, note: str = "", *, refusal: bool = False) -> None:
    """A verifier moves the case."""
    await desk.goto(f"/petugas/{code}")
    if await desk.get_attribute(f"#move-{transition}", "open") is None:
        await desk.click(f"#move-{transition} summary")
    await desk.fill(f"#{transition}-note", note)
    if refusal:
        await desk.check(f"#{transition}-form input[name=refusal]")
    await desk.click(f"#{transition}-form button[type=submit]")
    await desk.wait_for_selector("#done")


async def link_in(house: House, address: str, part: str, subject: str) -> str:
    """The link of the mail with such a subject, once it is there."""
    deadline = time.monotonic() + 30
    async with httpx.AsyncClient(base_url=str(house.about["urls"]["mailbox"])) as client:
        while True:
            found = (await client.get("/api/messages", params={"to": address})).json()["messages"]
            texts = [mail["text"] for mail in found if subject in mail["subject"]]
            links = [link for text in texts for link in re.findall(rf"https?://[^\s/]+(/surat/{part}/\w+)", text)]
            if links:
                return str(links[0])
            assert time.monotonic() < deadline, f"no mail to {address} about {subject} leads to {part}"
            await asyncio.sleep(0.2)


@javascript_or_not
async def test_a_citizen_answers_from_a_mail_in_a_fresh_browser(
    chromium: Browser, house: House, javascript: bool
) -> None:
    address = f"siti-{time.time_ns()}@contoh.id"
    first = await person(chromium, house, javascript=javascript)
    code = await reported(first, house, address)
    await first.context.close()  # the key goes with it: it lives as long as the browser
    verifier = await person(chromium, house, phone=False, javascript=javascript)
    await log_in(verifier, house, "verifikator")
    await moved(verifier, code, "verify")
    await moved(verifier, code, "ask", "Di dekat tiang nomor berapa?")

    fresh = await person(chromium, house, javascript=javascript)
    link = await link_in(house, address, "laporan", "pertanyaan")
    await fresh.goto(link)
    assert fresh.url.endswith(f"/lapor/{code}")  # the link's secret is out of the address bar
    assert "Di dekat tiang nomor berapa?" in await fresh.inner_text("#timeline")
    assert address not in await fresh.content()
    assert await fresh.query_selector("#erase-form, #withdraw-form, #redact-form") is None
    assert await faults_of(fresh, javascript) == []
    await fresh.goto(f"/lapor/{code}?lang=en")
    assert await faults_of(fresh, javascript) == []
    await fresh.goto(f"/lapor/{code}?lang=id")
    await fresh.fill("#reply-note", "Tiang nomor 14, di seberang halte.")
    await fresh.click("#reply-form button")
    assert await fresh.get_attribute("#state", "data-state") == "in_progress"
    assert "Tiang nomor 14" in await fresh.inner_text("#timeline")

    await moved(verifier, code, "resolve", "Tiang itu milik pengelola jalan nasional.", refusal=True)
    await fresh.goto(link)  # the link of the question is for the question
    assert await fresh.query_selector("#rate-form") is None
    assert await fresh.query_selector("#by-mail.warm")
    assert await faults_of(fresh, javascript) == []
    other = await person(chromium, house, javascript=javascript)
    await other.goto(await link_in(house, address, "laporan", "penjelasan"))
    await other.check("#rate-form input[name=rating][value='2']")
    await other.click("#rate-form button")
    assert await other.get_attribute("#state", "data-state") == "closed"
    for page in (fresh, other, verifier):
        await page.context.close()


@javascript_or_not
async def test_a_lost_key_is_had_again_through_the_confirmed_address(
    chromium: Browser, house: House, javascript: bool
) -> None:
    address = f"budi-{time.time_ns()}@contoh.id"
    first = await person(chromium, house, javascript=javascript)
    code = await reported(first, house, address)
    await first.context.close()

    fresh = await person(chromium, house, javascript=javascript)
    await fresh.goto("/lacak")
    await fresh.click("main a[href='/laporan-saya']")
    assert await faults_of(fresh, javascript) == []
    await fresh.fill("#email", f"tidak-ada-{address}")
    await fresh.click("#mine-form button")
    unknown = await fresh.inner_text("main")
    assert await faults_of(fresh, javascript) == []
    await fresh.goto("/laporan-saya")
    await fresh.fill("#email", address)
    await fresh.click("#mine-form button")
    assert await fresh.inner_text("main") == unknown  # nobody learns who reported

    await fresh.goto(await link_in(house, address, "laporan-saya", "Laporan Anda"))
    assert fresh.url.endswith("/laporan-saya")
    assert code in await fresh.inner_text("#cases")
    assert await faults_of(fresh, javascript) == []
    await fresh.click("#cases form button")
    await fresh.wait_for_url(f"**/lapor/{code}*")
    await fresh.click("#key summary")
    kept = await fresh.inner_text("#link")
    assert address in await fresh.content()  # the key reaches the contact too
    assert await faults_of(fresh, javascript) == []
    await fresh.goto("/laporan-saya")
    await fresh.click("summary:has-text('E-mail saya dibaca')")
    await fresh.click("#end-form button")
    await fresh.wait_for_selector("#done")
    assert await fresh.query_selector("#cases") is None
    again = await person(chromium, house, javascript=javascript)
    await again.goto(kept)
    assert await again.query_selector("#withdraw-form")
    for page in (fresh, again):
        await page.context.close()
