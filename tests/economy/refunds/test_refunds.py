"""Giving money back: told beforehand, offered where it is possible, by whom it may, never too much."""

import asyncio

import pytest

from services.economy.captures.model import Outcome
from services.economy.resources import resources
from services.kit.caller import Caller
from smartcity.economy.v1 import payments_pb2 as pb
from smartcity.economy.v1.settlement_pb2 import CloseDayRequest
from tests.economy.conftest import (
    ADMIN,
    CITIZEN,
    MARKETS,
    OWNER,
    TREASURER,
    RefusedError,
    officer,
    refused,
    request_id,
)
from tests.economy.merchants import cases as merchants
from tests.economy.payments.cases import City, freeze, rupiah, state

LIMIT = 500_000


async def test_a_bank_refund_is_told_beforehand_and_goes_back_through_the_bank(city: City) -> None:
    paid = await city.paid(50_000)
    told = await city.check(paid.code)
    assert (told.possible, told.way, told.amount, told.most) == (
        True,
        pb.REFUND_WAY_BANK,
        rupiah(50_000),
        rupiah(50_000),
    )
    assert not told.needs_approval
    refund = await city.refund(paid.code, 20_000)
    assert (state(refund), refund.way, refund.payment_code) == ("done", pb.REFUND_WAY_BANK, paid.code)
    (order,) = city.bank.refunds.values()
    assert (order.id, order.code, order.amount) == (refund.id, paid.code, 20_000)
    assert order.provider_reference == f"REF-{paid.code}"
    partly = await city.get(paid.id)
    assert (state(partly), partly.refunded.units) == ("partly_refunded", 20_000)
    assert (await city.takings(), await city.balance("clearing")) == (30_000, -30_000)
    await city.refund(paid.code)
    assert state(await city.get(paid.id)) == "refunded"
    assert await city.events(paid.id) == ["PaymentCreated", "PaymentCaptured", "PaymentRefunded", "PaymentRefunded"]
    assert await city.adds_up()


async def test_a_wallet_gets_its_money_back_at_once(city: City) -> None:
    wallet = await city.wallet(100_000)
    payment = await city.ask(40_000)
    await city.pay(payment.id)
    assert (await city.check(payment.id)).way == pb.REFUND_WAY_WALLET
    assert state(await city.refund(payment.id, 15_000)) == "done"
    assert (await city.balance(wallet), await city.takings()) == (75_000, 25_000)
    assert city.bank.calls == []


async def test_cash_is_given_back_at_the_counter_by_its_agency_alone(city: City) -> None:
    payment = await city.ask(40_000)
    await city.cash(payment.id)
    for caller in (TREASURER, officer("dlh"), CITIZEN):
        with refused("PAYMENT_OF_OTHERS"):
            await city.refund(payment.id, caller=caller)
    assert state(await city.refund(payment.id)) == "done"
    assert (await city.balance("cash"), await city.takings()) == (0, 0)


async def test_an_owner_gives_back_and_bears_the_fee(city: City) -> None:
    shop = await city.business()
    paid = await city.paid(LIMIT + 100_000, caller=OWNER, merchant=shop)
    told = await city.check(paid.id, caller=OWNER)
    assert (told.possible, told.reason) == (False, "INSUFFICIENT_FUNDS")
    assert told.most.units == 600_000 - 1_800
    await city.paid(10_000, caller=OWNER, merchant=shop)
    assert (await city.check(paid.id, caller=OWNER)).possible
    with refused("PAYMENT_OF_OTHERS"):
        await city.check(paid.id, caller=MARKETS)


async def test_nothing_unpaid_or_too_late_or_too_much_is_given_back(city: City) -> None:
    unpaid = await city.ask()
    paid = await city.paid(50_000)
    with refused("PAYMENT_NOT_CAPTURED"):
        await city.refund(unpaid.id)
    with refused("REFUND_TOO_LARGE"):
        await city.refund(paid.id, 50_001)
    assert (await city.check(paid.id, 50_001)).most.units == 50_000
    city.economy.pass_time(days=30)
    assert (await city.check(paid.id)).possible
    city.economy.pass_time(seconds=1)
    told = await city.check(paid.id)
    assert (told.possible, told.reason, told.most.units) == (False, "REFUND_TOO_LATE", 0)
    with refused("REFUND_TOO_LATE"):
        await city.refund(paid.id)
    assert await city.takings() == 50_000


