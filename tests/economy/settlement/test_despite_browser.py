"""Payouts in spite of differences in a browser: on a phone and at a desk."""

import pytest
from playwright.async_api import Browser as Chromium

from tests.economy.conftest import TREASURER, TREASURER_2
from tests.economy.settlement.cases import Treasury, differing
from tests.fixtures.browser import IN_A_BROWSER, chromium
from tests.fixtures.edge import stand_before
from tests.society.browsing import look

pytestmark = [*IN_A_BROWSER, pytest.mark.timeout(180)]
__all__ = ["chromium"]
WHY = "Bank membenarkan uangnya lewat surat; laporannya menyusul."


async def test_axe_finds_nothing_on_the_pages_of_payouts_in_spite_of_differences(
    chromium: Chromium, treasury: Treasury
) -> None:
    batch = await differing(treasury)
    path = f"/petugas/kas/setoran/{batch.id}/meski-selisih"
    days, desk, differences = "/petugas/kas/hari?state=closed", "/petugas/kas", "/petugas/kas/selisih"
    async with stand_before(treasury.economy.served) as stand:
        await look(chromium, stand, TREASURER, (path, days))
        asked = await treasury.confirm(batch, despite=WHY * 8)
        await look(chromium, stand, TREASURER, (path,))
        await look(chromium, stand, TREASURER_2, (path, days, desk))
        await treasury.confirm(asked, TREASURER_2, despite=WHY * 8)
        await look(chromium, stand, TREASURER, (path, "/petugas/kas/hari", differences), language="en")
