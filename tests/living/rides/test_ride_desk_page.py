"""The desk of rides, as officers without JavaScript use it."""

from functools import partial

import pytest

from services.living.cards import actions
from services.living.cards.model import Block
from tests.fixtures.edge import stand_before
from tests.living.rides.riding import DISHUB, Riding
from tests.society.pages import reader


@pytest.mark.parametrize("before", [False, True])
async def test_the_desk_is_told_where_the_version_before_did_not_keep_that_a_card_was_misused(
    riding: Riding, before: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = await riding.card()
    if before:  # it takes the reason for one that is not there
        block = partial(actions.block)
        monkeypatch.setattr(actions, "block", lambda tx, card, etag, _: block(tx, card, etag, Block.LOST))
    async with stand_before(riding.served) as stand:
        officer = await reader(stand, DISHUB)
        page = await officer.send(f"/petugas/perjalanan/kartu/{number}", "block-form", reason="misused")
        assert ("being upgraded" in page.text_content()) is before
        assert bool(page.xpath("//form[@id='unblock-form']")) is before, "shown there, to be put right"
        await officer.client.aclose()