async def test_a_frozen_account_gives_nothing_back(city: City) -> None:
    paid = await city.paid(50_000)
    await freeze(city, await city.counter())
    told = await city.check(paid.id)
    assert (told.possible, told.reason, told.most.units) == (False, "ACCOUNT_FROZEN", 0)
    with refused("ACCOUNT_FROZEN"):
        await city.refund(paid.id)


async def test_who_has_ended_reads_that_the_account_is_closed_and_not_that_it_is_frozen(city: City) -> None:
    business = await city.business()
    paid = await city.paid(20_000, merchant=business, caller=OWNER)
    closing = CloseDayRequest(request_id=request_id(), day="2026-11-24", early=True)
    await city.economy.call("SettlementService.CloseDay", closing, TREASURER)
    await merchants.move(city.economy, "Close", await merchants.get(city.economy, business))
    told = await city.check(paid.id, caller=OWNER)
    assert (told.possible, told.reason, told.most.units) == (False, "ACCOUNT_CLOSED", 0)
    for caller in (OWNER, TREASURER):
        with refused("ACCOUNT_CLOSED"):
            await city.refund(paid.id, caller=caller)


@pytest.mark.parametrize("reason", ["", "tes", "     ", "\u202e\u2066 \u202d", "x" * 141])
async def test_a_refund_needs_a_reason(city: City, reason: str) -> None:
    paid = await city.paid()
    request = pb.CreateRefundRequest(request_id=request_id(), payment=paid.id, reason=reason)
    with refused("REASON_REQUIRED"):
        await city.economy.call("PaymentService.CreateRefund", request, MARKETS)


async def test_the_same_key_gives_back_once(city: City) -> None:
    paid, key = await city.paid(50_000), request_id()
    first = await city.refund(paid.id, 10_000, key=key)
    assert await city.refund(paid.id, 10_000, key=key) == first
    with refused("IDEMPOTENCY_KEY_REUSED"):
        await city.refund(paid.id, 20_000, key=key)
    assert await city.takings() == 40_000


async def test_who_looked_before_something_was_given_back_looks_again(city: City) -> None:
    paid = await city.paid(50_000)
    seen = (await city.check(paid.id)).left
    ask = pb.CreateRefundRequest(
        request_id=request_id(), payment=paid.id, amount=rupiah(20_000), reason="Dibayar dua kali", left=seen
    )
    for _ in range(2):  # the same one is answered as before
        answer = await city.economy.call("PaymentService.CreateRefund", ask, MARKETS)
        assert state(answer.refund) == "done"
    ask.request_id = request_id()
    with refused("REFUND_CHANGED"):
        await city.economy.call("PaymentService.CreateRefund", ask, MARKETS)
    assert (await city.takings(), (await city.check(paid.id)).left) == (30_000, rupiah(30_000))


async def test_who_paid_themselves_reads_that_somebody_else_gives_it_back_whatever_was_left(city: City) -> None:
    shop = await city.business()
    await city.wallet(50_000, OWNER)
    paid = await city.pay((await city.ask(50_000, OWNER, merchant=shop)).id, OWNER)
    ask = pb.CreateRefundRequest(
        request_id=request_id(), payment=paid.id, reason="Dibayar dua kali", left=rupiah(50_000)
    )
    with refused("OWN_MATTER"):
        await city.economy.call("PaymentService.CreateRefund", ask, OWNER)


async def test_many_refunds_at_once_never_give_back_more_than_was_paid(city: City) -> None:
    paid = await city.paid(50_000)
    await city.paid(200_000)

    async def one() -> str:
        try:
            return state(await city.refund(paid.id, 20_000))
        except RefusedError as error:
            return error.reason

    outcomes = await asyncio.gather(*(one() for _ in range(6)))
    assert sorted(outcomes) == ["REFUND_TOO_LARGE"] * 4 + ["done"] * 2
    assert await city.takings() == 210_000
    assert await city.adds_up()


