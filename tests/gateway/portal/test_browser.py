"""The portal in headless Chromium: accessible on a phone, usable without JavaScript, better with it."""

from typing import Any

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page as Tab
from playwright.async_api import expect

from tests.fixtures.axe import faults
from tests.fixtures.browser import IN_A_BROWSER, chromium
from tests.gateway.portal.pages import Browser
from tests.gateway.portal.test_filing import TEXT, code_of, link_of
from tests.gateway.portal.test_paying import issue_bill
from tests.gateway.running import Stand
from tests.gateway.till import CASHIER, Till, rupiah

OPEN = [
    "/",
    "/lapor",
    "/lacak",
    "/receipts/check",
    "/bayar",
    "/bayar/kuitansi",
    "/nowhere",
    "/petugas",
    "/usaha",
    "/saya",
]
REFERENCE = ["/docs", "/docs/problems", "/docs/operations/complaints"]
PHONE = {"width": 360, "height": 740}

__all__ = ["chromium"]

pytestmark = IN_A_BROWSER


async def _tab(chromium: Chromium, stand: Stand, login: str = "", **more: Any) -> Tab:
    headers = await stand.bearer(login) if login else {}
    context = await chromium.new_context(
        base_url=stand.url, viewport=more.pop("viewport", PHONE), locale="id-ID", extra_http_headers=headers, **more
    )
    return await context.new_page()


async def test_axe_finds_nothing_on_open_pages(chromium: Chromium, stand: Stand) -> None:
    """In one tab: a new one for each costs more than to look."""
    tab, found = await _tab(chromium, stand), {}
    for path in OPEN + REFERENCE:
        await tab.goto(path)
        found[path] = await faults(tab)
    assert {path: each for path, each in found.items() if each} == {}
    await tab.context.close()


async def test_axe_finds_nothing_in_every_eighth_schema_and_none_is_wider_than_a_phone(
    chromium: Chromium, stand: Stand
) -> None:
    """All are made by one template; axe would look at the page of all of them for a minute."""
    tab = await _tab(chromium, stand)
    await tab.goto("/docs/schemas")
    assert await tab.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    await tab.evaluate("document.querySelectorAll('article').forEach((each, n) => { if (n % 8) each.remove() })")
    assert await tab.locator("article").count() > 10
    assert await faults(tab) == []
    await tab.context.close()


WORD = "w" * 100


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize(
    "content",
    [
        f"<p class='row'><span class='badge'>Terdaftar</span><span>{WORD}</span></p>",
        f"<table class='fold'><tr><td class='own-words'><b>{WORD}</b></td><td>{'kata ' * 30}</td></tr></table>",
    ],
    ids=["beside a badge", "in a table"],
)
async def test_somebodys_longest_word_makes_no_page_wider_than_the_screen(
    chromium: Chromium, stand: Stand, content: str, width: int
) -> None:
    tab = await _tab(chromium, stand, viewport={"width": width, "height": 740})
    await tab.goto("/lacak")
    await tab.evaluate("content => { document.querySelector('main').innerHTML = content }", content)
    assert await tab.evaluate("document.documentElement.scrollWidth") <= width
    await tab.context.close()


@pytest.mark.parametrize("width", [641, 833])
async def test_a_table_of_ten_columns_is_no_wider_than_a_tablet(chromium: Chromium, stand: Stand, width: int) -> None:
    tab = await _tab(chromium, stand, viewport={"width": width, "height": 740})
    await tab.goto("/lacak")
    head, row = "<th class='num'>Selesai tepat waktu</th>" * 10, "<td class='num'>1.234</td>" * 10
    content = f"<table class='fold'><thead><tr>{head}</tr></thead><tbody><tr>{row}</tr></tbody></table>"
    await tab.evaluate("content => { document.querySelector('main').innerHTML = content }", content)
    assert await tab.evaluate("document.documentElement.scrollWidth") <= width
    await tab.context.close()


