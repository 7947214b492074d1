"""The pages of pump stations in a browser: nothing for axe to find, and no wider than a phone."""

from playwright.async_api import Browser as Chromium

from tests.fixtures.axe import DESK_WIDTH, faults
from tests.fixtures.browser import IN_A_BROWSER, chromium
from tests.gateway.portal.pages import Browser
from tests.gateway.portal.test_browser import _tab
from tests.gateway.portal.test_pump_desk import WHY, station_page, works
from tests.gateway.running import Stand

pytestmark = IN_A_BROWSER

__all__ = ["chromium", "works"]


async def test_axe_finds_nothing_on_the_pages_of_pumps(chromium: Chromium, stand: Stand, works: Browser) -> None:
    page = await station_page(works)
    page = await works.send(page.forms["switch-form"], pumps="2", reason=WHY)
    tab = await _tab(chromium, stand, "petugas-dpu")
    for path in ("/lingkungan", "/lingkungan/pompa", "/petugas/pompa", page.answer.url.path):
        await tab.goto(path)
        assert await faults(tab, DESK_WIDTH) == [], path
    await tab.context.close()
