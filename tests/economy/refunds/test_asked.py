"""A pillar asks by event that something be given back: once, of its own payments, the way the money came."""

import asyncio
import runpy
from datetime import timedelta
from typing import Any

import pytest

from services.economy.ledger import actions as ledger
from services.economy.ledger.model import Account
from services.economy.pillar import PILLAR
from services.economy.refunds import reactions, timers
from services.economy.settlement import actions as settlement
from services.kit.caller import Caller
from services.kit.database import Transaction
from services.kit.events import Event
from services.kit.ids import uuid7
from smartcity.economy.v1 import events_pb2
from smartcity.types.v1.money_pb2 import Money
from smartcity.types.v1.refunds_pb2 import PaymentRefundRequested
from tests.economy.conftest import MARKETS, OWNER, TREASURER, officer, refused
from tests.economy.payments.cases import City, rupiah, set_status, state
from tests.economy.payments.test_requested import created


async def gives_back(city: City, asker: str = "environment", *, alone: bool = False, **fields: Any) -> list[Any]:
    """A pillar asks, in a batch with others unless ``alone``; answers with what was emitted."""
    good = {"refund": "BACK-1", "request": "PICKUP-1", "amount": rupiah(75_000), "reason": "Tidak jadi"}
    event: Event[Any] = Event(
        id=uuid7(),
        type="smartcity.types.v1.PaymentRefundRequested",
        source=f"/smartcity/semarang/{asker}",
        time=city.economy.now,
        aggregate="PICKUP-1",
        version=1,
        correlation="story of PICKUP-1",
        causation=None,
        exercise=False,
        traceparent=None,
        message=PaymentRefundRequested(**{**good, **fields}),
    )
    before = len(await city.economy.outbox())
    async with city.economy.runtime.transaction() as tx:
        if not alone:
            await reactions.before_refunds_requested(tx, [event])
        await reactions.on_refund_requested(tx, event)
    return (await city.economy.outbox())[before:]


async def written(city: City) -> int:
    """How many refunds are written down."""
    return int(await city.economy.runtime.pool.fetchval("SELECT count(*) FROM refund"))


async def paid(city: City) -> str:
    """A payment that a pillar asked for and that somebody paid from their wallet."""
    payment, _ = await created(city, payer=OWNER.subject)
    await city.wallet(100_000, OWNER)
    await city.pay(payment.id, OWNER)
    return payment.id


async def test_it_goes_back_the_way_it_came_whatever_its_size_and_age_and_is_told_under_the_askers_reference(
    city: City,
) -> None:
    payment = await paid(city)
    city.economy.pass_time(days=60)
    (row,) = await gives_back(city)
    told = events_pb2.PaymentRefunded.FromString(row["payload"])
    assert (row["type"].rpartition(".")[2], row["correlation"]) == ("PaymentRefunded", "story of PICKUP-1")
    assert (told.reference, told.payment.request, told.amount) == ("BACK-1", "PICKUP-1", rupiah(75_000))
    assert state(await city.get(payment)) == "refunded"


async def test_what_the_payers_full_wallet_cannot_take_is_refused_and_given_back_when_it_can(city: City) -> None:
    payment = await paid(city)
    wallet = await city.wallet(2_000_000 - 25_000, OWNER)
    (row,) = await gives_back(city)
    told = events_pb2.RefundRejected.FromString(row["payload"])
    assert (told.reference, told.reason) == ("BACK-1", "LIMIT_EXCEEDED")
    assert await written(city) == 0
    await city.pay((await city.ask(75_000)).id, OWNER)
    (row,) = await gives_back(city, refund="BACK-2")
    assert events_pb2.PaymentRefunded.FromString(row["payload"]).reference == "BACK-2"
    assert (state(await city.get(payment)), await city.balance(wallet)) == ("refunded", 2_000_000)
    assert await city.adds_up()


async def test_what_a_frozen_wallet_cannot_take_is_given_back_after_it_is_opened(city: City) -> None:
    payment = await paid(city)
    wallet = await city.wallet(caller=OWNER)
    await set_status(city, wallet, "frozen")
    (row,) = await gives_back(city)
    assert events_pb2.RefundRejected.FromString(row["payload"]).reason == "ACCOUNT_FROZEN"
    assert await written(city) == 0
    await set_status(city, wallet, "open")
    assert len(await gives_back(city, refund="BACK-2")) == 1
    assert (state(await city.get(payment)), await city.balance(wallet)) == ("refunded", 100_000)


