"""The desk of buses: an agency registers and retires its own, and nobody else sees a plate."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser as Chromium

from tests.fixtures.browser import IN_A_BROWSER, chromium
from tests.gateway.portal.pages import Browser
from tests.gateway.portal.test_browser import _tab
from tests.gateway.running import Stand

__all__ = ["chromium"]

REASON = "Dijual pada lelang November."


@pytest.fixture
async def trans(stand: Stand) -> AsyncIterator[Browser]:
    """An officer of who runs the buses."""
    async with stand.client() as client:
        yield Browser(client, await stand.bearer("petugas-blu-trans-semarang"))


@pytest.fixture
async def dlh(stand: Stand) -> AsyncIterator[Browser]:
    """An officer of an agency without buses."""
    async with stand.client() as client:
        yield Browser(client, await stand.bearer("petugas-dlh"))


async def test_an_officer_registers_and_retires_a_bus(citizen: Browser, trans: Browser, dlh: Browser) -> None:
    page = await trans.open("/petugas/bus")
    entries = {"id": "ts-desk-1", "label": "DESK-1", "plate": "H 9876 ZZ", "capacity": "1.060", "accessible": "yes"}
    wrong = await trans.send(page.forms["register-form"], **{**entries, "id": "Bus Satu"})
    assert (wrong.status, "Use small letters, digits and hyphens" in wrong.words) == (422, True)
    wrong = await trans.send(page.forms["register-form"], **{**entries, "capacity": "6o", "label": "x" * 21})
    assert (wrong.status, "as a number of up to four digits" in wrong.words) == (422, True)
    assert "Too long: at most 20, now 21." in wrong.words
    page = await trans.send(page.forms["register-form"], **entries)
    assert "The bus is registered. Its positions are taken from now on." in page.words
    assert ("H 9876 ZZ" in page.words, "Accessible by wheelchair" in page.words) == (True, True)
    public = await citizen.open("/transit/bus")
    assert ("DESK-1" in public.words, "H 9876 ZZ" in public.source) == (True, False)
    issued = await trans.send(page.forms["issue-form"])
    assert ("vehicles/ts-desk-1/positions" in issued.words, 'id="password"' in issued.source) == (True, True)
    page = await trans.open("/petugas/bus/ts-desk-1")
    assert 'id="password"' not in page.source, "it is shown once"
    page = await trans.send(page.forms["revoke-form"])
    assert ("The credential is revoked." in page.words, "revoke-form" in page.forms) == (True, False)
    other = await dlh.open("/petugas/bus")
    assert ("DESK-1" in other.words, "H 9876 ZZ" in other.source) == (False, False)
    assert "Your agency has registered no bus yet." in other.words
    refused = await dlh.send(other.forms["register-form"], **{**entries, "id": "ts-desk-2"})
    assert "This agency runs no buses." in refused.words
    filled = page.forms["update-form"].filled()
    assert (filled["plate"], filled["capacity"], filled["accessible"]) == ("H 9876 ZZ", "1060", "yes")
    wrong = await trans.send(page.forms["update-form"], label="DESK-1B", capacity="6o")
    assert (wrong.status, wrong.forms["update-form"].filled()["label"]) == (422, "DESK-1B")
    page = await trans.send(page.forms["update-form"], label="DESK-1B", accessible="no")
    assert ("was corrected" in page.words, "DESK-1B" in page.words) == (True, True)
    assert "DESK-1B" in (await citizen.open("/transit/bus")).words
    page = await trans.send(page.forms["retire-form"], reason=REASON)
    assert ("The bus is retired." in page.words, "update-form" in page.forms) == (True, False)
    assert "DESK-1B" not in (await citizen.open("/transit/bus")).words
    page = await trans.open("/petugas/bus")
    page = await trans.send(page.forms["register-form"], **entries)
    assert "The bus is registered." in page.words, "its name is free again"


async def test_what_a_colleague_corrected_of_a_bus_stays_where_a_form_came_too_late(trans: Browser) -> None:
    page = await trans.open("/petugas/bus")
    entries = {"id": "ts-desk-2", "label": "DESK-2", "plate": "H 9876 ZY", "capacity": "60", "accessible": "yes"}
    opened = await trans.send(page.forms["register-form"], **entries)
    late = await trans.open("/petugas/bus/ts-desk-2")
    await trans.send(opened.forms["update-form"], plate="H 1234 ZY", accessible="no")
    page = await trans.send(late.forms["update-form"], capacity="80", accessible="unknown")
    filled = page.forms["update-form"].filled()
    assert (page.status, filled["plate"], filled["capacity"]) == (412, "H 1234 ZY", "80")
    assert (filled["accessible"], "accessible-theirs" in page.ids) == ("unknown", True)
    page = await trans.send(page.forms["update-form"])
    assert ("was corrected" in page.words, "H 1234 ZY" in page.words) == (True, True)


@pytest.mark.browser
@pytest.mark.skipif(*IN_A_BROWSER[1].args, **IN_A_BROWSER[1].kwargs)
async def test_a_page_that_cannot_be_renewed_takes_back_what_was_true_for_90_seconds(
    chromium: Chromium, stand: Stand
) -> None:
    tab = await _tab(chromium, stand)
    await tab.clock.install()
    await tab.goto("/transit/bus")
    note = tab.locator("[data-old][role=status]")
    await tab.context.set_offline(True)
    await tab.clock.run_for(60_000)
    assert not await note.is_visible()
    await tab.clock.run_for(60_000)
    await note.wait_for(state="visible")
    assert await tab.locator("[data-now]:visible").count() == 0
    await tab.context.set_offline(False)
    await tab.clock.run_for(40_000)
    await note.wait_for(state="hidden")
    await tab.context.close()