async def test_a_merchants_refunds_are_listed_for_it_and_all_for_the_treasury(city: City) -> None:
    shop, counter = await city.business(), await city.counter()
    first = await city.refund((await city.paid(10_000)).id)
    second = await city.refund((await city.paid(20_000, caller=OWNER, merchant=shop)).id, caller=OWNER)
    done = pb.REFUND_STATE_DONE
    assert {each.id for each in await city.refunds(done)} == {first.id, second.id}
    assert [each.id for each in await city.refunds(done, merchant=counter, caller=MARKETS)] == [first.id]
    for name in (first.payment, first.payment_code):
        assert [each.id for each in await city.refunds(done, payment=name)] == [first.id]
        found = await city.refunds(done, merchant=counter, payment=name, caller=MARKETS)
        assert [each.id for each in found] == [first.id]
    for named in ({"payment": second.payment}, {"payment": "SMGP-0000-00"}):
        with refused("PAYMENT_NOT_FOUND"):
            await city.refunds(done, merchant=counter, caller=MARKETS, **named)
    with refused("TREASURY_ONLY"):
        await city.refunds(done, payment=first.payment, caller=MARKETS)
    assert [each.id for each in await city.refunds(done, merchant=shop, caller=OWNER)] == [second.id]
    with refused("TREASURY_ONLY"):
        await city.refunds(done, caller=MARKETS)
    with refused("MERCHANT_NOT_FOUND"):
        await city.refunds(done, merchant=shop, caller=MARKETS)
    for caller in (TREASURER, ADMIN):
        with refused("REFUND_NOT_FOUND"):
            await city.approve(pb.Refund(id="nothing", etag="1"), caller)


async def test_a_top_up_is_given_back_by_the_treasury_alone(city: City) -> None:
    wallet = await city.wallet()
    shown = await city.present((await city.top_up(80_000)).id)
    assert await city.notice(city.bank.pay(shown.code)) is Outcome.CAPTURED
    with refused("PAYMENT_OF_OTHERS"):
        await city.refund(shown.id, caller=CITIZEN)
    assert state(await city.refund(shown.id, caller=TREASURER)) == "done"
    assert (await city.balance(wallet), await city.balance("clearing")) == (0, 0)


async def test_a_refund_is_offered_exactly_where_one_is_possible(city: City) -> None:
    async def offered(*payments: pb.Payment, caller: Caller = MARKETS) -> set[str]:
        request = pb.CheckRefundsRequest(payments=[each.id for each in payments])
        return set((await city.economy.call("PaymentService.CheckRefunds", request, caller)).payments)

    unpaid, whole, part = (
        await city.ask(),
        await city.cash((await city.ask()).id),
        await city.cash((await city.ask()).id),
    )
    given, by_bank = await city.cash((await city.ask()).id), await city.paid()
    await city.refund(part.id, 1_000)
    await city.refund(given.id)
    assert await offered(unpaid, whole, part, given, by_bank) == {whole.id, part.id, by_bank.id}
    assert await offered(whole, part, by_bank, caller=TREASURER) == {by_bank.id}
    assert await offered(whole, part, by_bank, caller=CITIZEN) == set()
    bank, resources(city.economy.runtime).provider = resources(city.economy.runtime).provider, None
    assert await offered(whole, by_bank) == {whole.id}
    resources(city.economy.runtime).provider = bank
    city.economy.pass_time(days=31)
    assert await offered(whole, part, by_bank) == set()


async def test_the_newest_refund_of_a_payment_is_told_to_whom_its_payee_concerns(city: City) -> None:
    async def newest(caller: Caller) -> list[tuple[str, str, str]]:
        request = pb.CheckRefundsRequest(payments=[asked.id, untouched.id])
        found = (await city.economy.call("PaymentService.CheckRefunds", request, caller)).newest
        return [(each.payment, state(each), each.merchant_name) for each in found]

    asked, untouched = await city.paid(600_000), await city.paid()
    await city.refund(asked.id, 1_000)
    city.economy.pass_time(seconds=1)
    await city.reject(await city.refund(asked.id, 599_000))
    name = asked.merchant_name
    assert await newest(MARKETS) == await newest(TREASURER) == [(asked.id, "rejected", name)]
    assert await newest(CITIZEN) == []