async def test_axe_finds_nothing_while_a_report_is_filed(chromium: Chromium, stand: Stand) -> None:
    tab = await _tab(chromium, stand)
    await tab.goto("/lapor")
    await tab.fill("#text", TEXT)
    await tab.click("#next")
    assert await faults(tab) == []
    await tab.fill("#landmark", "depan Lawang Sewu")
    await tab.click("#next")
    assert await faults(tab) == []
    await tab.click("#send")
    await tab.wait_for_selector("#link-key")
    assert await faults(tab) == []
    await tab.click("text=Ikuti laporan ini")
    await tab.wait_for_selector("#timeline")
    assert await faults(tab) == []
    await tab.context.close()


@pytest.mark.parametrize("login", ["verifikator", "petugas-dlh"])
async def test_axe_finds_nothing_on_the_officers_pages(
    chromium: Chromium, stand: Stand, citizen: Browser, login: str
) -> None:
    code = code_of(await citizen.report(TEXT, email="siti@example.org"))
    tab = await _tab(chromium, stand, login)
    for path in ("/petugas", f"/petugas/{code}", *(["/petugas/simulasi"] if login == "verifikator" else [])):
        await tab.goto(path)
        assert await faults(tab) == [], path
    await tab.context.close()


async def test_axe_finds_nothing_while_a_bill_is_issued_and_paid(
    chromium: Chromium, stand: Stand, markets: Browser
) -> None:
    number = await issue_bill(markets)
    tab = await _tab(chromium, stand)
    await tab.goto(f"/bayar/{number}")
    assert await faults(tab) == []
    await tab.click("#pay")
    await tab.wait_for_selector("#payment")
    assert await faults(tab) == []
    await tab.goto("/bayar/kuitansi?nomor=SMG-2026-0000001-K&jumlah=4000&segel=7K4P")
    await tab.wait_for_selector("#verdict")
    assert await faults(tab) == []
    desk = await _tab(chromium, stand, "petugas-disdag")
    for path in ("/petugas/tagihan", "/petugas/tagihan/baru", f"/petugas/tagihan/{number}"):
        await desk.goto(path)
        assert await faults(desk) == [], path
    for each in (tab, desk):
        await each.context.close()


async def test_axe_finds_nothing_at_a_merchants_desk(chromium: Chromium, stand: Stand, till: Till) -> None:
    merchant = await till.business()
    tab = await _tab(chromium, stand, "pedagang")
    await tab.goto(f"/usaha/{merchant['id']}")
    assert await faults(tab) == []
    await tab.fill("#amount", "15000")
    await tab.fill("#description", "2 lumpia")
    await tab.click("#charge")
    await tab.wait_for_selector("#payment")
    assert await faults(tab) == []
    for path in ("", "/pembayaran", "/omzet", "/rekening", "/setoran", "/qris"):
        await tab.goto(f"/usaha/{merchant['id']}{path}")
        assert await faults(tab) == [], path
    for path in ("/usaha", "/usaha/daftar", "/dompet"):
        await tab.goto(path)
        assert await faults(tab) == [], path
    await tab.context.close()


async def test_axe_finds_nothing_at_the_desks_of_treasury_and_business(
    chromium: Chromium, stand: Stand, till: Till
) -> None:
    merchant, paid = await till.business(), await till.paid(700_000)
    body = {"amount": rupiah(700_000), "reason": "Tagihan salah objek"}
    await till.done("POST", f"/v1/payments/{paid['id']}/refunds", body, CASHIER)
    tab = await _tab(chromium, stand, "admin")
    desks = ("", "/hari", "/selisih", "/buku")
    paths = [*(f"/petugas/kas{desk}" for desk in desks), "/petugas/usaha", f"/petugas/usaha/{merchant['id']}"]
    for path in [*paths, f"/usaha/{paid['merchant']}/kembalikan/{paid['id']}"]:
        await tab.goto(path)
        assert await faults(tab) == [], path
    await tab.context.close()


