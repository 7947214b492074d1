"""What the night took from a counter comes back from the treasury for refunds: no more than that, and no turnover."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from services.economy.settlement import actions as settlement
from smartcity.economy.v1 import events_pb2
from smartcity.economy.v1 import payments_pb2 as pb
from tests.economy.conftest import MARKETS, OWNER, RefusedError, refused
from tests.economy.payments.cases import City, rupiah, state
from tests.economy.refunds.test_asked import gives_back, paid, written


async def night(city: City) -> Any:
    """The day is closed; answers with the newest batch."""
    city.economy.pass_time(days=1)
    day = city.economy.now.date()
    await settlement.close_day(city.economy.runtime, day, city.economy.now + timedelta(hours=1))
    sql = "SELECT gross, refunded, covered, net, carried FROM batch ORDER BY created_at DESC, id DESC LIMIT 1"
    (batch,) = await city.economy.runtime.pool.fetch(sql)
    return tuple(batch)


async def test_a_ticket_of_yesterday_is_given_back_out_of_the_treasury_and_is_no_takings_of_today(city: City) -> None:
    payment = await paid(city)
    assert await night(city) == (75_000, 0, 0, 75_000, 0)
    (row,) = await gives_back(city)
    assert events_pb2.PaymentRefunded.FromString(row["payload"]).amount == rupiah(75_000)
    assert (state(await city.get(payment)), await city.balance("treasury")) == ("refunded", 0)
    assert await city.takings(await city.counter("dlh")) == 0
    assert await night(city) == (0, 75_000, 75_000, 0, 0)
    assert (await city.balance("treasury"), await city.adds_up()) == (0, True)


async def test_only_what_the_counter_lacks_comes_back_and_its_takings_are_settled_as_ever(city: City) -> None:
    await paid(city)
    await night(city)
    other = await city.ask(25_000)
    await city.cash(other.id)
    await night(city)
    await city.cash((await city.ask(30_000)).id)
    assert state(await city.refund(other.id, 20_000)) == "done"
    assert await city.balance("treasury") == 100_000
    await city.cash((await city.ask(8_000)).id)
    assert await night(city) == (38_000, 20_000, 0, 18_000, 0)
    assert state(await city.refund(other.id, 5_000)) == "done"
    assert await city.balance("treasury") == 113_000
    assert await city.adds_up()


async def test_no_more_comes_back_than_was_taken_from_that_counter(city: City) -> None:
    await city.cash((await city.ask(500_000)).id)
    await paid(city)
    await night(city)
    await city.economy.served.admin.execute("UPDATE economy.batch SET net = 74999 WHERE net = 75000")
    (row,) = await gives_back(city)
    assert events_pb2.RefundRejected.FromString(row["payload"]).reason == "INSUFFICIENT_FUNDS"
    assert (await city.balance("treasury"), await written(city)) == (575_000, 0)


async def test_an_officer_gives_back_what_was_taken_and_the_bank_sends_it(city: City) -> None:
    bought = await city.paid(50_000)
    await night(city)
    assert (await city.check(bought.id)).most == rupiah(50_000)
    request = pb.CheckRefundsRequest(payments=[bought.id])
    assert list((await city.economy.call("PaymentService.CheckRefunds", request, MARKETS)).payments) == [bought.id]
    city.bank.refuses_refunds = True
    assert state(await city.refund(bought.id, 30_000)) == "failed"
    assert (await city.balance("treasury"), await night(city)) == (20_000, (0, 0, 30_000, 30_000, 0))
    city.bank.refuses_refunds = False
    assert state(await city.refund(bought.id)) == "done"
    assert (await city.balance("treasury"), await city.balance("clearing")) == (0, 0)
    assert await night(city) == (0, 50_000, 50_000, 0, 0)


async def test_many_at_once_get_no_more_than_was_taken(city: City) -> None:
    bought = [await city.paid(20_000) for _ in range(4)]
    await night(city)
    await city.economy.served.admin.execute("UPDATE economy.batch SET net = 50000")

    async def one(payment: str) -> str:
        try:
            return state(await city.refund(payment))
        except RefusedError as error:
            return error.reason

    outcomes = await asyncio.gather(*(one(each.id) for each in bought))
    assert sorted(outcomes) == ["INSUFFICIENT_FUNDS"] * 2 + ["done"] * 2
    assert (await city.balance("treasury"), await city.adds_up()) == (40_000, True)


@pytest.mark.parametrize("closed", [False, True])
async def test_a_business_gives_back_out_of_its_own_alone(city: City, *, closed: bool) -> None:
    shop = await city.business()
    await city.cash((await city.ask(500_000)).id)
    sold = await city.paid(50_000, caller=OWNER, merchant=shop)
    if closed:
        await night(city)
        with refused("INSUFFICIENT_FUNDS"):
            await city.refund(sold.id, caller=OWNER)
    else:
        assert state(await city.refund(sold.id, caller=OWNER)) == "done"
    assert await city.adds_up()
