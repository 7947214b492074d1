"""Batches as they are read: their lines, the lists of them, page by page, and who sees which."""

import re
from uuid import UUID

import pytest

from services.economy.settlement import model
from services.kit.caller import Caller
from services.kit.database import paging
from smartcity.economy.v1 import ledger_pb2
from smartcity.economy.v1 import settlement_pb2 as pb
from tests.economy.conftest import (
    ADMIN,
    BUSINESS_OFFICE,
    CITIZEN,
    MARKETS,
    OWNER,
    TREASURER,
    officer,
    refused,
)
from tests.economy.merchants import cases as merchants
from tests.economy.settlement.cases import TODAY, Treasury, a_sale, state


async def test_the_account_says_which_day_a_settlement_was_of(treasury: Treasury) -> None:
    shop = await treasury.city.business()
    await a_sale(treasury, 600_000, shop)
    treasury.at(0, 5)
    await treasury.close()
    (batch,) = await treasury.batches()
    account = (await merchants.get(treasury.economy, shop)).account
    statement = ledger_pb2.ListEntriesRequest(account=account)
    for caller in (OWNER, TREASURER):
        found = (await treasury.economy.call("LedgerService.ListEntries", statement, caller)).entries
        days = [(each.kind, each.day, each.reference) for each in found if each.day]
        assert days == [("settlement", TODAY, batch.id)]


async def test_a_batch_lists_payments_fees_and_refunds_oldest_first(treasury: Treasury) -> None:
    shop = await treasury.city.business()
    sold = await a_sale(treasury, 600_000, shop)
    await treasury.city.refund(sold, 100_000, OWNER)
    treasury.at(0, 5)
    await treasury.close()
    (batch,) = await treasury.batches()
    assert (batch.refunded.units, batch.net.units, batch.payments) == (100_000, 498_200, 1)
    lines = (await treasury.get(batch.id)).lines
    code = (await treasury.city.get(sold)).code
    assert [(line.kind, line.amount.units, line.payment_code) for line in lines] == [
        ("capture", 600_000, code),
        ("fee", -1_800, code),
        ("refund", -100_000, code),
    ]


async def test_the_lines_of_a_batch_go_on_from_page_to_page(
    treasury: Treasury, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "LINES_MOST", 2)
    made = [await treasury.city.ask(1_000) for _ in range(3)]
    for payment in made:
        await treasury.city.cash(payment.id)
    treasury.at(0, 5)
    await treasury.close()
    (batch,) = await treasury.batches()
    first = await treasury.get(batch.id)
    asked = pb.GetBatchRequest(id=batch.id, page_size=1, page_token=first.next_page_token)
    last = await treasury.call("GetBatch", asked)
    assert [line.payment_code for line in (*first.lines, *last.lines)] == [payment.code for payment in made]
    assert (len(first.lines), last.next_page_token) == (2, "")
    with refused("PAGE_SIZE_INVALID"):
        await treasury.call("GetBatch", pb.GetBatchRequest(id=batch.id, page_size=3))
    with refused("PAGE_TOKEN_INVALID"):
        await treasury.call("GetBatch", pb.GetBatchRequest(id=batch.id, page_token="x"))


async def test_a_page_token_with_a_number_beyond_all_entries_of_a_batch_shows_none(treasury: Treasury) -> None:
    await treasury.city.cash((await treasury.city.ask()).id)
    treasury.at(0, 5)
    await treasury.close()
    (batch,) = await treasury.batches()
    token = paging.written([2**63 - 1], UUID(batch.id))
    found = await treasury.call("GetBatch", pb.GetBatchRequest(id=batch.id, page_token=token))
    assert (list(found.lines), found.next_page_token) == ([], "")


async def test_the_treasury_finds_what_waits_and_how_much_it_is_and_where_it_goes(treasury: Treasury) -> None:
    shop = await treasury.city.business()
    await a_sale(treasury, 600_000, shop)
    await treasury.city.cash((await treasury.city.ask(50_000)).id)
    treasury.at(0, 5)
    await treasury.close()
    (waits,) = await treasury.batches(state=pb.BATCH_STATE_CLOSED)
    (paid,) = await treasury.batches(state=pb.BATCH_STATE_PAID, day=TODAY)
    assert (waits.merchant, waits.settlement_account.bank) == (shop, "008")
    assert re.fullmatch(r"\*+\d{4}", waits.settlement_account.number), "all but the last digits are hidden"
    assert (state(paid), paid.HasField("settlement_account")) == ("paid", False)
    assert await treasury.batches(state=pb.BATCH_STATE_CLOSED, day="2026-11-23") == []
    assert await treasury.batches(MARKETS, state=pb.BATCH_STATE_CLOSED) == []

    async def waiting(caller: Caller = TREASURER) -> tuple[bool, int, int]:
        answer = await treasury.call("ListBatches", pb.ListBatchesRequest(), caller)
        return answer.HasField("waiting"), answer.waiting.batches, answer.waiting.net.units

    assert await waiting() == (True, 1, 598_200)
    assert [(await waiting(caller))[0] for caller in (OWNER, BUSINESS_OFFICE)] == [False, False]
    await treasury.confirm(waits)
    assert await waiting() == (True, 0, 0)


async def test_who_sees_a_batch(treasury: Treasury) -> None:
    shop = await treasury.city.business()
    await a_sale(treasury, 100_000, shop)
    await treasury.city.cash((await treasury.city.ask()).id)
    treasury.at(0, 5)
    await treasury.close()
    both = await treasury.batches()
    mine, counters = sorted(both, key=lambda one: one.merchant != shop)
    for caller in (TREASURER, ADMIN, BUSINESS_OFFICE):
        assert await treasury.batches(caller) == both
    (owned,) = await treasury.batches(OWNER)
    assert (owned.id, owned.own, mine.own) == (mine.id, True, False)
    assert await treasury.batches(MARKETS) == [counters]
    assert await treasury.batches(CITIZEN) == []
    assert await treasury.batches(officer("dlh")) == []
    assert (await treasury.get(mine.id, OWNER)).batch == owned
    for caller, id_ in [(CITIZEN, mine.id), (OWNER, counters.id), (MARKETS, mine.id), (TREASURER, "x")]:
        with refused("BATCH_NOT_FOUND"):
            await treasury.get(id_, caller)
    assert await treasury.batches(merchant=shop) == [mine]
    assert await treasury.batches(merchant="x") == []
    assert await treasury.batches(day="2026-11-23") == []


async def test_batches_are_listed_from_page_to_page(treasury: Treasury) -> None:
    for day in range(3):
        await treasury.city.cash((await treasury.city.ask(1_000 + day)).id)
        treasury.economy.pass_time(days=1)
    treasury.at(0, 5, 27)
    await treasury.close("2026-11-26")
    found: list[str] = []
    token = ""
    while True:
        answer = await treasury.call("ListBatches", pb.ListBatchesRequest(page_size=1, page_token=token))
        found += [batch.day for batch in answer.batches]
        token = answer.next_page_token
        if not token:
            break
    assert found == ["2026-11-26", "2026-11-25", "2026-11-24"]
