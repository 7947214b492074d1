"""The stories as people see them: a phone, an officer's desk, and a browser that may have JavaScript off."""

import asyncio
import re
import time
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, Page, ViewportSize, expect

from tests.fixtures.axe import faults
from tests.fixtures.browser import IN_A_BROWSER, chromium
from tests.fixtures.house import House
from tests.stories.test_cleanup_story import photo

PHONE: ViewportSize = {"width": 360, "height": 740}
DESK: ViewportSize = {"width": 1280, "height": 900}

__all__ = ["chromium"]

pytestmark = [*IN_A_BROWSER, pytest.mark.timeout(240)]


@pytest.fixture
def picture(house: House) -> Path:
    """A photo on the crew's phone."""
    path = house.home / "evidence.jpg"
    path.write_bytes(photo())
    return path


async def person(chromium: Browser, house: House, *, phone: bool = True, javascript: bool = True) -> Page:
    """Somebody with a browser of their own."""
    context = await chromium.new_context(
        base_url=house.url, viewport=PHONE if phone else DESK, locale="id-ID", java_script_enabled=javascript
    )
    return await context.new_page()


async def log_in(page: Page, house: House, user: str, after: str = "/petugas") -> None:
    """Logs in at the identity provider as people do."""
    await page.goto(f"/auth/login?next={after}")
    await page.fill("input[name=login]", user)
    await page.press("input[name=login]", "Enter")
    await page.wait_for_selector("input[name=password]")
    await page.fill("input[name=password]", house.secrets.text("demo-password", 9))
    await page.press("input[name=password]", "Enter")
    await page.wait_for_url(f"**{after}**")


async def see(page: Page, path: str, selector: str, seconds: float = 20) -> None:
    """Opens a page again and again until it shows something, as somebody who waits does."""
    deadline = time.monotonic() + seconds
    while True:
        await page.goto(path)
        if await page.query_selector(selector):
            return
        assert time.monotonic() < deadline, f"{path} never showed {selector}"


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
async def test_a_citizen_reports_a_verifier_verifies_a_crew_cleans_up_and_the_citizen_rates(
    chromium: Browser, house: House, picture: Path, javascript: bool
) -> None:
    citizen = await person(chromium, house, javascript=javascript)
    await citizen.goto("/")
    await citizen.click("#report")
    await citizen.fill("#text", f"Sampah menumpuk di depan pasar dan tidak diangkut, pengamatan {time.time_ns()}")
    await citizen.click("#next")
    await citizen.fill("#landmark", "depan Lawang Sewu")
    await citizen.click("#next")
    await citizen.click("#send")
    code = await citizen.inner_text("#code")
    await citizen.click("text=Ikuti laporan ini")

    verifier = await person(chromium, house, phone=False, javascript=javascript)
    await log_in(verifier, house, "verifikator")
    await verifier.goto(f"/petugas/{code}")
    await verifier.click("#move-verify summary")
    await verifier.click("#verify-form button[type=submit]")
    await see(verifier, f"/petugas/{code}", "#cleanup")

    crew = await person(chromium, house, javascript=javascript)
    await log_in(crew, house, "petugas-dlh")
    await see(crew, f"/petugas/{code}", "#cleanup[data-state=open]")
    await crew.fill("#dispatch input[name=crew]", "Semarang Tengah 1")
    await crew.click("#dispatch button[type=submit]")
    await see(crew, f"/petugas/{code}", "#complete")
    await crew.fill("#complete textarea[name=note]", "Sampah sudah diangkut, lokasi disapu bersih.")
    await crew.set_input_files("#complete-photos", str(picture))
    await crew.click("#complete button[type=submit]")

    await see(citizen, f"/lapor/{code}", "#state[data-state=resolved]")
    assert "disapu bersih" in await citizen.inner_text("#timeline")
    assert await citizen.query_selector("#timeline img, #photos img, main img")
    await citizen.check("#rate-form input[name=rating][value='5']")
    await citizen.click("#rate-form button[type=submit]")
    assert await citizen.get_attribute("#state", "data-state") == "closed"
    for page in (citizen, verifier, crew):
        await page.context.close()


