"""The pages of public transport in a browser: nothing for axe to find, and no wider than a phone."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser as Chromium

from tests.fixtures.axe import DESK_WIDTH, faults
from tests.fixtures.browser import IN_A_BROWSER, chromium
from tests.fixtures.edge import stand_before
from tests.gateway.running import Stand
from tests.living.journeys.transit import Transit

pytestmark = IN_A_BROWSER
PAGES = (
    "/transit",
    "/transit?dari=Terminal+Mangkang&ke=Lawang+Sewu&waktu=2026-11-24T09%3A00",
    "/transit?dari=Terminal&ke=nowhere&waktu=x",
    "/transit/halte/TS001",
    "/transit/jalur/K1",
)


@pytest.fixture
async def stand(semarang: Transit) -> AsyncIterator[Stand]:
    """A gateway in front of the pillar."""
    async with stand_before(semarang.served) as made:
        yield made


async def test_axe_finds_nothing_on_the_pages_of_public_transport(chromium: Chromium, stand: Stand) -> None:
    """At the width of a phone and of a desk."""
    context = await chromium.new_context(base_url=stand.url, viewport={"width": 360, "height": 780})
    tab = await context.new_page()
    for path in PAGES:
        await tab.goto(path)
        assert await faults(tab, DESK_WIDTH) == [], path
    await context.close()


async def test_where_one_stands_leads_to_the_nearest_stops(chromium: Chromium, stand: Stand) -> None:
    context = await chromium.new_context(
        base_url=stand.url, geolocation={"longitude": 110.4106, "latitude": -6.9839}, permissions=["geolocation"]
    )
    tab = await context.new_page()
    await tab.goto("/transit")
    await tab.click("#locate")
    await tab.wait_for_function("document.getElementById('dari').value.includes('(-6.983900,110.410600)')")
    await tab.click("#plan button[type=submit]")
    await tab.wait_for_selector("#around a[href^='/transit/halte/']")
    await context.close()


__all__ = ["chromium"]