async def test_the_bank_gives_back_nothing_that_the_night_has_swept_meanwhile(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The counter is emptied after its account was read and before the money is reserved, if that can be."""
    payment, _ = await created(city)
    shown = await city.present(payment.id)
    await city.notice(city.bank.pay(shown.code))
    nights: list[asyncio.Task[Any]] = []

    async def night() -> None:
        until = city.economy.now + timedelta(days=1)
        await settlement.close_day(city.economy.runtime, city.economy.now.date(), until)

    read = ledger.account

    async def account(tx: Transaction, id_: Any) -> Account:
        found = await read(tx, id_)
        if not nights:
            nights.append(asyncio.create_task(night()))
            await asyncio.wait(nights, timeout=1)
        return found

    monkeypatch.setattr(ledger, "account", account)
    answers = await gives_back(city, alone=True)
    await asyncio.gather(*nights)
    city.economy.pass_time(minutes=1)
    await timers.send(city.economy.runtime)
    given = sum(one.amount for one in city.bank.refunds.values())
    assert given == (await city.get(payment.id)).refunded.units
    assert await city.economy.runtime.pool.fetchval("SELECT count(*) FROM refund WHERE state <> 'done'") == 0
    assert (len(answers), given) in {(1, 0), (0, 75_000)}
    assert await city.adds_up()


async def test_a_refund_that_the_ledger_refused_before_and_that_stayed_done_can_be_asked_for_again(city: City) -> None:
    payment = await paid(city)
    await gives_back(city, amount=rupiah(25_000))
    admin = city.economy.served.admin
    await admin.execute(
        "INSERT INTO economy.refund SELECT (jsonb_populate_record(refund, $1)).* FROM economy.refund",
        f'{{"id": "{uuid7()}", "amount": 50000, "reference": "REFUSED-1"}}',
    )
    (row,) = await gives_back(city, refund="BACK-2", amount=rupiah(50_000))
    assert events_pb2.RefundRejected.FromString(row["payload"]).reason == "REFUNDED_BEFORE"
    made = runpy.run_path(str(PILLAR.migrations / "2026_11_30_refunds_unbooked.py"))
    await city.economy.runtime.pool.execute(made["FAIL"])
    states = await admin.fetch("SELECT reference, state FROM economy.refund ORDER BY reference")
    assert [tuple(row) for row in states] == [("BACK-1", "done"), ("REFUSED-1", "failed")]
    await gives_back(city, refund="BACK-3", amount=rupiah(50_000))
    assert state(await city.get(payment)) == "refunded"


async def test_asking_again_changes_nothing_and_parts_add_up_to_no_more_than_was_paid(city: City) -> None:
    payment = await paid(city)
    assert len(await gives_back(city, amount=rupiah(50_000))) == 1
    assert await gives_back(city, amount=rupiah(50_000)) == []
    (row,) = await gives_back(city, refund="BACK-2", amount=rupiah(25_001))
    told = events_pb2.RefundRejected.FromString(row["payload"])
    assert (told.reason, told.refunded) == ("REFUND_TOO_LARGE", rupiah(50_000))
    assert len(await gives_back(city, refund="BACK-3", amount=rupiah(25_000))) == 1
    assert state(await city.get(payment)) == "refunded"
    await timers.send(city.economy.runtime)


@pytest.mark.parametrize(
    ("asker", "fields", "reason"),
    [
        ("society", {}, "PAYMENT_NOT_FOUND"),
        ("environment", {"request": "PICKUP-2"}, "PAYMENT_NOT_FOUND"),
        ("environment", {"amount": Money(currency="IDR", units=0)}, "AMOUNT_INVALID"),
        ("environment", {"amount": Money(currency="USD", units=5)}, "CURRENCY_UNKNOWN"),
    ],
)
async def test_what_cannot_be_given_back_is_said_with_its_reason(
    city: City, asker: str, fields: dict[str, Any], reason: str
) -> None:
    await paid(city)
    (row,) = await gives_back(city, asker, **fields)
    told = events_pb2.RefundRejected.FromString(row["payload"])
    assert (row["type"].rpartition(".")[2], told.reference, told.reason) == ("RefundRejected", "BACK-1", reason)
    assert told.payment.requester == asker


async def test_what_was_paid_in_cash_lies_ready_until_an_officer_of_the_counter_hands_it_out(city: City) -> None:
    payment, _ = await created(city, payer=OWNER.subject)
    cleaner = officer("dlh")
    await city.cash(payment.id, cleaner)
    (row,) = await gives_back(city)
    told = events_pb2.RefundRequested.FromString(row["payload"])
    assert (row["type"].rpartition(".")[2], told.reference, told.amount) == (
        "RefundRequested",
        "BACK-1",
        rupiah(75_000),
    )
    assert (state(await city.get(payment.id)), await city.balance("cash")) == ("captured", -75_000)
    (ready,) = await city.refunds(merchant=await city.counter("dlh"), caller=cleaner)
    assert (ready.at_counter, ready.reason, state(ready)) == (True, "Tidak jadi", "requested")
    assert (await city.refunds(at_counter=True), await city.refunds(at_counter=False)) == ([ready], [])
    for caller, reason in (
        (TREASURER, "PAYMENT_OF_OTHERS"),
        (MARKETS, "PAYMENT_OF_OTHERS"),
        (OWNER, "ROLE_NOT_ALLOWED"),
    ):
        with refused(reason):
            await city.approve(ready, caller)
    with refused("OWN_MATTER"):
        await city.approve(ready, Caller(OWNER.subject, cleaner.roles, "dlh"))
    done = await city.approve(ready, cleaner)
    assert (state(done), done.HasField("at_counter")) == ("done", False)
    assert (state(await city.get(payment.id)), await city.balance("cash")) == ("refunded", 0)
    (row,) = [row for row in await city.economy.outbox() if row["type"].endswith("PaymentRefunded")]
    assert events_pb2.PaymentRefunded.FromString(row["payload"]).reference == "BACK-1"
    acts = "SELECT what, doer, asker, amount FROM act ORDER BY id DESC LIMIT 1"
    assert tuple(*await city.economy.runtime.pool.fetch(acts)) == ("refund_given", cleaner.subject, "", 75_000)
    assert await city.adds_up()


async def test_nothing_is_given_back_of_what_nobody_paid(city: City) -> None:
    await created(city)
    (row,) = await gives_back(city)
    assert events_pb2.RefundRejected.FromString(row["payload"]).reason == "PAYMENT_NOT_CAPTURED"