async def issue_bill(page: Page) -> str:
    """Issues a bill at the desk of markets; answers with its number."""
    await page.goto("/petugas/tagihan/baru")
    await page.select_option("#tariff", "pasar-kios")
    await page.fill("#object", f"Pasar Johar, kios {time.time_ns() % 10**7}")
    await page.fill("#quantity", "8")
    await page.fill("#period", "2026-11")
    await page.select_option("#area", "33.74.01.1010")
    await page.click("#bill-form button[type=submit]")
    return await page.inner_text("#code")


async def pay_at_the_bank(chromium: Browser, shown: Page) -> None:
    """Pays the QRIS that a page shows at the simulated bank, on another phone."""
    address = await shown.get_attribute("#bank", "href")
    assert address is not None
    context = await chromium.new_context(viewport=PHONE)
    bank = await context.new_page()
    await bank.goto(address)
    await bank.click("form[action^='/pay'] button")
    await bank.wait_for_url("**/paid/**")
    await context.close()


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
async def test_a_stallholder_pays_a_levy_by_qris_and_anybody_checks_the_receipt(
    chromium: Browser, house: House, javascript: bool
) -> None:
    markets = await person(chromium, house, phone=False)
    await log_in(markets, house, "petugas-disdag")
    number = await issue_bill(markets)

    payer = await person(chromium, house, javascript=javascript)
    await payer.goto("/")
    await payer.click("#pay")
    await payer.fill("#nomor", number.lower())
    await payer.click("#find")
    assert "4.000" in await payer.inner_text("#amount")
    await payer.click("#pay")
    await payer.wait_for_selector(".qris svg.qr")
    if javascript:
        assert await faults(payer) == []
        assert ":" in await payer.inner_text("#countdown")
    saved = await payer.request.get(str(await payer.get_attribute("#save-qr", "href")))
    assert saved.headers["content-type"] == "image/png"

    await pay_at_the_bank(chromium, payer)
    await payer.wait_for_url("**/bayar/kuitansi/SMGT-*", timeout=30_000)  # by itself: told, or by reading again
    assert await payer.inner_text("#paid") == "Lunas"
    if javascript:
        await expect(payer.locator("h1")).to_be_focused()
    await payer.click("#check-link")
    assert await payer.get_attribute("#verdict", "data-genuine") == "true"
    await payer.fill("#jumlah", "3.000")
    await payer.click("#proof-form button")
    assert await payer.get_attribute("#verdict", "data-genuine") == "false"
    await markets.goto(f"/petugas/tagihan/{number}")
    assert await markets.get_attribute("#state", "data-state") == "paid"
    for page in (payer, markets):
        await page.context.close()


async def test_an_officer_asks_for_money_at_the_counter_and_gives_it_back(chromium: Browser, house: House) -> None:
    cashier = await person(chromium, house)
    await log_in(cashier, house, "petugas-dlh", "/usaha")
    await cashier.click("#merchants a")
    await cashier.fill("#amount", "60.000")
    await cashier.fill("#description", "Retribusi kebersihan, warung")
    await cashier.click("#charge")
    await cashier.wait_for_selector(".qris svg.qr")
    await pay_at_the_bank(chromium, cashier)
    await cashier.wait_for_selector("#paid", timeout=30_000)
    assert await faults(cashier) == []
    await cashier.click("text=Kembalikan")
    assert await cashier.get_attribute("#check", "data-possible") == "true"
    assert "Lewat bank" in await cashier.inner_text("#check")
    await cashier.fill("#reason", "Objeknya salah")
    await cashier.click("#confirm")
    await cashier.wait_for_selector("#done")
    desk = cashier.url.split("?")[0]
    await see(cashier, desk, "#payments .badge:has-text('Dikembalikan')")
    await cashier.context.close()


