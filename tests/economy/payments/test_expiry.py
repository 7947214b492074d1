"""What happens by itself: payments expire, what is in doubt is asked for."""

from typing import Any

import pytest

from services.economy.captures.model import Outcome
from services.economy.providers.model import Status
from services.economy.resources import resources
from tests.economy.conftest import refused
from tests.economy.payments.cases import City, state


async def test_a_payment_expires_by_itself_and_tells_so(city: City) -> None:
    payment = await city.ask()
    await city.tick(minutes=14, seconds=59)
    assert state(await city.get(payment.id)) == "created"
    await city.tick(seconds=1)
    assert state(await city.get(payment.id)) == "expired"
    assert await city.events(payment.id) == ["PaymentCreated", "PaymentExpired"]
    with refused("PAYMENT_EXPIRED"):
        await city.cash(payment.id)


async def test_its_time_counts_also_before_the_timer_has_run(city: City) -> None:
    await city.wallet(100_000)
    payment = await city.ask()
    city.economy.pass_time(minutes=15)
    for act in (city.cash, city.pay, city.present):
        with refused("PAYMENT_EXPIRED"):
            await act(payment.id)
    assert await city.takings() == 0


async def test_many_expire_in_one_round(city: City) -> None:
    made = [await city.ask() for _ in range(30)]
    await city.tick(minutes=15)
    assert {state(await city.get(each.id)) for each in made} == {"expired"}
    assert (await city.events()).count("PaymentExpired") == 30


async def test_a_lost_notification_is_made_good_after_twenty_seconds(city: City) -> None:
    shown = await city.shown()
    notice = city.bank.pay(shown.code)
    await city.tick(seconds=19)
    assert city.bank.calls == ["generate"]
    await city.tick(seconds=1)
    assert state(await city.get(shown.id)) == "captured"
    assert await city.notice(notice) is Outcome.REPEATED


async def test_what_is_not_paid_is_asked_for_every_thirty_seconds(city: City) -> None:
    await city.shown()
    asked = []
    for _ in range(90):
        await city.tick(seconds=1)
        asked.append(city.bank.calls.count("query"))
    assert [asked.index(number) + 1 for number in (1, 2, 3)] == [20, 50, 80]


async def test_the_bank_is_asked_before_a_shown_payment_expires(city: City) -> None:
    shown = await city.shown(seconds=60)
    await city.tick(seconds=59)
    city.bank.pay(shown.code)
    await city.tick(seconds=1)
    assert state(await city.get(shown.id)) == "captured"
    assert await city.takings() == 50_000


async def test_what_the_bank_said_before_the_end_says_nothing_of_the_end(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = await city.shown(seconds=60)
    query = city.bank.query

    async def slow(*asked: Any) -> Status:
        answer = await query(*asked)
        city.bank.pay(shown.code)
        city.economy.pass_time(seconds=2)
        monkeypatch.undo()
        return answer

    monkeypatch.setattr(city.bank, "query", slow)
    await city.tick(seconds=59)
    assert state(await city.get(shown.id)) == "pending"
    await city.tick()
    assert state(await city.get(shown.id)) == "captured"
    assert await city.suspense() == []


async def test_with_the_bank_away_a_shown_payment_expires_a_minute_late(city: City) -> None:
    shown = await city.shown(seconds=60)
    city.bank.away = {"query"}
    await city.tick(seconds=119)
    assert state(await city.get(shown.id)) == "pending"
    await city.tick(seconds=10)
    assert state(await city.get(shown.id)) == "expired"
    assert await city.notice(city.bank.pay(shown.code)) is Outcome.SUSPENDED


async def test_a_bank_that_comes_back_in_time_is_believed(city: City) -> None:
    shown = await city.shown(seconds=60)
    city.bank.away = {"query"}
    await city.tick(seconds=65)
    city.bank.pay(shown.code)
    city.bank.away = set()
    await city.tick(seconds=10)
    assert state(await city.get(shown.id)) == "captured"


async def test_a_shown_payment_expires_also_when_the_bank_was_disconnected(city: City) -> None:
    shown = await city.shown(seconds=60)
    resources(city.economy.runtime).provider = None
    await city.tick(seconds=121)
    assert state(await city.get(shown.id)) == "expired"


async def test_another_amount_told_on_doubt_is_put_aside_once_and_the_payment_expires(city: City) -> None:
    shown = await city.shown()
    city.bank.pay(shown.code, 1)
    for _ in range(4):
        await city.tick(minutes=4)
    assert state(await city.get(shown.id)) == "expired"
    assert [item.amount.units for item in await city.suspense()] == [1]
    assert await city.adds_up()
