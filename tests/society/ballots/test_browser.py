"""The paper that is voted on, and the pages of residents, in a browser of 360 px."""

from playwright.async_api import Browser as Chromium

from tests.fixtures.browser import IN_A_BROWSER, chromium
from tests.fixtures.edge import stand_before
from tests.society.ballots.voting import BAPPEDA, Voting
from tests.society.browsing import PHONE, look

pytestmark = IN_A_BROWSER
__all__ = ["chromium"]


async def test_axe_finds_nothing_on_the_pages_of_ballots_and_residents(chromium: Chromium, voting: Voting) -> None:
    ballot, voter = await voting.held(), await voting.voter(1)
    async with stand_before(voting.served) as stand:
        for caller, paths in (
            (voter, (f"/sosial/suara/{ballot.id}", "/sosial/suara", "/sosial/warga")),
            (BAPPEDA, (f"/petugas/suara/{ballot.id}", "/petugas/suara")),
        ):
            await look(chromium, stand, caller, paths, (PHONE,))
