"""A passenger's card and the desk of rides in headless Chromium: accessible on a phone, in light and dark."""

import os
import re

from playwright.async_api import Browser as Chromium
from playwright.async_api import Page as Tab
from playwright.async_api import expect

from tests.fixtures.axe import faults
from tests.fixtures.browser import IN_A_BROWSER, chromium
from tests.gateway.portal.pages import Browser
from tests.gateway.portal.test_browser import _tab
from tests.gateway.portal.test_rides import CARD, DESK, drives, opened, refuse, registered, settle, tapped
from tests.gateway.running import Stand

__all__ = ["chromium"]

pytestmark = IN_A_BROWSER
BUS, BOARD = "/petugas/bus/ts-code-2", "/transit/bus/ts-code-2/naik"


async def test_axe_finds_nothing_on_the_pages_of_rides(
    chromium: Chromium, stand: Stand, edge_database: str
) -> None:  # fmt: skip
    await settle(edge_database)
    async with stand.client() as client:
        page, number = await opened(Browser(client, await stand.bearer("warga")))
        ids = page.forms["concession-form"]
        await Browser(client, await stand.bearer("warga")).send(ids, rider="lansia", proof="KTP asli")
    await tapped(stand, number)
    await refuse(edge_database)
    rider, officer = await _tab(chromium, stand, "warga"), await _tab(chromium, stand, "petugas-dishub")
    await looked(rider, CARD, "card")
    await looked(officer, DESK, "desk")
    source = await officer.content()
    for what, name in (("keringanan", "concession"), ("tunggakan", "ride")):
        (path, *_) = re.findall(rf'"({DESK}/{what}/[\w-]+)"', source)
        await looked(officer, path, name)
    await looked(officer, f"{DESK}/kartu/{number}", "officer-card")
    for tab in (rider, officer):
        await tab.context.close()


async def test_axe_finds_nothing_where_one_boards_and_the_clock_goes_on(
    chromium: Chromium, stand: Stand, edge_database: str
) -> None:  # fmt: skip
    await registered(stand, "ts-code-2")
    await drives(edge_database, "ts-code-2")
    trans = await _tab(chromium, stand, "petugas-blu-trans-semarang")
    for path, name in ((BUS, "bus"), (f"{BUS}/kode", "bus-code")):
        await looked(trans, path, name)
    async with stand.client() as client:
        await opened(Browser(client, await stand.bearer("pedagang")))
    rider = await _tab(chromium, stand, "pedagang")
    await looked(rider, BOARD, "board")
    await rider.locator("#board-form button").click()
    clock = rider.locator("[data-clock]")
    shown = await clock.text_content()
    await expect(clock).not_to_have_text(shown or "")
    await looked(rider, rider.url, "boarded")
    for tab in (rider, trans):
        await tab.context.close()


async def looked(tab: Tab, path: str, name: str) -> None:
    """A page without a fault."""
    await tab.goto(path)
    assert await faults(tab) == [], name
    folder = os.environ.get("RIDES_SHOTS")
    if folder:
        for width in (360, 1280):
            for scheme in ("light", "dark"):
                await tab.set_viewport_size({"width": width, "height": 800})
                await tab.emulate_media(color_scheme=scheme)
                await tab.screenshot(path=f"{folder}/{name}-{width}-{scheme}.png", full_page=True)
        await tab.set_viewport_size({"width": 360, "height": 740})
