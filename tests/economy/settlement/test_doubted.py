"""Batches with money that the bank's report does not have: nobody is paid out of it until that is put right."""

from typing import Any

import pytest

from services.economy.captures.model import Notice, Outcome
from services.economy.settlement import doubts
from services.kit.database import Transaction
from smartcity.economy.v1 import settlement_pb2 as pb
from tests.economy.conftest import OWNER, TREASURER, TREASURER_2, refused
from tests.economy.settlement.cases import TODAY, Treasury, a_sale, closed_and_compared, differing, kind, state
from tests.economy.settlement.test_despite import WHY
from tests.fixtures.edge import stand_before
from tests.society.pages import reader

_PAID = """
INSERT INTO payment (id, code, version, state, method, payee, currency, amount, purpose, provider_reference,
                     correlation, created_at, updated_at, expires_at, captured_at)
SELECT gen_random_uuid(), 'MANY-' || n, 1, 'captured', 'qris_dynamic', gen_random_uuid(), 'IDR', 50000, 'sale',
       'MANY-' || n, 'many', now(), now(), now(), now()
  FROM generate_series(1, 10000) AS n
"""
_LACKED = """
INSERT INTO difference (id, day, kind, provider_reference, currency, here, created_at)
SELECT gen_random_uuid(), '2026-11-24', 'only_here', 'MANY-' || n, 'IDR', 50000, now()
  FROM generate_series(1, 1000) AS n
"""


async def test_a_batch_with_a_payment_that_the_banks_report_lacks_is_paid_out_once_the_report_is_right(
    treasury: Treasury,
) -> None:
    sale = await a_sale(treasury, 77_000, await treasury.city.business())
    await closed_and_compared(treasury)
    (batch,) = await treasury.batches()
    assert (batch.differences, [one.differences for one in await treasury.batches(OWNER)]) == (1, [0])
    with refused("BANK_DIFFERS"):
        await treasury.confirm(batch)
    treasury.reports(treasury.line((await treasury.city.get(sale)).code, 77_000))
    await treasury.reconcile()
    assert state(await treasury.confirm(batch)) == "paid"


async def test_money_out_of_suspense_for_a_payment_of_the_same_business_is_doubted_by_its_own_reference(
    treasury: Treasury,
) -> None:
    city = treasury.city
    shop = await city.business()
    shown = await city.shown(50_000, caller=OWNER, merchant=shop)
    await city.cancel(shown, OWNER)
    await city.notice(Notice("REF-1", shown.code, 50_000, "IDR"))
    (item,) = await city.suspense()
    await city.release(await city.propose(item, shop), TREASURER_2)
    await closed_and_compared(treasury)
    (batch,) = await treasury.batches()
    assert batch.differences == 1
    with refused("BANK_DIFFERS"):
        await treasury.confirm(batch)


async def test_a_batch_with_a_payment_of_another_amount_in_the_banks_report_is_not_paid_out(treasury: Treasury) -> None:
    sale = await treasury.city.get(await a_sale(treasury, 77_000, await treasury.city.business()))
    treasury.reports(treasury.line(sale.code, 7_700))
    await closed_and_compared(treasury)
    (batch,) = await treasury.batches()
    with refused("BANK_DIFFERS"):
        await treasury.confirm(batch)


async def test_of_money_that_came_into_the_report_later_with_another_amount_the_rest_is_lacking(
    treasury: Treasury,
) -> None:
    await differing(treasury)
    (code,) = [one.payment_code for one in await treasury.differences()]
    for has, lacking in ((70_000, 7_000), (75_000, 2_000)):
        treasury.reports(treasury.line(code, has))
        assert await treasury.reconcile() == (1, 0, 1)
        (batch,) = await treasury.batches()
        assert (batch.differences, batch.lacking.units) == (1, lacking)
        found = [(kind(one), one.bank.units) for one in await treasury.differences() if not one.mended]
        assert found == [("amount", has)]
        with refused("BANK_DIFFERS"):
            await treasury.confirm(batch)


async def test_a_batch_with_money_out_of_suspense_that_the_banks_report_lacks_is_not_paid_out(
    treasury: Treasury,
) -> None:
    city = treasury.city
    await city.notice(Notice("REF-1", "", 27_000, "IDR"))
    (item,) = await city.suspense()
    await city.release(await city.propose(item, await city.business()), TREASURER_2)
    await closed_and_compared(treasury)
    (batch,) = await treasury.batches()
    with refused("BANK_DIFFERS"):
        await treasury.confirm(batch)


