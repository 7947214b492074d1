"""Days closed into batches: what is in them, where the money goes, who sees them."""

import asyncio

import pytest

from services.economy.captures.model import Notice
from services.economy.settlement import actions, timers
from smartcity.economy.v1 import events_pb2, ledger_pb2, merchants_pb2
from smartcity.economy.v1 import settlement_pb2 as pb
from tests.economy.conftest import (
    MARKETS,
    OWNER,
    TREASURER,
    TREASURER_2,
    refused,
    request_id,
)
from tests.economy.settlement.cases import TODAY, Treasury, a_sale, state


async def test_a_counters_day_goes_into_the_treasury(treasury: Treasury) -> None:
    for amount in (50_000, 20_000):
        await treasury.city.cash((await treasury.city.ask(amount)).id)
    treasury.at(0, 5)
    answer = await treasury.close()
    assert (answer.batches, answer.net.units) == (1, 70_000)
    (batch,) = await treasury.batches()
    assert (state(batch), batch.day, batch.payments) == ("paid", TODAY, 2)
    assert (batch.gross.units, batch.fees.units, batch.refunded.units, batch.net.units) == (70_000, 0, 0, 70_000)
    assert batch.HasField("paid_time")
    assert await treasury.city.balance("treasury") == 70_000
    assert await treasury.city.takings() == 0
    assert await treasury.city.adds_up()


async def test_a_days_takings_and_its_batch_count_what_was_released_from_suspense_alike(treasury: Treasury) -> None:
    city, shop = treasury.city, await treasury.city.business()
    await a_sale(treasury, 600_000, shop)
    await city.notice(Notice("REF-1", "", 27_000, "IDR"))
    (item,) = await city.suspense()
    await city.release(await city.propose(item, shop), TREASURER_2)
    asked = merchants_pb2.ListTakingsRequest(merchant=shop)
    (day,) = (await treasury.economy.call("MerchantService.ListTakings", asked, OWNER)).days
    treasury.at(0, 5)
    await treasury.close()
    (batch,) = await treasury.batches()
    sums = [(one.payments, one.gross.units, one.fees.units, one.net.units) for one in (day, batch)]
    assert sums == [(1, 627_000, 1_800, 625_200)] * 2
    assert (day.day, day.released.units) == (TODAY, 27_000)


async def test_a_businesss_day_waits_for_its_payout(treasury: Treasury) -> None:
    shop = await treasury.city.business()
    await a_sale(treasury, 600_000, shop)
    treasury.at(0, 5)
    await treasury.close()
    (batch,) = await treasury.batches()
    assert (state(batch), batch.merchant, batch.merchant_name) == ("closed", shop, "Lumpia Bu Sri")
    assert (batch.gross.units, batch.fees.units, batch.net.units) == (600_000, 1_800, 598_200)
    assert (await treasury.city.balance("payouts"), await treasury.city.balance("clearing")) == (598_200, -600_000)
    paid = await treasury.confirm(batch)
    assert (state(paid), paid.HasField("paid_time")) == ("paid", True)
    assert (await treasury.city.balance("payouts"), await treasury.city.balance("clearing")) == (0, -1_800)
    with refused("BATCH_PAID"):
        await treasury.confirm(paid)
    assert await treasury.city.adds_up()


async def test_closing_again_changes_nothing(treasury: Treasury) -> None:
    await treasury.city.cash((await treasury.city.ask()).id)
    treasury.at(0, 5)
    key = request_id()
    first = await treasury.close(key=key)
    assert await treasury.close(key=key) == first
    assert (await treasury.close()).batches == 0
    assert len(await treasury.batches()) == 1
    with refused("IDEMPOTENCY_KEY_REUSED"):
        await treasury.close("2026-11-23", key=key)
    with refused("REQUEST_ID_REQUIRED"):
        await treasury.call("CloseDay", pb.CloseDayRequest(day=TODAY))


async def test_many_who_close_at_once_close_once(treasury: Treasury) -> None:
    await treasury.city.cash((await treasury.city.ask()).id)
    treasury.at(0, 5)
    answers = await asyncio.gather(*(treasury.close() for _ in range(4)))
    assert sum(answer.batches for answer in answers) == 1
    assert await treasury.city.balance("treasury") == 50_000


async def test_only_a_day_that_is_over_is_closed_unless_today_early(treasury: Treasury) -> None:
    await treasury.city.cash((await treasury.city.ask()).id)
    with refused("DAY_NOT_OVER"):
        await treasury.close()
    with refused("DAY_NOT_OVER"):
        await treasury.close("2026-11-25", early=True)
    assert (await treasury.close(early=True)).batches == 1
    await treasury.city.cash((await treasury.city.ask(7_000)).id)
    treasury.at(0, 5)
    assert (await treasury.close()).net.units == 7_000
    assert [batch.net.units for batch in await treasury.batches(day=TODAY)] == [7_000, 50_000]


