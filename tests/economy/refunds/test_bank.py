"""What the bank gives back: refused, in doubt, asked again, and once whoever dies."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import pytest

from services.economy.refunds import actions, timers
from services.economy.resources import resources
from smartcity.economy.v1 import payments_pb2 as pb
from tests.economy.conftest import (
    refused,
)
from tests.economy.payments.cases import City, state


async def test_a_refund_goes_only_through_the_bank_that_took_the_money(city: City) -> None:
    paid = await city.paid()
    city.bank.name = "another-bank"
    assert (await city.check(paid.id)).reason == "PROVIDER_DIFFERS"
    resources(city.economy.runtime).provider = None
    with refused("PROVIDER_DIFFERS"):
        await city.refund(paid.id)


async def test_a_bank_that_refuses_frees_what_was_reserved(city: City) -> None:
    paid = await city.paid(50_000)
    city.bank.refuses_refunds = True
    failed = await city.refund(paid.id)
    assert (state(failed), failed.refusal) == ("failed", "The bank refused (4037814).")
    assert failed.bank_code == "4037814"
    assert (await city.check(paid.id)).most.units == 50_000
    assert (await city.events(paid.id))[-1] == "RefundRejected"
    city.bank.refuses_refunds = False
    assert state(await city.refund(paid.id)) == "done"
    assert await city.adds_up()


@pytest.mark.parametrize(
    ("given", "good"), [((20_000,), True), ((10_000,), False), ((30_000,), False), ((10_000, 40_000), True)]
)
async def test_what_the_bank_refused_is_made_good_by_as_much_again_or_when_nothing_is_left(
    city: City, given: Sequence[int], good: bool
) -> None:
    paid = await city.paid(50_000)
    city.bank.refuses_refunds = True
    failed = await city.refund(paid.id, 20_000)
    assert not failed.made_good
    city.bank.refuses_refunds = False
    for amount in given:
        await city.refund(paid.id, amount)
    (told,) = await city.refunds(pb.REFUND_STATE_FAILED)
    assert (told.id, told.made_good) == (failed.id, good)


@pytest.mark.parametrize("loss", ["refund", "refund late"])
async def test_a_bank_in_doubt_is_asked_again_and_gives_back_once(city: City, loss: str) -> None:
    paid = await city.paid(50_000)
    city.bank.away = {loss}
    refund = await city.refund(paid.id)
    assert (state(refund), await city.takings()) == ("processing", 50_000)
    await city.tick(seconds=9)
    city.bank.away = set()
    assert city.bank.calls.count("refund") == 1
    await city.tick(seconds=1)
    (done,) = await city.refunds(pb.REFUND_STATE_DONE)
    assert (done.id, await city.takings(), len(city.bank.refunds)) == (refund.id, 0, 1)
    assert state(await city.get(paid.id)) == "refunded"


async def test_api_and_timer_at_once_give_back_once(city: City) -> None:
    paid = await city.paid(50_000)
    city.bank.away = {"refund"}
    refund = UUID((await city.refund(paid.id)).id)
    city.bank.away = set()
    city.economy.pass_time(seconds=30)
    runtime = city.economy.runtime
    await asyncio.gather(*(actions.send(runtime, refund) for _ in range(5)), *(timers.send(runtime) for _ in range(3)))
    assert (await city.takings(), len(city.bank.refunds)) == (0, 1)
    assert (await city.events(paid.id)).count("PaymentRefunded") == 1
    assert await city.adds_up()


async def test_a_process_that_dies_after_asking_the_bank_finishes_later(city: City) -> None:
    """The bank gave the money back; the process ended before it could write that down."""
    paid = await city.paid(50_000)
    city.bank.away = {"refund late"}
    await city.refund(paid.id)
    assert len(city.bank.refunds) == 1
    city.bank.away = set()
    await city.tick(seconds=10)
    assert (state(await city.get(paid.id)), len(city.bank.refunds)) == ("refunded", 1)
