"""Warnings in a browser: nothing for axe to find, and no wider than a phone, with a real one and a drill in force."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from playwright.async_api import Browser as Chromium

from tests.environment.warnings.warning import AWAS, NOTE, WASPADA, Warnings
from tests.fixtures.axe import faults
from tests.fixtures.browser import IN_A_BROWSER, chromium
from tests.fixtures.edge import stand_before
from tests.fixtures.pillars import Standing
from tests.gateway.running import Stand

pytestmark = IN_A_BROWSER


@pytest.fixture
async def warnings(environment_stand: Standing) -> AsyncIterator[Warnings]:
    """The pillar with a grave warning, a light one, a drill and one that is over; time is now."""
    async with environment_stand.fresh(datetime.now(UTC)) as served:
        made = Warnings(served)
        await made.ended("Clear", await made.in_force())
        await made.in_force(level=AWAS, zone="pesisir", note=NOTE)
        await made.in_force(level=WASPADA)
        await made.in_force(exercise=True)
        yield made


@pytest.fixture
async def stand(warnings: Warnings) -> AsyncIterator[Stand]:
    """A gateway in front of it."""
    async with stand_before(warnings.served) as made:
        yield made


async def test_axe_finds_nothing_on_pages_with_warnings(chromium: Chromium, stand: Stand, warnings: Warnings) -> None:
    context = await chromium.new_context(base_url=stand.url, viewport={"width": 360, "height": 780})
    tab = await context.new_page()
    for path in ("/lingkungan/peringatan", f"/lingkungan/peringatan/{(await warnings.listed())[0].id}", "/lacak"):
        await tab.goto(path)
        assert await tab.locator("#warned .warned-one").count() == 3
        assert await faults(tab) == []
    await context.close()


__all__ = ["chromium"]
