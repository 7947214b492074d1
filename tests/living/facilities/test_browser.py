"""The pages of facilities in a browser: nothing for axe to find, and no wider than a phone."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser as Chromium

from tests.fixtures.axe import DESK_WIDTH, faults
from tests.fixtures.browser import IN_A_BROWSER, chromium
from tests.fixtures.edge import stand_before
from tests.gateway.running import Stand
from tests.living.facilities.town import GENUK, LIBRARY, Town

pytestmark = IN_A_BROWSER


@pytest.fixture
async def stand(town: Town) -> AsyncIterator[Stand]:
    """A gateway in front of the pillar."""
    async with stand_before(town.served) as made:
        yield made


async def test_axe_finds_nothing_on_the_pages_of_facilities(chromium: Chromium, stand: Stand) -> None:
    context = await chromium.new_context(base_url=stand.url, viewport={"width": 360, "height": 780})
    tab = await context.new_page()
    found = ("/sekitar", "/sekitar?tempat=Lawang+Sewu&akses=1", f"/sekitar/{LIBRARY}", f"/sekitar/{GENUK}")
    for path in (*found, "/sekitar/puskesmas-bulusan?lang=id"):
        await tab.goto(path)
        assert await faults(tab, DESK_WIDTH) == [], path
    await context.close()


async def test_the_live_map_shows_what_the_list_has(chromium: Chromium, stand: Stand) -> None:
    context = await chromium.new_context(base_url=stand.url, viewport={"width": 360, "height": 780})
    tab = await context.new_page()
    await tab.goto("/sekitar?jenis=wifi")
    await tab.locator("#open-map").click()
    await tab.locator("path.thing.wifi").first.wait_for()
    assert await tab.locator("path.thing.wifi").count() == 2
    assert await tab.evaluate(_DRAWN) >= 300, "outlines and dots are painted, not only there"
    await tab.goto("/sekitar?tempat=Lawang+Sewu&jenis=library")
    await tab.locator("#open-map").click()
    await tab.locator("path.thing.library").first.wait_for()
    assert await tab.evaluate(_SEEN) > 0, "the map looks at the place that was asked for"
    assert await tab.evaluate(_NEAR)
    await context.close()


_DRAWN = "document.querySelector('#live-map .leaflet-overlay-pane svg').getBoundingClientRect().width"
_SEEN = """[...document.querySelectorAll('path.thing.library')].filter((each) => {
  const at = each.getBoundingClientRect();
  return document.elementFromPoint(at.x + at.width / 2, at.y + at.height / 2) === each;
}).length"""
_NEAR = "document.querySelector('#live-map').classList.contains('near')"


__all__ = ["chromium"]
