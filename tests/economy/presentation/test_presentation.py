"""The QRIS of a payment: the same one again, checked before it is shown, taken back when it is not wanted any more."""

import asyncio
from decimal import Decimal

import pytest

from services.economy.captures.model import Notice, Outcome
from services.economy.qris.model import decode
from services.economy.resources import resources
from tests.economy.conftest import ANONYMOUS, MARKETS, OWNER, refused
from tests.economy.merchants import cases as merchants
from tests.economy.payments.cases import NMID, City, state


async def test_a_qris_carries_our_amount_and_is_the_same_again(city: City) -> None:
    payment = await city.ask(50_000)
    shown = await city.present(payment.code, ANONYMOUS)
    read = decode(shown.qr)
    assert (state(shown), read.amount, read.nmid) == ("pending", Decimal(50_000), NMID)
    assert await city.present(payment.id) == shown
    assert (await city.get(payment.id)).qr == shown.qr
    assert city.bank.calls == ["generate"]


async def test_many_who_ask_at_once_get_one_qris(city: City) -> None:
    payment = await city.ask()
    found = await asyncio.gather(*(city.present(payment.id) for _ in range(10)))
    assert len({each.qr for each in found}) == 1
    assert len(city.bank.deals) == 1


async def test_without_a_bank_or_an_nmid_there_is_no_qris(city: City) -> None:
    payment = await city.ask()
    resources(city.economy.runtime).provider = None
    with refused("QRIS_NOT_AVAILABLE"):
        await city.present(payment.id)
    resources(city.economy.runtime).provider = city.bank
    await city.economy.served.admin.execute("UPDATE economy.merchant SET nmid = NULL, pan = NULL")
    with refused("QRIS_NOT_AVAILABLE"):
        await city.present(payment.id)
    assert state(await city.get(payment.id)) == "created"


@pytest.mark.parametrize("loss", ["generate", "generate late"])
async def test_a_bank_that_does_not_answer_is_asked_again(city: City, loss: str) -> None:
    payment = await city.ask()
    city.bank.away = {loss}
    with refused("PROVIDER_AWAY") as caught:
        await city.present(payment.id)
    assert "cash" in caught.value.message
    city.bank.away = set()
    shown = await city.present(payment.id)
    assert await city.notice(city.bank.pay(shown.code)) is Outcome.CAPTURED


async def test_a_qris_over_another_amount_is_not_shown(city: City) -> None:
    payment = await city.ask()
    city.bank.lies = True
    with refused("PROVIDER_LIED"):
        await city.present(payment.id)
    assert (await city.get(payment.id)).qr == ""
    city.bank.lies = False
    assert (await city.present(payment.id)).qr


async def test_what_is_over_or_paid_is_not_presented(city: City) -> None:
    over, paid = await city.ask(), await city.ask(seconds=86_400)
    await city.cash(paid.id)
    city.economy.pass_time(minutes=15)
    with refused("PAYMENT_EXPIRED"):
        await city.present(over.id)
    with refused("PAYMENT_ALREADY_PAID"):
        await city.present(paid.id)


async def test_a_top_up_is_paid_by_the_treasurys_qris(city: City) -> None:
    wallet = await city.wallet()
    shown = await city.present((await city.top_up(75_000)).id)
    assert decode(shown.qr).nmid == "ID0000000000105"
    assert await city.notice(city.bank.pay(shown.code)) is Outcome.CAPTURED
    assert await city.balance(wallet) == 75_000


async def test_cancelling_takes_the_qris_back_first(city: City) -> None:
    shown = await city.shown()
    assert state(await city.cancel(shown)) == "cancelled"
    assert city.bank.deals[shown.code].state == "cancelled"
    await city.tick(seconds=5)
    assert city.bank.calls == ["generate", "cancel"]


async def test_cancelling_what_was_just_paid_captures_it_instead(city: City) -> None:
    shown = await city.shown()
    notice = city.bank.pay(shown.code)
    with refused("PAYMENT_ALREADY_PAID"):
        await city.cancel(shown)
    assert state(await city.get(shown.id)) == "captured"
    assert await city.notice(notice) is Outcome.REPEATED
    assert await city.takings() == 50_000


async def test_a_bank_that_is_away_does_not_hinder_cancelling_and_hears_of_it_later(city: City) -> None:
    shown = await city.shown()
    city.bank.away = {"cancel"}
    assert state(await city.cancel(shown)) == "cancelled"
    await city.tick()
    assert city.bank.deals[shown.code].state == "pending"
    city.bank.away = set()
    await city.tick(seconds=11)
    assert city.bank.deals[shown.code].state == "cancelled"


async def test_what_was_paid_in_another_way_is_taken_back_at_the_bank(city: City) -> None:
    shown = await city.shown()
    await city.cash(shown.id)
    await city.tick(seconds=1)
    assert city.bank.deals[shown.code].state == "cancelled"
    await city.tick(seconds=60)
    assert city.bank.calls == ["generate", "cancel"]


async def test_what_was_paid_in_cash_and_by_qris_is_found_by_the_bank_and_put_aside(city: City) -> None:
    shown = await city.shown()
    await city.cash(shown.id)
    city.bank.pay(shown.code)
    await city.tick(seconds=1)
    assert [item.payment for item in await city.suspense()] == [shown.id]
    assert (await city.takings(), await city.balance("suspense")) == (50_000, 50_000)


async def test_more_than_a_qris_may_carry_is_not_presented(city: City) -> None:
    payment = await city.ask(10_000_000)
    await city.economy.served.admin.execute("UPDATE economy.payment SET amount = 10000001")
    with refused("QRIS_AMOUNT_TOO_LARGE"):
        await city.present(payment.id)


async def test_a_business_of_its_own_nmid_is_paid_by_its_own_qris(city: City) -> None:
    shop = await merchants.active(city.economy)
    shown = await city.shown(9_000, caller=OWNER, merchant=shop.id)
    assert decode(shown.qr).nmid == merchants.NMID
    with refused("MERCHANT_NOT_FOUND"):
        await city.ask(9_000, MARKETS, merchant=shop.id)


async def test_a_stopped_business_asks_for_no_money_and_what_was_on_its_way_counts(city: City) -> None:
    business = await merchants.active(city.economy)
    payment = await city.ask(50_000, OWNER, merchant=business.id)
    shown = await city.present(payment.id)
    assert (bool(shown.qr), shown.payee_stopped) == (True, False)
    stopped = await merchants.move(city.economy, "Suspend", business)
    asked = await city.get(payment.id)
    assert (state(asked), asked.qr, asked.payee_stopped) == ("pending", "", True)
    with refused("MERCHANT_NOT_PAYABLE"):
        await city.present(payment.id)
    await merchants.move(city.economy, "Activate", stopped)
    assert await city.present(payment.id) == shown, "the same again"
    await merchants.move(city.economy, "Suspend", await merchants.get(city.economy, business.id))
    reference = next(iter(city.bank.deals))
    assert await city.notice(Notice(reference, payment.code, 50_000, "IDR")) is Outcome.CAPTURED
    paid = await city.get(payment.id)
    assert (state(paid), paid.payee_stopped) == ("captured", False)
