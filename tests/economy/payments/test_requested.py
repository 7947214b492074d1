"""Another pillar asks for money with the shared event: economy knows no payer, and answers in the asker's story."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, cast

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from services.economy.captures.model import Outcome
from services.economy.ledger import actions as ledger
from services.economy.payments import actions, reactions
from services.kit.events import Event
from services.kit.events.consumer import Consumer, Letter
from services.kit.ids import uuid7
from smartcity.economy.v1 import events_pb2
from smartcity.economy.v1 import payments_pb2 as pb
from smartcity.types.v1.money_pb2 import Money
from smartcity.types.v1.payments_pb2 import PaymentRequested, PaymentRequestWithdrawn
from tests.economy.conftest import CITIZEN, OWNER, refused
from tests.economy.payments.cases import City, rupiah, state
from tests.governance.conftest import officer
from tests.kit.conftest import within


def asking(city: City, asker: str = "environment", **fields: Any) -> Event[Any]:
    """The event by which a pillar asks."""
    good = {
        "request": "PICKUP-1",
        "amount": rupiah(75_000),
        "purpose": "waste-pickup",
        "description": "Angkut sampah besar, 2 m3",
        "agency": "dlh",
    }
    return Event(
        id=uuid7(),
        type="smartcity.types.v1.PaymentRequested",
        source=f"/smartcity/semarang/{asker}",
        time=city.economy.now,
        aggregate="PICKUP-1",
        version=1,
        correlation="story of PICKUP-1",
        causation=None,
        exercise=False,
        traceparent=None,
        message=PaymentRequested(**{**good, **fields}),
    )


async def asks(city: City, asker: str = "environment", **fields: Any) -> list[Any]:
    """A pillar asks; answers with what was emitted."""
    event = asking(city, asker, **fields)
    before = len(await city.economy.outbox())
    async with city.economy.runtime.transaction() as tx:
        await reactions.on_payment_requested(tx, event)
    return (await city.economy.outbox())[before:]


async def created(city: City, **fields: Any) -> tuple[pb.Payment, pb.PaymentSummary]:
    """The payment that an ask created, and what was told of it."""
    (row,) = await asks(city, **fields)
    assert row["type"].endswith("PaymentCreated")
    assert row["correlation"] == "story of PICKUP-1"
    return await city.get(row["aggregate"]), events_pb2.PaymentCreated.FromString(row["payload"]).payment


async def test_the_agencys_counter_is_to_be_paid_in_the_askers_story(city: City) -> None:
    payment, told = await created(city)
    assert (state(payment), payment.merchant_name, payment.amount) == ("created", "PEMKOT KEBERSIHAN", rupiah(75_000))
    assert (told.requester, told.request, told.purpose) == ("environment", "PICKUP-1", "waste-pickup")
    assert told.area == "33.74.13.1005"


async def test_asking_again_changes_nothing_but_another_pillar_has_its_own_references(city: City) -> None:
    await created(city)
    assert await asks(city) == []
    assert len(await asks(city, "society")) == 1


async def test_place_payer_and_time_are_the_askers_to_say(city: City) -> None:
    until = Timestamp()
    until.FromDatetime(city.economy.now + timedelta(days=3))
    payment, told = await created(city, area="33.74.01.1007", payer=OWNER.subject, expire_time=until)
    assert (told.area, payment.expire_time) == ("33.74.01.1007", until)
    await city.wallet(100_000)
    with refused("PAYER_DIFFERS"):
        await city.pay(payment.id, CITIZEN)
    await city.wallet(100_000, OWNER)
    assert state(await city.pay(payment.id, OWNER)) == "captured"
    (*_, row) = await city.economy.outbox()
    assert (row["correlation"], row["type"].rpartition(".")[2]) == ("story of PICKUP-1", "PaymentCaptured")
    summary = events_pb2.PaymentCaptured.FromString(row["payload"]).payment
    assert summary.request == "PICKUP-1"


@pytest.mark.parametrize(
    "fields",
    [
        {"agency": "nobody"},
        {"agency": ""},
        {"agency": "dpu"},
        {"request": ""},
        {"amount": rupiah(0)},
        {"amount": rupiah(-1)},
        {"amount": Money(currency="USD", units=5)},
        {"purpose": "Not a word"},
    ],
)
async def test_what_cannot_be_collected_is_answered_as_cancelled(city: City, fields: dict[str, Any]) -> None:
    (row,) = await asks(city, **fields)
    assert (row["type"].rpartition(".")[2], row["correlation"]) == ("PaymentCancelled", "story of PICKUP-1")
    told = events_pb2.PaymentCancelled.FromString(row["payload"]).payment
    assert (told.id, told.requester) == ("", "environment")
    assert told.request == fields.get("request", "PICKUP-1")
    assert await city.economy.runtime.pool.fetchval("SELECT count(*) FROM payment") == 0


async def told_of(city: City, **fields: Any) -> list[tuple[str, str]]:
    """What a request from a wallet is answered with: events by name, with the reason where they have one."""
    rows = await asks(city, **{"from_wallet": True, "payer": CITIZEN.subject, "amount": rupiah(3_500), **fields})
    kinds = [(row["type"].rpartition(".")[2], row["payload"]) for row in rows]
    reasons = {
        name: events_pb2.PaymentCancelled.FromString(payload).reason
        for name, payload in kinds
        if name == "PaymentCancelled"
    }
    return [(name, reasons.get(name, "")) for name, _ in kinds]


async def test_what_a_payer_agreed_to_is_taken_from_their_wallet_at_once_and_once(city: City) -> None:
    account = await city.wallet(10_000)
    assert await told_of(city) == [("PaymentCreated", ""), ("PaymentCaptured", "")]
    assert await told_of(city) == []
    assert await told_of(city, request="PICKUP-2") == [("PaymentCreated", ""), ("PaymentCaptured", "")]
    pool = city.economy.runtime.pool
    assert await pool.fetchval("SELECT balance FROM account WHERE id = $1", account) == 3_000
    assert await pool.fetchval("SELECT sum(balance) FROM account") == 0
    assert await told_of(city, request="PICKUP-3") == [
        ("PaymentCreated", ""), ("PaymentCancelled", "INSUFFICIENT_FUNDS"),
    ]  # fmt: skip
    await city.wallet(10_000)
    assert await told_of(city, request="PICKUP-3") == [], "an answer is final; asking again is another request"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"payer": OWNER.subject}, "WALLET_MISSING"),
        ({"payer": ""}, "WALLET_MISSING"),
        ({"agency": "nobody"}, "AGENCY_UNKNOWN"),
    ],
)
async def test_what_cannot_be_taken_from_a_wallet_is_withdrawn_and_says_why(
    city: City, fields: dict[str, Any], reason: str
) -> None:
    await city.wallet(10_000)
    *_, last = await told_of(city, **fields)
    assert last == ("PaymentCancelled", reason)
    states = await city.economy.runtime.pool.fetch("SELECT DISTINCT state FROM payment WHERE requester <> ''")
    assert [row["state"] for row in states] in ([], ["cancelled"]), "nobody is asked to pay it otherwise"


async def test_what_was_declined_stays_so_though_it_could_be_taken_by_now(city: City) -> None:
    account = await city.wallet(10_000)
    declined = [("PaymentCancelled", "MERCHANT_NOT_PAYABLE")]
    await _counter_is(city, "suspended")
    assert await told_of(city) == declined
    await _counter_is(city, "active")
    assert await told_of(city, request="PICKUP-2") == [("PaymentCreated", ""), ("PaymentCaptured", "")]
    assert await told_of(city) == declined, "whoever asked has asked anew, and was paid by that"
    assert await city.balance(account) == 6_500


async def _counter_is(city: City, state: str) -> None:
    """The counter of the waste agency takes payments, or does not."""
    sql = "UPDATE economy.merchant SET state = $1 WHERE kind = 'counter' AND agency = 'dlh'"
    await city.economy.served.admin.execute(sql, state)


def withdrawing(city: City, asker: str = "environment") -> Event[Any]:
    """The event by which a pillar wants no more of what it asked for."""
    told = PaymentRequestWithdrawn(request="PICKUP-1", reason="CALLED_OFF")
    return replace(asking(city, asker), type="smartcity.types.v1.PaymentRequestWithdrawn", message=told)


async def withdraws(city: City, asker: str = "environment") -> list[Any]:
    """A pillar withdraws; answers with what was emitted."""
    before = len(await city.economy.outbox())
    async with city.economy.runtime.transaction() as tx:
        await reactions.on_request_withdrawn(tx, withdrawing(city, asker))
    return (await city.economy.outbox())[before:]


async def test_what_a_pillar_withdraws_is_cancelled_and_its_qris_taken_back(city: City) -> None:
    assert await withdraws(city) == [], "what was never asked for"
    payment, _ = await created(city)
    shown = await city.present(payment.code)
    assert await withdraws(city, "society") == [], "what another asked for"
    (row,) = await withdraws(city)
    told = events_pb2.PaymentCancelled.FromString(row["payload"])
    assert (told.payment.request, told.reason) == ("PICKUP-1", "CALLED_OFF")
    assert await withdraws(city) == []
    for way in (city.present, city.pay, partial(city.cash, caller=officer("dlh"))):
        with refused("PAYMENT_CANCELLED"):
            await way(payment.code)
    await city.tick()
    assert (await city.get(payment.id)).qr == ""
    assert city.bank.deals[shown.code].state == "cancelled"


async def test_money_that_came_for_what_was_withdrawn_is_the_askers_to_give_back(city: City) -> None:
    payment, _ = await created(city)
    shown = await city.present(payment.code)
    notice = city.bank.pay(shown.code)
    await withdraws(city)
    before = len(await city.economy.outbox())
    assert await city.notice(notice) is Outcome.CAPTURED
    (row,) = (await city.economy.outbox())[before:]
    assert events_pb2.PaymentCaptured.FromString(row["payload"]).payment.request == "PICKUP-1"
    assert (state(await city.get(payment.id)), await city.suspense()) == ("captured", [])
    assert await city.adds_up()


async def test_whoever_pays_what_is_withdrawn_at_this_moment_has_paid_it(city: City) -> None:
    payment, _ = await created(city)
    runtime = city.economy.runtime
    async with runtime.transaction() as tx:
        await actions.capture_cash(tx, await actions.find(tx, payment.id, lock=True))
        other = asyncio.ensure_future(withdraws(city))
        await within(lambda: runtime.pool.fetch("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'"))
    await other
    assert "PaymentCancelled" not in await city.events(payment.id)
    assert state(await city.get(payment.id)) == "captured"


async def test_a_batch_locks_its_wallets_in_the_ledgers_order_and_ends_nobody_as_a_deadlock(city: City) -> None:
    accounts = {await city.wallet(10_000, one): one.subject for one in (CITIZEN, OWNER)}
    first, second = sorted(accounts)
    fare: dict[str, Any] = {"from_wallet": True, "amount": rupiah(3_500)}
    events = [
        asking(city, request=f"BATCH-{place}", payer=accounts[account], **fare)
        for place, account in enumerate((second, first))
    ]
    handlers = {PaymentRequested: [reactions.on_payment_requested]}
    before = {PaymentRequested: reactions.before_payments_requested}
    runtime, bus, lease = city.economy.runtime, cast("Any", None), cast("Any", None)
    consumer = Consumer(runtime, bus, "environment", handlers, before)
    begun = asyncio.Event()

    async def other() -> None:
        async with runtime.transaction() as tx:
            await ledger.lock(tx, [first])
            begun.set()
            await asyncio.sleep(0.3)
            await ledger.lock(tx, [second])

    moving = asyncio.create_task(other())
    await begun.wait()
    await consumer._handle([Letter({}, b"", one) for one in events], lease, careful=False)
    await moving
    assert (
        await runtime.pool.fetchval("SELECT count(*) FROM payment WHERE request LIKE 'BATCH-%' AND state = 'captured'")
        == 2
    )