async def test_a_batch_with_a_payment_from_a_wallet_is_paid_out_though_its_qris_was_paid_too_and_the_report_lacks_that(
    treasury: Treasury,
) -> None:
    city = treasury.city
    await city.wallet(200_000)
    shown = await city.shown(50_000, caller=OWNER, merchant=await city.business())
    await city.pay(shown.id)
    assert await city.notice(Notice(f"REF-{shown.code}", shown.code, 50_000, "IDR")) is Outcome.SUSPENDED
    await closed_and_compared(treasury)
    (batch,) = await treasury.batches()
    assert [kind(each) for each in await treasury.differences()] == ["only_here"]
    assert batch.differences == 0
    assert state(await treasury.confirm(batch)) == "paid"


@pytest.mark.parametrize("right_before", [False, True])
async def test_a_difference_that_is_found_after_the_payout_says_that_it_was_paid_out(
    treasury: Treasury, right_before: bool
) -> None:
    batch = await differing(treasury)
    (lacked,) = await treasury.differences()
    await treasury.confirm(await treasury.confirm(batch, despite=WHY), TREASURER_2, despite=WHY)
    if right_before:
        treasury.reports(treasury.line(lacked.payment_code, 77_000))
        assert await treasury.reconcile() == (1, 1, 0)
    treasury.reports(treasury.line(lacked.payment_code, 70_000))
    assert await treasury.reconcile() == (1, 0, 1)
    (found,) = [each for each in await treasury.differences() if not each.mended]
    assert (found.bank.units, found.paid_batch) == (70_000, batch.id)


async def test_what_was_paid_out_in_spite_of_is_looked_at_no_more_for_other_batches(treasury: Treasury) -> None:
    batch = await differing(treasury)
    pool = treasury.economy.runtime.pool
    assert len(await pool.fetch(doubts._MISSING)) == 1
    await treasury.confirm(await treasury.confirm(batch, despite=WHY), TREASURER_2, despite=WHY)
    assert await pool.fetch(doubts._MISSING) == []


async def test_a_request_looks_for_differences_once_and_not_at_all_where_all_is_paid_out(
    treasury: Treasury, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch, looked = await differing(treasury), 0
    fetch = Transaction.fetch

    async def counted(tx: Transaction, sql: str, *args: object) -> Any:
        nonlocal looked
        looked += sql == doubts._MISSING
        return await fetch(tx, sql, *args)

    monkeypatch.setattr(Transaction, "fetch", counted)
    asked = await treasury.confirm(batch, despite=WHY)
    assert looked == 1
    listed = await treasury.call("ListBatches", pb.ListBatchesRequest())
    assert ([each.id for each in listed.to_confirm], looked) == ([batch.id], 2)
    assert ((await treasury.get(batch.id)).batch.differences, looked) == (1, 3)
    await treasury.confirm(asked, TREASURER_2, despite=WHY)
    assert looked == 4
    (paid,) = await treasury.batches()
    assert (paid.despite.reason, paid, looked) == (WHY, (await treasury.get(batch.id)).batch, 4)


async def test_however_much_the_report_lacks_each_payment_is_looked_up_and_the_others_are_not_read(
    treasury: Treasury,
) -> None:
    admin = treasury.economy.served.admin
    filling = admin.transaction()
    await filling.start()
    try:
        await admin.execute("SET LOCAL search_path = economy, public")
        for sql in (_PAID, _LACKED, "ANALYZE payment, difference"):
            await admin.execute(sql)
        plan = "\n".join(row[0] for row in await admin.fetch(f"EXPLAIN {doubts._MISSING}"))
    finally:
        await filling.rollback()
    assert "using payment_provider on payment" in plan
    assert "Seq Scan on payment" not in plan, plan


async def test_a_difference_of_another_day_holds_no_batch_up(treasury: Treasury) -> None:
    shop = await treasury.city.business()
    await a_sale(treasury, 77_000, shop)
    await closed_and_compared(treasury)
    sale = await treasury.city.get(await a_sale(treasury, 20_000, shop))
    treasury.reports(treasury.line(sale.code, 20_000), day="2026-11-25")
    treasury.at(1, 0, 26)
    await treasury.close("2026-11-25")
    later, first = await treasury.batches()
    assert (first.day, first.differences, later.differences) == (TODAY, 1, 0)
    assert state(await treasury.confirm(later)) == "paid"


async def test_the_treasurys_page_leads_from_such_a_batch_to_its_differences(treasury: Treasury) -> None:
    await a_sale(treasury, 77_000, await treasury.city.business())
    await closed_and_compared(treasury)
    (batch,) = await treasury.batches()
    async with stand_before(treasury.economy.served) as stand:
        desk = await reader(stand, TREASURER)
        async with desk.client:
            page = await desk.page("/petugas/kas/hari")
    (told,) = page.xpath(f"//*[@id='differs-{batch.id}']")
    assert "differ from the bank's report: 1." in told.text_content()
    assert told.xpath("a/@href") == ["/petugas/kas/selisih"]
    assert not page.xpath(f"//form[@id='payout-{batch.id}']")
