"""The desk of rides, as officers without JavaScript use it."""

from functools import partial
from typing import Any

import pytest

from services.living.cards import actions
from services.living.cards.model import Block
from tests.fixtures.edge import stand_before
from tests.living.rides.riding import BUDI, DISHUB, NOTE, Riding
from tests.society.pages import reader

DESK = "/petugas/perjalanan"


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


@pytest.mark.parametrize("query", ["hari=2026-11-02", "hari=2026-11-02&keringanan=granted", ""])
async def test_what_is_decided_at_the_desk_leads_back_to_its_lists_as_they_were_filtered(
    riding: Riding, query: str
) -> None:
    number, _ = await riding.refused()
    await (riding.granted(BUDI) if "granted" in query else riding.concession(BUDI))
    lists = f"{DESK}?{query}" if query else DESK
    async with stand_before(riding.served) as stand:
        officer = await reader(stand, DISHUB)
        page = await officer.page(lists)
        (ride,) = page.xpath("//tr[@data-ride]//a/@href")
        (concession,) = page.xpath("//tr[@data-concession]//a/@href")
        for opened, form in ((ride, "write-off-form"), (concession, "decline-form")):
            assert (await officer.page(opened)).xpath("//main//p/a/@href")[0] == lists
            page = await officer.send(opened, form, note=NOTE)
            assert page.xpath("//*[@id='done']")
            _as_filtered(page, query)
        for form, entry in (("card-form", {"kartu": "SMGK-XXXX"}), ("code-form", {"kode": "SMGN-XXXX"})):
            _as_filtered(await officer.send(lists, form, **entry), query)
        page = await officer.send(lists, "card-form", kartu=number)
        assert page.xpath("//main//p/a/@href")[0] == lists
        await officer.client.aclose()


def _as_filtered(page: Any, query: str) -> None:
    (day,) = page.xpath("//input[@id='hari']/@value")
    assert (day == "2026-11-02") is ("hari" in query)
    assert bool(page.xpath("//*[@id='day-form']//input[@name='keringanan']")) is ("granted" in query)
