"""What was paid for nothing goes back: asked for until it is there, with longer and longer pauses."""

import json
import runpy
from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.economy.pillar import PILLAR
from services.economy.returns import gauges, model, reactions, timers
from services.kit.ids import uuid7
from smartcity.economy.v1 import events_pb2
from smartcity.economy.v1.payments_pb2 import PaymentSummary
from smartcity.economy.v1.permits_pb2 import GetPermitRequest, RequestPermitPaymentRequest
from smartcity.types.v1.money_pb2 import Money
from smartcity.types.v1.refunds_pb2 import PaymentRefundRequested
from tests.economy.conftest import NOW
from tests.economy.permits.applying import ROADS, SRI, Applying
from tests.fixtures.arriving import arrived
from tests.fixtures.pillars import Standing

FEE = 50_000


@pytest.fixture
async def applying(economy_stand: Standing) -> AsyncIterator[Applying]:
    """The pillar with empty tables."""
    async with economy_stand.fresh(NOW) as served:
        yield Applying(served)


async def ready(applying: Applying, request: str) -> int:
    """What its permit says that lies ready in cash."""
    found = await applying.call(GetPermitRequest(code=request.partition("/")[0]))
    return int(found.permit.cash_ready.units)


async def paid_for_nothing(applying: Applying) -> str:
    """The fee of a permit comes that was withdrawn; by what its payment is known."""
    one = await applying.move(await applying.granted("bongkar-muat", ROADS), "withdraw", SRI, "")
    await applying.paid(one, "captured")
    await paid_before(applying, f"{one.code}/1")
    return f"{one.code}/1"


async def asked(applying: Applying) -> list[tuple[str, int]]:
    """What economy was asked to give back."""
    sent = [row for row in await applying.served.outbox() if row["type"].endswith("PaymentRefundRequested")]
    told = [PaymentRefundRequested.FromString(row["payload"]) for row in sent]
    return [(one.refund, one.amount.units) for one in told]


async def answered(applying: Applying, request: str, answer: Any, refunded: int = 0) -> None:
    """Economy answers, twice."""
    react: Any = reactions.on_refund_rejected
    answer.payment.MergeFrom(
        PaymentSummary(requester="economy", purpose="permit", request=request, amount=Money(units=FEE))
    )
    if isinstance(answer, events_pb2.RefundRequested):
        react = reactions.on_refund_requested
    if isinstance(answer, events_pb2.PaymentRefunded):
        answer.refunded.units = refunded
        react = reactions.on_payment_refunded
    for _ in range(2):
        async with applying.served.runtime.transaction() as tx:
            await react(tx, arrived(applying.served, answer, "economy"))


async def waits(applying: Applying) -> float:
    """For how long the oldest waits."""
    ((age, _),) = next(iter((await gauges.GAUGES.read(applying.served.runtime)).values()))
    return age


async def later(applying: Applying, hours: float) -> None:
    """Time passes, and the timer comes round."""
    applying.served.pass_time(hours=hours)
    await timers.ask_again(applying.served.runtime)


async def test_a_fee_that_could_not_be_given_back_is_asked_for_again_until_it_is(applying: Applying) -> None:
    request = await paid_for_nothing(applying)
    first = f"{request}/back"
    assert await asked(applying) == [(first, FEE)]
    await later(applying, 48)
    await answered(applying, request, events_pb2.RefundRejected(reference=first, reason="INSUFFICIENT_FUNDS"))
    assert await waits(applying) == 48 * 3600
    await later(applying, 0.5)
    assert await asked(applying) == [(first, FEE)], "its pause is an hour"
    await later(applying, 0.5)
    again = f"{first}/2"
    assert await asked(applying) == [(first, FEE), (again, FEE)]
    await answered(applying, request, events_pb2.RefundRejected(reference=first, reason="INSUFFICIENT_FUNDS"))
    await later(applying, 48)
    assert len(await asked(applying)) == 2, "only what was asked last is refused"
    await answered(applying, request, events_pb2.PaymentRefunded(reference=again), refunded=FEE)
    await later(applying, 48)
    assert (len(await asked(applying)), await waits(applying)) == (2, 0)


async def test_what_an_officer_gives_back_by_hand_is_not_asked_for(applying: Applying) -> None:
    request = await paid_for_nothing(applying)
    await answered(applying, request, events_pb2.RefundRejected(reference=f"{request}/back", reason="BANK_REFUSED"))
    await answered(applying, request, events_pb2.PaymentRefunded(), refunded=20_000)
    await later(applying, 1)
    assert (await asked(applying))[1:] == [(f"{request}/back/2", FEE - 20_000)]
    await answered(applying, request, events_pb2.RefundRejected(reference=f"{request}/back/2"))
    await answered(applying, request, events_pb2.PaymentRefunded(), refunded=FEE)
    await later(applying, 48)
    assert (len(await asked(applying)), await waits(applying)) == (2, 0)


async def test_what_is_told_of_other_payments_changes_nothing(applying: Applying) -> None:
    request = await paid_for_nothing(applying)
    for reference in ("", f"{request}/back/x", f"{request}/backs", "another/back"):
        await answered(applying, request, events_pb2.RefundRejected(reference=reference))
    other = events_pb2.PaymentRefunded(payment=PaymentSummary(requester="branding"))
    await answered(applying, "another", other, refunded=FEE)
    await later(applying, 48)
    assert len(await asked(applying)) == 1