@pytest.mark.parametrize(
    "day", ["2026-2-1", "20261124", "2026-W48-2", "24-11-2026", "2026-11-24\n", "２０２６-11-24", "2026-02-30"]
)
async def test_a_day_is_written_as_iso_8601(treasury: Treasury, day: str) -> None:
    for asked in (
        treasury.close(day),
        treasury.reconcile(day),
        treasury.batches(day=day),
        treasury.differences(day=day),
    ):
        with refused("DAY_INVALID") as caught:
            await asked
        assert caught.value.metadata["field"] == "day"


async def test_no_day_at_all_is_closed_or_compared(treasury: Treasury) -> None:
    for asked in (treasury.close(""), treasury.reconcile("")):
        with refused("DAY_INVALID"):
            await asked


async def test_money_after_midnight_is_the_next_days(treasury: Treasury) -> None:
    await treasury.city.cash((await treasury.city.ask()).id)
    treasury.at(0, 5)
    await treasury.city.cash((await treasury.city.ask(7_000)).id)
    assert (await treasury.close()).net.units == 50_000
    assert await treasury.city.takings() == 7_000
    treasury.at(0, 5, 26)
    assert (await treasury.close("2026-11-25")).net.units == 7_000


async def test_days_that_were_missed_get_batches_of_their_own(treasury: Treasury) -> None:
    for amount in (1_000, 2_000, 3_000):
        await treasury.city.cash((await treasury.city.ask(amount)).id)
        treasury.economy.pass_time(days=1)
    treasury.at(0, 5, 27)
    assert (await treasury.close("2026-11-26")).batches == 3
    assert [(batch.day, batch.net.units) for batch in await treasury.batches()] == [
        ("2026-11-26", 3_000),
        ("2026-11-25", 2_000),
        ("2026-11-24", 1_000),
    ]


async def test_what_is_reserved_for_a_refund_is_not_paid_out(treasury: Treasury) -> None:
    shop = await treasury.city.business()
    sold = await a_sale(treasury, 400_000, shop)
    treasury.bank.away.add("refund")
    await treasury.city.refund(sold, 150_000, OWNER)
    treasury.at(0, 5)
    await treasury.close()
    treasury.bank.away.clear()
    await treasury.city.tick(minutes=1)
    treasury.at(0, 5, 26)
    await treasury.close("2026-11-25")
    second, first = await treasury.batches()
    assert (first.gross.units, first.net.units) == (400_000, 250_000)
    assert (second.refunded.units, second.net.units, state(second)) == (150_000, 0, "paid")
    assert await treasury.city.takings(shop) == 0
    assert await treasury.city.adds_up()


async def test_what_was_carried_is_paid_out_once_nothing_is_reserved_without_another_sale(treasury: Treasury) -> None:
    shop = await treasury.city.business()
    sold = await a_sale(treasury, 600_000, shop)
    asked = await treasury.city.refund(sold, 598_200, OWNER)
    for day in (25, 26):
        treasury.at(0, 10, day)
        await timers.close(treasury.economy.runtime)
    assert [batch.net.units for batch in await treasury.batches()] == [0], "while it waits there is no other batch"
    await treasury.city.reject(asked)
    assert (await treasury.close()).batches == 0, "a night has closed another day since"
    for day in (27, 28):
        treasury.at(0, 10, day)
        await timers.close(treasury.economy.runtime)
    second, first = await treasury.batches()
    assert (first.gross.units, first.net.units) == (600_000, 0)
    assert (second.day, second.payments, second.gross.units, second.net.units) == ("2026-11-26", 0, 0, 598_200)
    assert state(second) == "closed"
    assert list((await treasury.get(second.id)).lines) == []
    assert await treasury.city.takings(shop) == 0
    await a_sale(treasury, 10_000, shop)
    treasury.at(0, 10, 29)
    await timers.close(treasury.economy.runtime)
    assert [batch.net.units for batch in await treasury.batches()] == [10_000, 598_200, 0]
    assert await treasury.city.adds_up()