async def test_a_bank_that_does_not_answer_is_told_and_asked_again(chromium: Browser, house: House) -> None:
    markets = await person(chromium, house, phone=False)
    await log_in(markets, house, "petugas-disdag")
    number = await issue_bill(markets)
    payer = await person(chromium, house)
    bank = house.about["urls"]["bank"]
    async with httpx.AsyncClient() as client:
        told = await client.post(f"{bank}/api/whims", json={"kind": "broken"})
        assert told.status_code == 200, told.text
        try:
            await payer.goto(f"/bayar/{number}")
            await payer.click("#pay")
            await payer.wait_for_selector("#qr-form")
            assert "Bank sedang tidak menjawab" in await payer.inner_text("#payment-status")
            assert await faults(payer) == []
        finally:
            await client.delete(f"{bank}/api/whims")
    await payer.click("#qr-form button")
    await payer.wait_for_selector(".qris svg.qr")
    for page in (payer, markets):
        await page.context.close()


async def mailed(house: House, address: str, part: str) -> str:
    """The link of a mail to an address, once there is one."""
    deadline = time.monotonic() + 30
    async with httpx.AsyncClient(base_url=str(house.about["urls"]["mailbox"])) as client:
        while True:
            found = (await client.get("/api/messages", params={"to": address})).json()["messages"]
            links = [
                link for mail in found for link in re.findall(rf"https?://[^\s/]+(/surat/{part}/\w+)", mail["text"])
            ]
            if links:
                return str(links[0])
            assert time.monotonic() < deadline, f"no mail to {address} leads to {part}"
            await asyncio.sleep(0.2)


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
async def test_a_reporter_confirms_an_address_ends_the_mails_and_erases_the_words(
    chromium: Browser, house: House, javascript: bool
) -> None:
    citizen, address = await person(chromium, house, javascript=javascript), f"siti-{time.time_ns()}@contoh.id"
    await citizen.goto("/lapor")
    await citizen.fill("#text", f"Lampu jalan mati di depan rumah Pak Contoh, pengamatan {time.time_ns()}")
    await citizen.click("#next")
    await citizen.fill("#landmark", "depan Lawang Sewu")
    await citizen.click("#next")
    await citizen.fill("#email", address)
    await citizen.click("#send")
    code = await citizen.inner_text("#code")
    assert address in await citizen.inner_text("#mail")
    assert await faults_of(citizen, javascript) == []
    await citizen.click("text=Ikuti laporan ini")
    assert await citizen.get_attribute("#mail", "data-state") == "waiting"
    assert await faults_of(citizen, javascript) == []

    await citizen.goto(await mailed(house, address, "konfirmasi"))
    assert await faults_of(citizen, javascript) == []
    await citizen.click("#mail-form button")
    assert code in await citizen.inner_text("#done")
    await citizen.goto(await mailed(house, address, "berhenti"))
    assert await faults_of(citizen, javascript) == []
    await citizen.click("#mail-form button")
    await citizen.wait_for_selector("#done")
    await citizen.goto(f"/lapor/{code}")
    assert await citizen.get_attribute("#mail", "data-state") == "unsubscribed"

    await citizen.click("#redact summary")
    await citizen.check("#redact-form input[name=words]")
    await citizen.click("#redact-form button")
    await citizen.wait_for_selector("#no-words")
    assert "Pak Contoh" not in await citizen.content()
    assert await faults_of(citizen, javascript) == []

    neighbour = await person(chromium, house, javascript=javascript)
    await neighbour.goto(f"/lapor/{code}")
    await neighbour.fill("#join-email", f"budi-{address}")
    await neighbour.click("#join-form button")
    assert f"budi-{address}" in await neighbour.inner_text("#supporter")
    assert await faults_of(neighbour, javascript) == []

    verifier = await person(chromium, house, javascript=javascript)
    await log_in(verifier, house, "verifikator")
    await verifier.goto(f"/petugas/{code}")
    assert await verifier.query_selector("[data-redaction=done]")
    await verifier.click("#redact summary")
    assert await faults_of(verifier, javascript) == []
    for page in (citizen, neighbour, verifier):
        await page.context.close()


async def faults_of(page: Page, javascript: bool) -> list[str]:
    """The page's faults; without JavaScript axe cannot look."""
    return await faults(page) if javascript else []
