"""Pages of what measures in headless Chromium: accessible on a phone, light, and on the live map."""

from datetime import datetime

import pytest
from playwright.async_api import Browser as Chromium

from tests.fixtures.axe import faults
from tests.fixtures.browser import IN_A_BROWSER, chromium
from tests.gateway.portal.test_browser import _tab
from tests.gateway.portal.test_environment import GAUGE, measured
from tests.gateway.portal.test_map import open_map, until
from tests.gateway.portal.test_weight import PAGE_BYTES, weight
from tests.gateway.running import Stand

__all__ = ["chromium", "measured"]

pytestmark = IN_A_BROWSER


@pytest.mark.parametrize("path", ["/lingkungan", "/lingkungan/alat", f"/lingkungan/alat/{GAUGE}"])
async def test_axe_finds_nothing_and_a_page_is_light(
    chromium: Chromium, stand: Stand, measured: datetime, path: str
) -> None:
    tab = await _tab(chromium, stand)
    assert await weight(tab, path) <= PAGE_BYTES
    assert await faults(tab) == []
    await tab.context.close()


_THERE = "fetch('/peta/alat.json{}').then(answer => answer.json()).then(found => found.length)"
"""How many things the map is given."""


async def test_the_live_map_shows_what_measures_and_says_it_by_keyboard(chromium: Chromium, stand: Stand) -> None:
    tab = await _tab(chromium, stand)
    await tab.goto("/lingkungan/alat?jenis=pump_station")
    await open_map(tab)
    there = await tab.evaluate(_THERE.format("?jenis=pump_station"))
    assert there >= 17, "the city's own, and what other tests registered"
    await until(tab, f"document.querySelectorAll('#live-map path.thing').length === {there}")
    assert await tab.evaluate("document.querySelectorAll('#live-map path.thing[tabindex=\"-1\"]').length") == there
    assert await faults(tab) == []
    await tab.goto("/")
    await open_map(tab)
    assert await tab.evaluate("document.querySelectorAll('#live-map path.thing').length") == 0
    await tab.click("#live-map .leaflet-control-layers-selector")
    there = await tab.evaluate(_THERE.format(""))
    await until(tab, f"document.querySelectorAll('#live-map path.thing').length === {there}")
    assert await faults(tab) == []
    await tab.context.close()


async def test_the_live_map_lives_without_what_measures(chromium: Chromium, stand: Stand) -> None:
    tab = await _tab(chromium, stand)
    await tab.route("**/peta/alat.json*", lambda route: route.fulfill(status=503, body="{}"))
    for path in ("/lingkungan/alat", "/"):
        await tab.goto(path)
        await open_map(tab)
        await until(tab, "document.getElementById('map-said')?.textContent")
        await until(tab, "document.querySelector('#live-map + .note')?.textContent.includes('tidak dapat dibaca')")
        assert await tab.is_hidden("#open-map")
        assert await faults(tab) == []
    await tab.context.close()


async def test_axe_finds_nothing_at_the_desk(chromium: Chromium, stand: Stand, measured: datetime) -> None:
    tab = await _tab(chromium, stand, "petugas-dpu")
    for path in ("/petugas/alat", "/petugas/alat/baru", f"/petugas/alat/{GAUGE}"):
        await tab.goto(path)
        assert await faults(tab) == [], path
    await tab.context.close()