async def test_each_payment_is_told_as_settled_in_its_own_story(
    treasury: Treasury, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "TOLD_AT_ONCE", 2)
    made = [await treasury.city.ask(1_000) for _ in range(5)]
    for payment in made:
        await treasury.city.cash(payment.id)
    treasury.at(0, 5)
    await treasury.close()
    rows = await treasury.economy.outbox()
    settled = {
        (told := events_pb2.PaymentSettled.FromString(row["payload"])).payment: (told, row["correlation"])
        for row in rows
        if row["type"].endswith("PaymentSettled")
    }
    assert settled.keys() == {payment.id for payment in made}
    (batch,) = await treasury.batches()
    for id_, (told, correlation) in settled.items():
        assert (told.batch, told.day, correlation) == (batch.id, TODAY, id_)
    (row,) = [row for row in rows if row["type"].endswith("DaySettled")]
    day = events_pb2.DaySettled.FromString(row["payload"])
    assert (day.batch, day.net.units, row["correlation"]) == (batch.id, 5_000, "settlement-2026-11-24")


async def test_what_was_not_told_yet_is_told_later(treasury: Treasury, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "TOLD_AT_ONCE", 1)
    for _ in range(3):
        await treasury.city.cash((await treasury.city.ask(1_000)).id)
    treasury.at(0, 5)
    runtime = treasury.economy.runtime
    async with runtime.transaction() as tx:
        (merchant,) = [row["merchant"] for row in await tx.fetch("SELECT DISTINCT merchant FROM payment")]
        await actions.close_next(tx, merchant, runtime.clock().date(), runtime.clock())
    await actions.tell_rest(runtime)
    names = [row["type"].rpartition(".")[2] for row in await treasury.economy.outbox()]
    assert names.count("PaymentSettled") == 3


async def test_drills_are_never_settled(treasury: Treasury) -> None:
    await treasury.city.cash((await treasury.city.ask(9_000, exercise=True)).id)
    await treasury.city.cash((await treasury.city.ask(1_000)).id)
    treasury.at(0, 5)
    assert (await treasury.close()).net.units == 1_000
    assert await treasury.city.takings() == 0


async def test_a_frozen_account_waits_and_holds_nobody_up(treasury: Treasury) -> None:
    shop = await treasury.city.business()
    await a_sale(treasury, 100_000, shop)
    await treasury.city.cash((await treasury.city.ask()).id)
    account = await _account(treasury, shop)
    request = ledger_pb2.SetAccountStatusRequest(
        request_id=request_id(), id=account.id, etag=account.etag, status=ledger_pb2.ACCOUNT_STATUS_FROZEN
    )
    await treasury.economy.call("LedgerService.SetAccountStatus", request, TREASURER)
    treasury.at(0, 5)
    assert (await treasury.close()).batches == 1
    request = ledger_pb2.SetAccountStatusRequest(
        request_id=request_id(),
        id=account.id,
        etag=(await _account(treasury, shop)).etag,
        status=ledger_pb2.ACCOUNT_STATUS_OPEN,
    )
    await treasury.economy.call("LedgerService.SetAccountStatus", request, TREASURER)
    assert (await treasury.close()).net.units == 100_000


async def _account(treasury: Treasury, shop: str) -> ledger_pb2.Account:
    found = await treasury.economy.call(
        "MerchantService.GetMerchant", merchants_pb2.GetMerchantRequest(id=shop), TREASURER
    )
    answer = await treasury.economy.call(
        "LedgerService.GetAccount", ledger_pb2.GetAccountRequest(id=found.merchant.account), TREASURER
    )
    account: ledger_pb2.Account = answer.account
    return account


async def test_only_the_treasury_settles(treasury: Treasury) -> None:
    shop = await treasury.city.business()
    await a_sale(treasury, 100_000, shop)
    treasury.at(0, 5)
    with refused("TREASURY_ONLY"):
        await treasury.close(caller=MARKETS)
    with refused("ROLE_NOT_ALLOWED"):
        await treasury.close(caller=OWNER)
    await treasury.close()
    (batch,) = await treasury.batches()
    with refused("TREASURY_ONLY"):
        await treasury.confirm(batch, MARKETS)
    batch.etag = "9"
    with refused("STALE_ETAG"):
        await treasury.confirm(batch)


async def test_a_confirmation_counts_once(treasury: Treasury) -> None:
    shop = await treasury.city.business()
    await a_sale(treasury, 100_000, shop)
    treasury.at(0, 5)
    await treasury.close()
    (batch,) = await treasury.batches()
    key = request_id()
    assert await treasury.confirm(batch, key=key) == await treasury.confirm(batch, key=key)
    assert await treasury.city.balance("payouts") == 0


async def test_the_night_closes_yesterday_once_after_ten_past_midnight(treasury: Treasury) -> None:
    await treasury.city.cash((await treasury.city.ask()).id)
    treasury.at(0, 9)
    await timers.close(treasury.economy.runtime)
    assert await treasury.batches() == []
    treasury.at(0, 10)
    for _ in range(2):
        await timers.close(treasury.economy.runtime)
    (batch,) = await treasury.batches()
    assert (batch.day, batch.net.units) == (TODAY, 50_000)
