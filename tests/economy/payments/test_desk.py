"""Asking for money: who may, what is refused, who sees what; cash; cancelling."""

from dataclasses import replace
from typing import Any

import pytest

from services.kit.caller import Caller
from smartcity.economy.v1 import payments_pb2 as pb
from smartcity.types.v1.money_pb2 import Money
from tests.economy.conftest import ADMIN, ANONYMOUS, CITIZEN, MARKETS, OWNER, TREASURER, officer, refused, request_id
from tests.economy.merchants import cases as merchants
from tests.economy.payments.cases import City, rupiah, state

LANDS = officer("dlh")


async def test_an_officer_asks_for_money_at_the_agencys_counter(city: City) -> None:
    payment = await city.ask(50_000, purpose="market-levy", description="Retribusi kios B-12")
    assert payment.code.startswith("SMGP-")
    assert (state(payment), payment.amount, payment.merchant_name) == (
        "created",
        rupiah(50_000),
        "PEMKOT RETRIBUSI PASAR",
    )
    assert (payment.sector, payment.area.code) == ("government", "33.74.01.1010")
    assert payment.expire_time.seconds - payment.create_time.seconds == 15 * 60
    (event,) = await city.economy.outbox()
    assert event["type"].endswith("PaymentCreated")
    assert (event["aggregate"], event["correlation"], event["version"]) == (payment.id, payment.id, 1)


async def test_an_owner_asks_for_money_for_the_own_business(city: City) -> None:
    shop = await city.business()
    payment = await city.ask(12_000, OWNER, merchant=shop, seconds=60)
    assert (payment.purpose, payment.sector) == ("sale", "food")
    assert payment.expire_time.seconds - payment.create_time.seconds == 60


async def test_the_same_key_asks_once(city: City) -> None:
    request = pb.CreatePaymentRequest(request_id=request_id(), merchant=await city.counter(), amount=rupiah(10))
    first = await city.economy.call("PaymentService.CreatePayment", request, MARKETS)
    assert await city.economy.call("PaymentService.CreatePayment", request, MARKETS) == first
    assert await city.events() == ["PaymentCreated"]
    assert await city.economy.runtime.pool.fetchval("SELECT bool_and(permanent) FROM idempotency_key")


async def test_what_the_payer_reads_is_one_line(city: City) -> None:
    payment = await city.ask(description="  Lumpia \r\n 4\t biji\x00 ")
    assert payment.description == "Lumpia 4 biji"


@pytest.mark.parametrize("caller", [LANDS, TREASURER, OWNER, CITIZEN])
async def test_nobody_else_asks_for_money_for_a_counter(city: City, caller: Caller) -> None:
    with pytest.raises(Exception, match="merchant") as caught:
        await city.ask(caller=caller)
    assert caught.value.reason in ("MERCHANT_OF_OTHERS", "MERCHANT_NOT_FOUND")  # type: ignore[attr-defined]
    assert await city.events() == []


BAD: list[tuple[str, dict[str, Any]]] = [
    ("AMOUNT_MISSING", {"amount": None}),
    ("CURRENCY_UNKNOWN", {"amount": Money()}),
    ("AMOUNT_INVALID", {"amount": rupiah(-1)}),
    ("AMOUNT_INVALID", {"amount": Money(currency="IDR")}),
    ("AMOUNT_TOO_LARGE", {"amount": rupiah(10_000_001)}),
    ("AMOUNT_TOO_LARGE", {"amount": rupiah(2**62)}),
    ("CURRENCY_UNKNOWN", {"amount": Money(currency="USD", units=5)}),
    ("SECONDS_INVALID", {"seconds": 59}),
    ("SECONDS_INVALID", {"seconds": 86_401}),
    ("SECONDS_INVALID", {"seconds": -1}),
    ("PURPOSE_INVALID", {"purpose": "Retribusi Pasar"}),
    ("PURPOSE_INVALID", {"purpose": "x" * 41}),
    ("DESCRIPTION_TOO_LONG", {"description": "x" * 141}),
    ("TERMINAL_UNKNOWN", {"terminal": "T99"}),
    ("INVALID_REQUEST", {"merchant": ""}),
    ("MERCHANT_NOT_FOUND", {"merchant": "not-an-id"}),
    ("MERCHANT_NOT_FOUND", {"merchant": "00000000-0000-0000-0000-000000000000"}),
    ("REQUEST_ID_REQUIRED", {"request_id": ""}),
]


@pytest.mark.parametrize(("reason", "fields"), BAD)
async def test_bad_input_is_refused_for_its_own_reason(city: City, reason: str, fields: dict[str, Any]) -> None:
    good = {"request_id": request_id(), "merchant": await city.counter(), "amount": rupiah(10)}
    with refused(reason) as caught:
        await city.economy.call("PaymentService.CreatePayment", pb.CreatePaymentRequest(**{**good, **fields}), MARKETS)
    assert caught.value.metadata["field"].partition(".")[0] in {*fields, "id"}
    assert await city.economy.runtime.pool.fetchval("SELECT count(*) FROM payment") == 0


