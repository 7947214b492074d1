"""The desk of alarms in headless Chromium: accessible on a phone, with every form open."""

from playwright.async_api import Browser as Chromium

from tests.fixtures.axe import faults
from tests.fixtures.browser import IN_A_BROWSER, chromium
from tests.gateway.portal.test_browser import _tab
from tests.gateway.running import Stand

__all__ = ["chromium"]

pytestmark = IN_A_BROWSER
GAUGE = "/petugas/alarm/duga-simongan"


async def test_axe_finds_nothing_at_the_desk_of_alarms(chromium: Chromium, stand: Stand) -> None:
    tab = await _tab(chromium, stand, "petugas-dpu")
    for path in ("/petugas/alarm", GAUGE):
        await tab.goto(path)
        assert await faults(tab) == [], path
    await tab.goto(await tab.get_attribute('a[href*="jenis=rate"]', "href") or "")
    assert await faults(tab) == []
    await tab.goto(await tab.get_attribute('a[href*="/aturan/"]', "href") or "")
    assert await faults(tab) == []
    await tab.context.close()
