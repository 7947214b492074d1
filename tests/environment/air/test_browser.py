"""The pages of the air in a browser: nothing for axe to find, and no wider than a phone."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser as Chromium

from tests.environment.air.test_pages import measured
from tests.environment.sensing import Sensing
from tests.fixtures.axe import faults
from tests.fixtures.browser import IN_A_BROWSER, chromium
from tests.fixtures.edge import stand_before
from tests.gateway.running import Stand

pytestmark = IN_A_BROWSER


@pytest.fixture
async def stand(sensing: Sensing) -> AsyncIterator[Stand]:
    """A gateway in front of a pillar that has measured air."""
    await measured(sensing)
    async with stand_before(sensing.served) as made:
        yield made


@pytest.mark.parametrize("path", ["/lingkungan/udara", "/lingkungan/udara/udara-uji", "/lingkungan/udara/udara-baru"])
async def test_axe_finds_nothing_on_the_pages_of_the_air(chromium: Chromium, stand: Stand, path: str) -> None:
    context = await chromium.new_context(base_url=stand.url, viewport={"width": 360, "height": 780})
    tab = await context.new_page()
    await tab.goto(path)
    assert await faults(tab) == []
    await context.close()


__all__ = ["chromium"]