def test_pauses_grow_to_a_day() -> None:
    one = model.begun("SMGZ-1/1", FEE, "", "SMGZ-1", NOW, exercise=False)
    pauses = []
    for attempt in range(1, 40):
        refused = model.refused(one, attempt, "", NOW)
        assert refused is not None
        assert refused.again_at is not None
        pauses.append((refused.again_at - NOW).total_seconds() / 3600)
        one = model.asked_again(refused, NOW)
    assert pauses[:6] == [1, 2, 4, 8, 16, 24]
    assert set(pauses[5:]) == {24}


async def test_what_was_paid_in_cash_lies_ready_without_an_alert_until_it_is_handed_out(applying: Applying) -> None:
    request = await paid_for_nothing(applying)
    await answered(applying, request, events_pb2.RefundRequested(reference=f"{request}/back"))
    applying.served.pass_time(days=3)
    assert (await waits(applying), await ready(applying, request)) == (0, FEE)
    await timers.ask_again(applying.served.runtime)
    assert len(await asked(applying)) == 1
    await answered(applying, request, events_pb2.PaymentRefunded(), refunded=FEE)
    states = await applying.served.admin.fetch("SELECT state FROM economy.payment_return")
    assert [row["state"] for row in states] == ["done"]
    assert await ready(applying, request) == 0


async def test_a_fee_that_was_paid_twice_says_which_cash_lies_ready(applying: Applying) -> None:
    one = await applying.granted("bongkar-muat", ROADS)
    await applying.call(RequestPermitPaymentRequest(request_id=str(uuid7()), code=one.code))
    await applying.paid(one, "captured", 1)
    twice = f"{one.code}/2"
    await paid_before(applying, twice)
    await applying.paid(one, "captured", 2)
    await answered(applying, twice, events_pb2.RefundRequested(reference=f"{twice}/back"))
    assert await ready(applying, twice) == FEE


async def test_cash_that_was_not_handed_out_after_all_is_asked_for_again(applying: Applying) -> None:
    request = await paid_for_nothing(applying)
    await answered(applying, request, events_pb2.RefundRequested(reference=f"{request}/back"))
    await answered(applying, request, events_pb2.RefundRejected(reference=f"{request}/back"))
    applying.served.pass_time(hours=2)
    await timers.ask_again(applying.served.runtime)
    assert [reference for reference, _ in await asked(applying)] == [f"{request}/back", f"{request}/back/2"]


async def paid_before(applying: Applying, request: str, refunded: int = 0, refund: str = "") -> str:
    """Its payment, as the ledger's room writes it, by its code; ``refund`` is the state of one asked for before."""
    at = str(applying.served.now)
    payment = {
        "id": str(uuid7()), "code": str(uuid7()), "version": 2, "state": "partly_refunded" if refunded else "captured",
        "method": "wallet", "payee": str(uuid7()), "currency": "IDR", "amount": FEE, "refunded": refunded, "fee": 0,
        "purpose": "permit", "requester": "economy", "request": request, "correlation": "", "exercise": False,
        "created_at": at, "updated_at": at, "expires_at": at, "captured_at": at,
    }  # fmt: skip
    empty = dict.fromkeys(
        ("terminal", "creator", "payer", "paid_by", "taken_by", "description", "description_en", "bill", "area",
         "sector", "qr", "provider", "provider_reference"), "",
    )  # fmt: skip
    await written(applying, "payment", payment | empty)
    if refund:
        asked_for = {
            "id": str(uuid7()), "version": 1, "payment": payment["id"], "state": refund, "way": "wallet", "amount": FEE,
            "reason": "", "refusal": "", "requested_by": "", "approved_by": "", "provider_reference": "",
            "requester": "economy", "reference": f"{request}/back", "created_at": at, "updated_at": at,
        }  # fmt: skip
        await written(applying, "refund", asked_for)
    return str(payment["code"])


async def written(applying: Applying, table: str, row: dict[str, Any]) -> None:
    """A row as a version before left it."""
    sql = f"INSERT INTO economy.{table} SELECT (jsonb_populate_record(NULL::economy.{table}, $1)).*"
    await applying.served.admin.execute(sql, json.dumps(row))


async def test_a_fee_paid_for_nothing_before_returns_were_written_down_is_asked_for_again(applying: Applying) -> None:
    withdrawn = (await applying.move(await applying.granted("bongkar-muat", ROADS), "withdraw", SRI, "")).code
    waits = (await applying.granted("bongkar-muat", ROADS)).code
    holds = await applying.granted("bongkar-muat", ROADS)
    await applying.paid(holds, "captured")
    await paid_before(applying, f"{withdrawn}/1", refunded=20_000, refund="failed")
    await paid_before(applying, f"{withdrawn}/2", refund="processing")
    await paid_before(applying, f"{waits}/1")
    await paid_before(applying, f"{holds.code}/1")
    await paid_before(applying, f"{holds.code}/2")
    made = runpy.run_path(str(PILLAR.migrations / "2026_11_30_returns_of_before.py"))
    for _ in range(2):
        await applying.served.runtime.pool.execute(made["OWED"])
    await later(applying, 1)
    again = {(f"{withdrawn}/1/back/2", FEE - 20_000), (f"{holds.code}/2/back/2", FEE)}
    assert set(await asked(applying)) == again
    failed = events_pb2.RefundRejected(reference=f"{withdrawn}/2/back", reason="BANK_REFUSED")
    await answered(applying, f"{withdrawn}/2", failed)
    await later(applying, 1)
    assert set(await asked(applying)) - again == {(f"{withdrawn}/2/back/2", FEE)}, "what was under way is waited for"
