"""The pages of the tides in a browser: nothing for axe to find, and no wider than a phone."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser as Chromium

from tests.environment.sensing import Sensing
from tests.environment.tides.seas import GAUGE
from tests.environment.tides.test_pages import flooding
from tests.fixtures.axe import faults
from tests.fixtures.browser import IN_A_BROWSER, chromium
from tests.fixtures.edge import stand_before
from tests.gateway.running import Stand

pytestmark = IN_A_BROWSER


@pytest.fixture
async def stand(sensing: Sensing, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stand]:
    """A gateway in front of a pillar that forecasts tides."""
    await flooding(sensing, monkeypatch)
    async with stand_before(sensing.served) as made:
        yield made


async def test_axe_finds_nothing_on_the_pages_of_the_tides(chromium: Chromium, stand: Stand) -> None:
    context = await chromium.new_context(base_url=stand.url, viewport={"width": 360, "height": 780})
    tab = await context.new_page()
    for path in ("/lingkungan", f"/lingkungan/pasang/{GAUGE}", "/lingkungan/pasang/pasut-muda"):
        await tab.goto(path)
        assert await faults(tab) == []
    await context.close()


__all__ = ["chromium"]
