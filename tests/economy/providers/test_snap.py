"""The acquirer's client against the bank, well-behaved and not."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from deploy.local.bank import emvco
from services.economy.payments.model import Payment
from services.economy.providers.model import ProviderAwayError, ProviderRefusedError, Qr, RefundRequest, ReportLine
from services.economy.qris.model import decode, encode
from tests.economy.providers import cases
from tests.economy.providers.cases import AMOUNT
from tests.economy.providers.conftest import Town

LATER = timedelta(hours=1)


def static(nmid: str = "ID0000000000101", name: str = "PEMKOT RETRIBUSI PASAR") -> str:
    """A printed QRIS of the counter."""
    return emvco.write(emvco.Qris(nmid, name, "", None, static=True), "9360000000000001017", "SEMARANG", "1" * 15)


def refund(made: Payment, reference: str, amount: int = AMOUNT, id_: str = "") -> RefundRequest:
    return RefundRequest(
        id_ or str(uuid4()), made.code, reference, amount, "IDR", "Salah bayar: retribusi ganda.", made.created_at
    )


async def test_a_qris_is_what_was_ordered(town: Town) -> None:
    made, qr = await cases.presented(town)
    read = decode(qr.payload)
    assert read.amount == AMOUNT
    assert (read.nmid, read.reference) == ("ID0000000000101", qr.provider_reference)
    assert not read.is_static
    assert encode(read) == qr.payload
    assert (await town.provider.query(made.code, qr.provider_reference, made.created_at)).state == "pending"


async def test_paying_at_the_bank_captures_the_payment(town: Town) -> None:
    made, qr = await cases.presented(town)
    await town.bank.pay(qr.payload)
    await town.bank.told()
    assert await cases.state(town, made) == "captured"
    status = await town.provider.query(made.code, qr.provider_reference, made.created_at)
    assert (status.state, status.amount, status.provider_reference) == ("paid", AMOUNT, qr.provider_reference)


async def test_a_printed_qris_is_paid_with_the_amount_that_the_payer_types(town: Town) -> None:
    deal = await town.bank.pay(static(), 7500)
    await town.bank.told()
    sql = "SELECT method, amount, state FROM payment WHERE provider_reference = $1"
    (found,) = await town.runtime.pool.fetch(sql, deal["reference"])
    assert tuple(found) == ("qris_static", 7500, "captured")
    status = await town.provider.query("SMGP-OURS", deal["reference"], town.now)
    assert (status.state, status.amount) == ("paid", 7500)


async def test_an_order_that_is_repeated_gets_the_same_qris(town: Town) -> None:
    made, qr = await cases.presented(town)
    assert await town.provider.generate(await cases.order(town, made)) == qr
    town.pass_time(days=1)  # the bank has forgotten the external id by now, not the code
    assert await town.provider.generate(await cases.order(town, made)) == qr


async def test_many_calls_at_once_share_one_token(town: Town) -> None:
    made = [await cases.payment(town) for _ in range(8)]
    orders = [await cases.order(town, each) for each in made]
    qrs = await asyncio.gather(*(town.provider.generate(each) for each in orders))
    assert len({each.provider_reference for each in qrs}) == 8


async def test_what_the_bank_never_heard_of_is_unknown(town: Town) -> None:
    made = await cases.payment(town)
    assert (await town.provider.query(made.code, "", made.created_at)).state == "unknown"
    await town.provider.cancel(made.code, "", made.created_at)
    with pytest.raises(ProviderRefusedError) as refused:
        await town.provider.refund(refund(made, ""))
    assert refused.value.code == "4047801"


async def test_a_cancelled_qris_cannot_be_paid_and_a_paid_one_not_cancelled(town: Town) -> None:
    made, qr = await cases.presented(town)
    for _ in range(2):
        await town.provider.cancel(made.code, qr.provider_reference, made.created_at)
        town.pass_time(days=1)
    assert (await town.bank.http.post("/api/pay", json={"qr": qr.payload})).json() == {"reason": "cancelled"}
    other, paid = await cases.presented(town)
    await town.bank.pay(paid.payload)
    with pytest.raises(ProviderRefusedError) as refused:
        await town.provider.cancel(other.code, paid.provider_reference, other.created_at)
    assert refused.value.code == "4047700"


async def test_an_expired_qris_cannot_be_paid(town: Town) -> None:
    made, qr = await cases.presented(town)
    town.pass_time(hours=1)
    assert (await town.bank.http.post("/api/pay", json={"qr": qr.payload})).json() == {"reason": "expired"}
    assert (await town.provider.query(made.code, qr.provider_reference, made.created_at)).state == "expired"


async def test_a_refund_is_sent_once_however_often_it_is_asked_for(town: Town) -> None:
    made, qr = await cases.presented(town)
    await town.bank.pay(qr.payload)
    order = refund(made, qr.provider_reference, 1000)
    first = await town.provider.refund(order)
    assert await town.provider.refund(order) == first
    town.pass_time(days=1)
    assert await town.provider.refund(order) == first
    with pytest.raises(ProviderRefusedError) as refused:
        await town.provider.refund(refund(made, qr.provider_reference, 3001))
    assert refused.value.code == "4047813"
    await town.provider.refund(refund(made, qr.provider_reference, 3000))
    assert (await town.provider.query(made.code, qr.provider_reference, made.created_at)).state == "refunded"


async def test_a_refund_that_the_bank_declines_is_refused(town: Town) -> None:
    made, qr = await cases.presented(town)
    await town.bank.pay(qr.payload)
    await town.bank.misbehave("decline")
    order = refund(made, qr.provider_reference)
    with pytest.raises(ProviderRefusedError) as refused:
        await town.provider.refund(order)
    assert refused.value.code == "4037815"
    assert await town.provider.refund(order)


async def test_the_report_holds_what_moved_that_day(town: Town) -> None:
    made, qr = await cases.presented(town)
    await town.bank.pay(qr.payload)
    printed = await town.bank.pay(static(), 7500)
    back = await town.provider.refund(refund(made, qr.provider_reference, 1000))
    today, at = town.now.astimezone(cases.ZONE).date(), town.now
    assert await town.provider.report(today) == [
        ReportLine(qr.provider_reference, made.code, "payment", AMOUNT, "IDR", at),
        ReportLine(printed["reference"], "", "payment", 7500, "IDR", at),
        ReportLine(back, made.code, "refund", 1000, "IDR", at),
    ]
    assert await town.provider.report(today - timedelta(days=1)) == []
    assert await town.provider.report(today + timedelta(days=1)) is None


async def test_a_slow_bank_is_away_and_what_it_did_is_found_by_asking(town: Town) -> None:
    made = await cases.payment(town)
    order = await cases.order(town, made)
    await town.bank.misbehave("slow", value=1.5)
    with pytest.raises(ProviderAwayError):
        await town.provider.generate(order)
    assert (await town.provider.query(made.code, "", made.created_at)).state == "pending"
    assert isinstance(await town.provider.generate(order), Qr)


async def test_a_bank_that_breaks_after_it_did_it_is_away_and_asked_again(town: Town) -> None:
    made, qr = await cases.presented(town)
    await town.bank.pay(qr.payload)
    await town.bank.misbehave("broken")
    order = refund(made, qr.provider_reference)
    with pytest.raises(ProviderAwayError):
        await town.provider.refund(order)
    back = await town.provider.refund(order)
    lines = await town.provider.report(town.now.astimezone(cases.ZONE).date())
    assert lines is not None
    assert [each.provider_reference for each in lines if each.kind == "refund"] == [back]


async def test_a_bank_that_vanishes_is_away_until_it_is_back(town: Town) -> None:
    made, qr = await cases.presented(town)
    await town.bank.misbehave("vanish", 0)
    for call in (
        town.provider.query(made.code, qr.provider_reference, made.created_at),
        town.provider.cancel(made.code, qr.provider_reference, made.created_at),
        town.provider.refund(refund(made, qr.provider_reference)),
        town.provider.report(town.now.date()),
        town.provider.generate(await cases.order(town, await cases.payment(town))),
    ):
        with pytest.raises(ProviderAwayError):
            await call
    await town.bank.behave()
    assert (await town.provider.query(made.code, qr.provider_reference, made.created_at)).state == "pending"


async def test_news_that_the_bank_forgets_is_found_by_asking(town: Town) -> None:
    made, qr = await cases.presented(town)
    await town.bank.misbehave("forget")
    await town.bank.pay(qr.payload)
    assert await town.bank.notices() == []
    assert await cases.state(town, made) == "created"
    assert (await town.provider.query(made.code, qr.provider_reference, made.created_at)).state == "paid"


async def test_news_that_comes_late_captures_late(town: Town) -> None:
    made, qr = await cases.presented(town)
    await town.bank.misbehave("late", value=0.5)
    await town.bank.pay(qr.payload)
    assert await cases.state(town, made) == "created"
    await town.bank.told()
    assert await cases.state(town, made) == "captured"


async def test_news_that_comes_again_and_again_captures_once(town: Town) -> None:
    made, qr = await cases.presented(town)
    await town.bank.misbehave("duplicate")
    await town.bank.pay(qr.payload)
    await town.bank.told()
    assert len(await town.bank.notices()) == 3
    assert await cases.state(town, made) == "captured"
    assert await cases.suspended(town) == []


async def test_news_in_the_wrong_order_captures_both(town: Town) -> None:
    first, second = [await cases.presented(town) for _ in range(2)]
    await town.bank.misbehave("reorder", value=60)
    for _, qr in (first, second):
        await town.bank.pay(qr.payload)
    await town.bank.told()
    captured = [row["aggregate"] for row in await town.outbox() if row["type"].endswith(".PaymentCaptured")]
    assert captured == [str(second[0].id), str(first[0].id)]


async def test_a_lie_about_the_amount_goes_into_suspense_and_captures_nothing(town: Town) -> None:
    made, qr = await cases.presented(town)
    await town.bank.misbehave("lie", value=1000)
    await town.bank.pay(qr.payload)
    await town.bank.told()
    assert await cases.state(town, made) == "created"
    assert await cases.suspended(town) == [("amount", AMOUNT + 1000)]
    assert (await town.provider.query(made.code, qr.provider_reference, made.created_at)).amount == AMOUNT + 1000


async def test_a_token_that_the_bank_has_forgotten_is_replaced(town: Town) -> None:
    made, qr = await cases.presented(town)
    connection = town.provider._api  # type: ignore[attr-defined]
    connection._token = type(connection._token)("forgotten", town.now + LATER)
    assert (await town.provider.query(made.code, qr.provider_reference, made.created_at)).state == "pending"
