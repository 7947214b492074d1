"""The treasury's page of payouts in spite of differences: what it means, who is asked, and what became of it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.kit.caller import Caller
from smartcity.economy.v1 import settlement_pb2 as pb
from tests.economy.conftest import OWNER, TREASURER, TREASURER_2
from tests.economy.settlement.cases import Treasury, differing, state
from tests.fixtures.edge import stand_before
from tests.gateway.running import Stand
from tests.society.pages import Reader, reader

WHY = 'Bank membenarkan <uangnya> lewat surat & "faks"; laporannya menyusul.'
DAYS, DESK = "/petugas/kas/hari?state=closed", "/petugas/kas"


@pytest.fixture
async def stand(treasury: Treasury) -> AsyncIterator[Stand]:
    async with stand_before(treasury.economy.served) as stand:
        yield stand


@pytest.fixture
async def first(stand: Stand) -> AsyncIterator[Reader]:
    one = await reader(stand, TREASURER)
    async with one.client:
        yield one


@pytest.fixture
async def second(stand: Stand) -> AsyncIterator[Reader]:
    one = await reader(stand, TREASURER_2)
    async with one.client:
        yield one


def path(batch: pb.Batch) -> str:
    return f"/petugas/kas/setoran/{batch.id}/meski-selisih"


def said(page: Any, id_: str) -> str:
    """What a part of a page says; empty where it is not there."""
    return " ".join(" ".join(each.text_content() for each in page.xpath(f"//*[@id='{id_}']")).split())


async def test_one_asks_and_another_confirms_at_the_desk(treasury: Treasury, first: Reader, second: Reader) -> None:
    batch = await differing(treasury)
    (link,) = (await first.page(DAYS)).xpath(f"//*[@id='despite-{batch.id}']/a/@href")
    page = await first.page(link)
    assert (link, said(page, "lacking")) == (path(batch), "IDR 77,000")
    assert "the city bears the loss" in said(page, "means")
    page = await first.send(link, "despite-ask", despite=WHY, sure="yes")
    assert said(page, "done") == "Recorded. It is not paid out yet: it waits for a second person at the treasury."
    assert (said(page, "despite-reason"), "waits for somebody else" in said(page, "own")) == (WHY, True)
    assert not page.xpath("//form[@id='despite-confirm']")
    waiting = await second.page(DESK)
    assert WHY in said(waiting, f"payout-{batch.id}")
    assert waiting.xpath(f"//*[@id='payout-{batch.id}']//a/@href") == [link]
    page = await second.send(link, "despite-confirm", sure="yes")
    assert said(page, "done") == "The payout was recorded."
    (paid,) = await treasury.batches()
    assert (state(paid), paid.despite.reason) == ("paid", WHY)
    assert "Two people paid this out in spite of differences" in said(await first.page(link), "paid")
    assert WHY in said(await first.page(f"/usaha/{batch.merchant}/setoran/{batch.id}"), "despite")
    assert not (await second.page(DESK)).xpath("//*[@id='payouts']")


async def test_who_is_not_sure_or_gives_no_reason_asks_nobody_and_keeps_what_they_wrote(
    treasury: Treasury, first: Reader
) -> None:
    batch = await differing(treasury)
    page = await first.send(path(batch), "despite-ask", despite=WHY)
    assert ("Tick that you are sure first." in page.text_content(), page.xpath("//textarea")[0].value.strip()) == (
        True, WHY,
    )  # fmt: skip
    page = await first.send(path(batch), "despite-ask", despite="terlalu", sure="yes")
    assert page.xpath("//*[@id='despite-why']/@aria-invalid") == ["true"]
    page = await first.send(path(batch), "despite-ask", despite="", sure="yes")
    assert page.xpath("//*[@id='despite-why']/@aria-invalid") == ["true"]
    assert not (await treasury.batches())[0].HasField("despite")


async def test_what_is_sent_again_from_an_old_tab_after_it_was_paid_out_does_not_say_that_it_waits(
    treasury: Treasury, first: Reader, second: Reader
) -> None:
    batch = await differing(treasury)
    (form,) = (await first.page(path(batch))).xpath("//form[@id='despite-ask']")
    await first.submit(form, despite=WHY, sure="yes")
    await second.send(path(batch), "despite-confirm", sure="yes")
    page = await first.submit(form, despite=WHY, sure="yes")
    assert (said(page, "done"), "Two people paid this out" in said(page, "paid")) == ("", True)


async def test_who_confirms_what_was_replaced_meanwhile_is_told_to_look_again(
    treasury: Treasury, first: Reader, second: Reader
) -> None:
    batch = await differing(treasury)
    await first.send(path(batch), "despite-ask", despite=WHY, sure="yes")
    (form,) = (await second.page(path(batch))).xpath("//form[@id='despite-confirm']")
    await first.send(path(batch), "despite-ask", despite="Bank menulis surat yang lain lagi.", sure="yes")
    page = await second.submit(form, sure="yes")
    assert "changed" in said(page, "problem")
    assert said(page, "despite-reason") == "Bank menulis surat yang lain lagi."
    assert state((await treasury.batches())[0]) == "closed"


async def test_once_nothing_differs_the_page_leads_back_to_an_ordinary_payout(
    treasury: Treasury, first: Reader
) -> None:
    batch = await differing(treasury)
    (form,) = (await first.page(path(batch))).xpath("//form[@id='despite-ask']")
    await treasury.economy.served.admin.execute("UPDATE economy.difference SET mended = true")
    page = await first.submit(form, despite=WHY, sure="yes")
    assert "Nothing in this settlement differs" in said(page, "nothing")
    assert not page.xpath("//form[@id='despite-ask']")
    page = await first.page(DAYS)
    assert (said(page, f"despite-{batch.id}"), len(page.xpath(f"//form[@id='payout-{batch.id}']"))) == ("", 1)


async def test_the_owner_in_office_is_offered_nothing(treasury: Treasury, stand: Stand) -> None:
    batch = await differing(treasury)
    owner = await reader(stand, Caller(OWNER.subject, frozenset({"officer"}), "bpkad"))
    async with owner.client:
        page = await owner.page(path(batch))
    assert ("matter of your own" in said(page, "own"), page.xpath("//form[starts-with(@id, 'despite-')]")) == (True, [])


async def test_a_difference_that_was_paid_out_in_spite_of_says_so_and_leads_to_its_settlement(
    treasury: Treasury, first: Reader, second: Reader
) -> None:
    batch = await differing(treasury)
    await first.send(path(batch), "despite-ask", despite=WHY, sure="yes")
    await second.send(path(batch), "despite-confirm", sure="yes")
    (row,) = (await first.page("/petugas/kas/selisih")).xpath("//tr[@data-kind='only_here']")
    assert "This was paid out in spite of the difference, by two people." in row.text_content()
    assert "Our books have this money" not in row.text_content()
    assert row.xpath(".//*[@data-next]/a/@href") == [path(batch), "/petugas/kas/hari"]
    page = await first.page(path(batch))
    assert "Two people paid this out in spite of differences" in said(page, "paid")
    assert (said(page, "despite-reason"), page.xpath("//form[starts-with(@id, 'despite-')]")) == (WHY, [])
    assert page.xpath(f"//a[@href='/usaha/{batch.merchant}/setoran/{batch.id}']")
    acts = (await first.page("/petugas/kas/tindakan?day=2026-11-25")).xpath("//tr[@data-what='payout_asked']")
    assert acts[0].xpath(".//a/@href") == [f"/usaha/{batch.merchant}/setoran/{batch.id}"]


@pytest.mark.parametrize("language", ["id", "en"])
async def test_the_page_is_whole_in_both_languages(treasury: Treasury, stand: Stand, language: str) -> None:
    batch = await differing(treasury)
    await treasury.confirm(batch, TREASURER_2, despite=WHY)
    one = await reader(stand, TREASURER, language)
    async with one.client:
        page = await one.page(path(batch))
    assert len(page.xpath("//form[@id='despite-confirm' or @id='despite-ask']")) == 2
