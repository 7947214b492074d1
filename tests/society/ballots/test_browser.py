"""The paper that is voted on, and the pages of residents, in a browser of 360 px."""

from playwright.async_api import Browser as Chromium

from tests.fixtures.browser import IN_A_BROWSER, chromium
from tests.fixtures.edge import stand_before
from tests.gateway.portal.test_browser import _faults
from tests.society.ballots.voting import BAPPEDA, Voting

pytestmark = IN_A_BROWSER
__all__ = ["chromium"]


async def test_axe_finds_nothing_on_the_pages_of_ballots_and_residents(chromium: Chromium, voting: Voting) -> None:
    ballot, voter = await voting.held(), await voting.voter(1)
    async with stand_before(voting.served) as stand:
        for caller, paths in (
            (voter, (f"/sosial/suara/{ballot.id}", "/sosial/suara", "/sosial/warga")),
            (BAPPEDA, (f"/petugas/suara/{ballot.id}", "/petugas/suara")),
        ):
            token, _ = await stand.gateway.sessions.create(caller, "Siti", "")
            context = await chromium.new_context(base_url=stand.url, viewport={"width": 360, "height": 780})
            cookie = {"name": stand.settings.cookie("session"), "value": token, "url": stand.url}
            await context.add_cookies([cookie])  # type: ignore[list-item]
            tab = await context.new_page()
            for path in paths:
                await tab.goto(path)
                assert await _faults(tab) == [], path
                assert await tab.evaluate("document.documentElement.scrollWidth") <= 360, path
            await context.close()
