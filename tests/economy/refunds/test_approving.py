"""Refunds above the limit: two people decide, what was asked for is reserved, cash lies ready at the counter."""

from uuid import UUID

import asyncpg
import pytest

from smartcity.economy.v1 import payments_pb2 as pb
from tests.economy.conftest import (
    CITIZEN,
    MARKETS,
    TREASURER,
    TREASURER_2,
    refused,
)
from tests.economy.payments.cases import City, set_status, state

LIMIT = 500_000


async def test_above_the_limit_two_people_decide(city: City) -> None:
    paid = await city.paid(600_000)
    assert (await city.check(paid.id)).needs_approval
    refund = await city.refund(paid.id)
    assert (state(refund), city.bank.refunds) == ("requested", {})
    told = await city.check(paid.id)
    assert (told.possible, told.reason, told.most.units) == (False, "REFUNDED_BEFORE", 0)
    for caller, reason in ((MARKETS, "TREASURY_ONLY"), (CITIZEN, "ROLE_NOT_ALLOWED")):
        with refused(reason):
            await city.approve(refund, caller)
    assert [each.id for each in await city.refunds()] == [refund.id]
    for at_counter in (True, False):
        assert bool(await city.refunds(at_counter=at_counter)) is not at_counter
    done = await city.approve(refund)
    assert state(done) == "done"
    assert await city.takings() == 0
    with refused("INVALID_TRANSITION"):
        await city.approve(done, TREASURER_2)
    assert await city.events(paid.id) == ["PaymentCreated", "PaymentCaptured", "RefundRequested", "PaymentRefunded"]


async def test_who_asked_does_not_approve_and_the_database_agrees(city: City) -> None:
    paid = await city.paid(600_000)
    refund = await city.refund(paid.id, caller=TREASURER)
    with refused("SECOND_PERSON_REQUIRED"):
        await city.approve(refund, TREASURER)
    for caller, own in ((TREASURER, True), (TREASURER_2, False)):
        assert [each.own for each in await city.refunds(caller=caller)] == [own], "offered to whoever may approve it"
    with pytest.raises(asyncpg.CheckViolationError):
        await city.economy.served.admin.execute("UPDATE economy.refund SET approved_by = requested_by")
    assert state(await city.approve(refund, TREASURER_2)) == "done"


async def test_the_limit_cannot_be_evaded_in_small_parts(city: City) -> None:
    paid = await city.paid(900_000)
    assert state(await city.refund(paid.id, 300_000)) == "done"
    assert state(await city.refund(paid.id, 200_000)) == "done"
    assert state(await city.refund(paid.id, 1)) == "requested"


async def test_what_was_asked_for_is_reserved_until_it_is_rejected(city: City) -> None:
    paid, other = await city.paid(600_000), await city.paid(400_000)
    refund = await city.refund(paid.id)
    assert (await city.check(other.id)).possible
    await city.refund(other.id)
    third = await city.paid(50_000)
    await city.refund(third.id)
    assert await city.takings() == 600_000
    with refused("STALE_ETAG"):
        stale = pb.Refund(id=refund.id, etag="9")
        await city.reject(stale)
    rejected = await city.reject(refund)
    assert (state(rejected), rejected.refusal) == ("rejected", "Bukan salah kami")
    assert (await city.check(paid.id)).most.units == 600_000
    assert (await city.events(paid.id))[-2:] == ["RefundRequested", "RefundRejected"]
    assert await city.adds_up()


async def test_cash_above_the_limit_lies_ready_until_the_counter_has_handed_it_out(city: City) -> None:
    paid = await city.cash((await city.ask(750_000)).id)
    asked = await city.refund(paid.id)
    ready = await city.approve(asked)
    assert (state(ready), ready.at_counter, state(await city.get(paid.id))) == ("requested", True, "captured")
    assert (await city.refunds(at_counter=True), await city.refunds(at_counter=False)) == ([ready], [])
    with refused("STALE_ETAG"):
        await city.approve(asked, TREASURER_2)
    with refused("PAYMENT_OF_OTHERS"):
        await city.approve(ready, TREASURER_2)
    (seen,) = await city.refunds(merchant=paid.merchant, caller=MARKETS)
    assert not seen.own, "who asked for it at the counter hands it out there"
    done = await city.approve(ready, MARKETS)
    assert (state(done), done.HasField("at_counter"), state(await city.get(paid.id))) == ("done", False, "refunded")
    assert (await city.balance("cash"), await city.takings()) == (0, 0)
    acts = "SELECT what, doer FROM act ORDER BY id DESC LIMIT 2"
    assert [tuple(row) for row in await city.economy.runtime.pool.fetch(acts)] == [
        ("cash_handed_out", MARKETS.subject),
        ("refund_approved", TREASURER.subject),
    ]
    assert await city.adds_up()


async def test_cash_that_is_back_or_was_refused_is_agreed_to_by_nobody_any_more(city: City) -> None:
    """Else it would not count any more towards what one person may give back alone."""
    paid = await city.cash((await city.ask(900_000)).id)
    done = await city.refund(paid.id, LIMIT)
    rejected = await city.reject(await city.refund(paid.id, 100_000))
    for refund in (done, rejected):
        with refused("INVALID_TRANSITION"):
            await city.approve(refund)
    assert state(await city.refund(paid.id, 1)) == "requested", "the limit is used up"
    acts = "SELECT count(*) FROM act WHERE what = 'refund_approved'"
    assert await city.economy.runtime.pool.fetchval(acts) == 0
    assert await city.adds_up()


async def test_nothing_goes_back_from_who_was_frozen_since_it_was_asked_for_until_they_are_open(city: City) -> None:
    paid, cash = await city.paid(600_000), await city.cash((await city.ask(700_000)).id)
    asked = [await city.refund(paid.id), await city.refund(cash.id)]
    payee = await city.economy.runtime.pool.fetchval(
        "SELECT account FROM merchant WHERE id = $1", UUID(await city.counter())
    )
    await set_status(city, payee, "frozen")
    for refund in asked:
        with refused("ACCOUNT_FROZEN"):
            await city.approve(refund)
    assert (city.bank.refunds, {each.id for each in await city.refunds()}) == ({}, {each.id for each in asked})
    await set_status(city, payee, "open")
    assert [state(await city.approve(each)) for each in asked] == ["done", "requested"]
    assert await city.adds_up()


async def test_a_bank_that_did_not_take_the_payment_is_not_asked_to_give_it_back(city: City) -> None:
    paid = await city.paid(600_000)
    refund = await city.refund(paid.id)
    city.bank.name = "another"
    with refused("PROVIDER_DIFFERS"):
        await city.approve(refund)
    assert city.bank.refunds == {}
    city.bank.name = "bank-in-memory"
    assert state(await city.approve(refund)) == "done"


async def test_cash_for_a_wallet_is_given_back_at_once_since_no_counter_took_it(city: City) -> None:
    await city.wallet()
    paid = await city.cash((await city.top_up(600_000)).id, TREASURER)
    done = await city.approve(await city.refund(paid.id, caller=TREASURER), TREASURER_2)
    assert (state(done), state(await city.get(paid.id))) == ("done", "refunded")