async def test_a_business_that_is_stopped_cannot_be_paid(city: City) -> None:
    await city.wallet(20_000)
    shop = await merchants.active(city.economy)
    waiting = await city.ask(10_000, OWNER, merchant=shop.id)
    await merchants.move(city.economy, "Suspend", shop)
    with refused("MERCHANT_NOT_PAYABLE"):
        await city.ask(10_000, OWNER, merchant=shop.id)
    with refused("MERCHANT_NOT_PAYABLE"):
        await city.pay(waiting.id)
    with refused("MERCHANT_NOT_PAYABLE"):
        await city.present(waiting.id)


async def test_who_knows_the_code_sees_the_state_and_no_more(city: City) -> None:
    payment = await city.ask()
    for caller in (ANONYMOUS, CITIZEN, LANDS):
        seen = await city.get(payment.code.lower().replace("-", " "), caller)
        assert (seen.id, seen.correlation, seen.HasField("fee")) == (payment.id, "", False)
    for caller in (MARKETS, TREASURER, ADMIN):
        seen = await city.get(payment.id, caller)
        assert (seen.correlation, seen.HasField("fee")) == (payment.id, True)


@pytest.mark.parametrize("name", ["", "SMGP-AAAAAAA-AA", "nothing", "00000000-0000-0000-0000-000000000000"])
async def test_what_is_no_payment_is_not_found(city: City, name: str) -> None:
    with refused("PAYMENT_NOT_FOUND"):
        await city.get(name)
    with refused("PAYMENT_NOT_FOUND"):
        await city.pay(name)


async def test_payments_are_listed_newest_first_page_by_page(city: City) -> None:
    made = []
    for amount in range(1, 6):
        made.append((await city.ask(amount)).id)
        city.economy.pass_time(seconds=1)
    await city.cash(made[0])
    counter, token, seen = await city.counter(), "", []
    while True:
        request = pb.ListPaymentsRequest(merchant=counter, page_size=2, page_token=token)
        page = await city.economy.call("PaymentService.ListPayments", request, MARKETS)
        seen += [payment.id for payment in page.payments]
        token = page.next_page_token
        if not token:
            break
    assert seen == made[::-1]
    request = pb.ListPaymentsRequest(merchant=counter, states=[pb.PAYMENT_STATE_CAPTURED])
    page = await city.economy.call("PaymentService.ListPayments", request, TREASURER)
    assert [payment.id for payment in page.payments] == [made[0]]
    for caller in (CITIZEN, LANDS):
        with refused("MERCHANT_NOT_FOUND"):
            await city.economy.call("PaymentService.ListPayments", request, caller)
    with refused("STATE_UNKNOWN"):
        bad = pb.ListPaymentsRequest(merchant=counter, states=[99])  # type: ignore[list-item]
        await city.economy.call("PaymentService.ListPayments", bad, MARKETS)


async def test_cash_is_recorded_once_by_the_counters_agency(city: City) -> None:
    payment = await city.ask(50_000)
    for caller in (LANDS, TREASURER):
        with refused("COUNTER_OF_OTHERS"):
            await city.cash(payment.id, caller)
    key = request_id()
    paid = await city.cash(payment.code, key=key)
    assert (state(paid), paid.method) == ("captured", pb.PAYMENT_METHOD_CASH)
    assert paid.fee.units == 0
    assert await city.cash(payment.code, key=key) == paid
    with refused("PAYMENT_ALREADY_PAID"):
        await city.cash(payment.code)
    assert (await city.takings(), await city.balance("cash")) == (50_000, -50_000)
    assert await city.events(payment.id) == ["PaymentCreated", "PaymentCaptured"]
    assert await city.adds_up()


async def test_a_business_takes_no_cash_here(city: City) -> None:
    payment = await city.ask(5_000, OWNER, merchant=await city.business())
    with refused("CASH_AT_COUNTERS_ONLY"):
        await city.cash(payment.id, ADMIN)


async def test_a_payment_is_cancelled_by_who_asked_with_the_version_seen(city: City) -> None:
    payment = await city.ask()
    with refused("PAYMENT_OF_OTHERS"):
        await city.cancel(payment, CITIZEN)
    stale = pb.Payment()
    stale.CopyFrom(payment)
    stale.etag = "7"
    with refused("STALE_ETAG"):
        await city.cancel(stale)
    key = request_id()
    cancelled = await city.cancel(payment, key=key)
    assert state(cancelled) == "cancelled"
    assert await city.cancel(payment, key=key) == cancelled
    with refused("PAYMENT_CANCELLED"):
        await city.cancel(cancelled)
    with refused("PAYMENT_CANCELLED"):
        await city.cash(payment.id)
    assert await city.events(payment.id) == ["PaymentCreated", "PaymentCancelled"]


@pytest.mark.parametrize(
    "moved", [replace(MARKETS, agency="dlh"), Caller(MARKETS.subject, frozenset({"citizen"}))], ids=["moved", "left"]
)
async def test_who_has_left_the_counters_agency_has_no_part_in_what_they_asked_for(city: City, moved: Caller) -> None:
    payment = await city.ask(50_000)
    with refused("PAYMENT_OF_OTHERS"):
        await city.cancel(payment, moved)
    seen, other = await city.get(payment.id, moved), await city.get(payment.id, CITIZEN)
    assert seen == other, "as anybody else who has its id"
    assert state(await city.cancel(payment)) == "cancelled"