async def test_a_report_is_filed_and_withdrawn_without_javascript(chromium: Chromium, stand: Stand) -> None:
    tab = await _tab(chromium, stand, java_script_enabled=False)
    await tab.goto("/")
    await tab.click("#report")
    await tab.fill("#text", TEXT)
    await tab.click("#next")
    await tab.wait_for_selector("#area_code")
    assert not await tab.is_visible("#open-map")
    await tab.select_option("#area_code", "33.74.01.1007")
    await tab.click("#next")
    await tab.click("#send")
    assert (await tab.inner_text("#code")).startswith("SMG-")
    await tab.click("text=Ikuti laporan ini")
    await tab.click("summary:has-text('Tarik laporan')")
    await tab.click("#withdraw-form button")
    assert await tab.get_attribute("#state", "data-state") == "withdrawn"
    await tab.context.close()


async def test_a_place_is_picked_on_the_map_made_of_our_own_outlines(chromium: Chromium, stand: Stand) -> None:
    tab = await _tab(chromium, stand)
    foreign: list[str] = []
    own = (stand.url, "data:")
    tab.on("request", lambda request: None if request.url.startswith(own) else foreign.append(request.url))
    refused: list[str] = []
    tab.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    await tab.goto("/lapor")
    await tab.fill("#text", TEXT)
    await tab.click("#next")
    await tab.click("#open-map")
    await tab.wait_for_selector("#live-map path.area")
    box = await tab.locator("#live-map").bounding_box()
    assert box is not None
    await tab.click("#live-map", position={"x": box["width"] / 2, "y": box["height"] / 2})
    assert float(await tab.input_value("#lat")) == pytest.approx(-7.03, abs=0.05)
    assert "Titik dipilih" in await tab.inner_text("#place-said")
    await tab.click("#next")
    assert "Titik di peta" in await tab.inner_text("#main")
    assert (foreign, refused) == ([], [])
    await tab.context.close()


async def test_the_phones_position_is_taken_when_it_is_allowed(chromium: Chromium, stand: Stand) -> None:
    where = {"latitude": -6.9837, "longitude": 110.4105}
    tab = await _tab(chromium, stand, geolocation=where, permissions=["geolocation"])
    await tab.goto("/lapor")
    await tab.fill("#text", TEXT)
    await tab.click("#next")
    await tab.click("#locate")
    await expect(tab.locator("#lon")).not_to_have_value("")
    await tab.click("#next")
    assert "Sekayu" in await tab.inner_text("#main")
    await tab.context.close()


async def test_the_keyboard_skips_to_the_content_with_a_visible_focus(chromium: Chromium, stand: Stand) -> None:
    tab = await _tab(chromium, stand)
    await tab.goto("/lapor")
    await tab.keyboard.press("Tab")
    assert await tab.evaluate("document.activeElement.className") == "skip"
    assert await tab.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    await tab.keyboard.press("Enter")
    assert await tab.evaluate("document.activeElement.id") == "main"
    await tab.context.close()


async def test_the_kept_link_leaves_the_address_bar(chromium: Chromium, stand: Stand, citizen: Browser) -> None:
    path = link_of(await citizen.report(TEXT))
    tab = await _tab(chromium, stand)
    await tab.goto(path)
    assert "k=" not in tab.url
    assert await tab.is_visible("text=Laporan Anda")
    await tab.context.close()


async def test_back_after_a_refused_and_then_sent_form_shows_the_form_and_sends_nothing(
    chromium: Chromium, stand: Stand, till: Till
) -> None:
    merchant = await till.business()
    desk = f"{stand.url}/usaha/{merchant['id']}"
    tab = await _tab(chromium, stand, "pedagang")
    await tab.goto(desk)
    await tab.fill("#amount", "banyak")
    await tab.fill("#description", "2 lumpia")
    await tab.click("#charge")
    await tab.wait_for_selector("#amount-error")
    assert (tab.url, await tab.input_value("#amount")) == (desk, "banyak")
    await tab.fill("#amount", "15000")
    await tab.click("#charge")
    await tab.wait_for_selector("#payment")
    sent: list[str] = []
    tab.on("request", lambda request: sent.append(request.method))
    await tab.go_back()
    await tab.wait_for_selector("#charge")
    assert (tab.url, await tab.locator("#amount-error").count()) == (desk, 0)
    assert set(sent) == {"GET"}
    await tab.context.close()
