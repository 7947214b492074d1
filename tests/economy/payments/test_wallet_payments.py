"""Paying from wallets: many at once, each with a verdict of its own; a key counts once and for ever."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from observability.telemetry import current_span
from services.economy.payments import hot
from services.economy.resources import WalletAnswer, WalletPayment, WalletPayments, resources
from services.kit import faults
from services.kit.caller import Caller
from services.kit.database import Transaction, maintenance
from services.kit.database.idempotency import Claim
from services.kit.errors import ConcurrentKeyError, DomainError
from smartcity.economy.v1 import payments_pb2 as pb
from tests.economy.conftest import ANONYMOUS, CITIZEN, MARKETS, OWNER, RefusedError, refused, request_id
from tests.economy.payments.cases import City, freeze, state


async def settled(*calls: Any) -> list[str]:
    """States or reasons of calls made at once."""

    async def outcome(call: Any) -> str:
        try:
            return state(await call)
        except RefusedError as error:
            return error.reason

    return await asyncio.gather(*map(outcome, calls))


async def test_a_citizen_pays_from_the_wallet_at_once(city: City) -> None:
    wallet = await city.wallet(200_000)
    payment = await city.ask(50_000)
    paid = await city.pay(payment.code)
    assert (state(paid), paid.method, paid.fee.units) == ("captured", pb.PAYMENT_METHOD_WALLET, 0)
    assert paid.correlation == payment.id
    assert (await city.get(payment.id, CITIZEN)) == paid
    of_agency = await city.get(payment.id, MARKETS)
    assert (paid.own, of_agency.own, (await city.get(payment.code, ANONYMOUS)).own) == (True, False, False)
    assert (await city.balance(wallet), await city.takings()) == (150_000, 50_000)
    assert await city.events(payment.id) == ["PaymentCreated", "PaymentCaptured"]
    assert await city.adds_up()


async def test_a_hundred_callers_with_one_key_pay_once(city: City) -> None:
    wallet = await city.wallet(1_000_000)
    payment, key = await city.ask(50_000), request_id()
    answers = await asyncio.gather(*(city.pay(payment.id, key=key) for _ in range(100)))
    assert all(answer == answers[0] for answer in answers)
    assert await city.balance(wallet) == 950_000
    assert (await city.events(payment.id)).count("PaymentCaptured") == 1


async def test_two_processes_with_one_key_pay_once(city: City) -> None:
    wallet = await city.wallet(1_000_000)
    payments = [await city.ask(1_000) for _ in range(12)]
    keys = [request_id() for _ in payments]
    async with hot.paying(city.economy.runtime) as here, hot.paying(city.economy.runtime) as there:
        answers = await asyncio.gather(
            *(
                group.submit(WalletPayment(_claim(key, payment.id), current_span().traceparent))
                for _ in range(5)
                for key, payment in zip(keys, payments, strict=True)
                for group in (here, there)
            )
        )
    assert len(set(answers)) == len(payments)
    assert await city.balance(wallet) == 1_000_000 - 12_000
    assert await city.adds_up()


async def test_a_money_key_never_expires(city: City) -> None:
    await city.wallet(100_000)
    payment, key = await city.ask(), request_id()
    paid = await city.pay(payment.id, key=key)
    await city.economy.served.admin.execute(
        "UPDATE economy.idempotency_key SET created_at = created_at - interval '10 years'"
    )
    await maintenance.prune(city.economy.runtime)
    assert await city.pay(payment.id, key=key) == paid


async def test_the_key_of_somebody_else_tells_nothing(city: City) -> None:
    await city.wallet(100_000)
    await city.wallet(100_000, OWNER)
    payment, key = await city.ask(), request_id()
    await city.pay(payment.id, key=key)
    with refused("PAYMENT_ALREADY_PAID"):
        await city.pay(payment.id, OWNER, key)
    other = await city.ask(7_000)
    assert state(await city.pay(other.id, OWNER, key)) == "captured"


async def test_a_key_used_for_another_payment_is_refused(city: City) -> None:
    await city.wallet(100_000)
    first, second, key = await city.ask(), await city.ask(), request_id()
    await city.pay(first.id, key=key)
    with refused("IDEMPOTENCY_KEY_REUSED"):
        await city.pay(second.id, key=key)
    at_once = request_id()
    third = await city.ask(1)
    states = await settled(city.pay(second.id, key=at_once), city.pay(third.id, key=at_once))
    assert sorted(states) == ["IDEMPOTENCY_KEY_REUSED", "captured"]
    with refused("REQUEST_ID_REQUIRED"):
        await city.pay(third.id, key=" \n")


async def test_two_who_pay_the_same_at_once_do_not_both_pay(city: City) -> None:
    wallets = [await city.wallet(100_000), await city.wallet(100_000, OWNER)]
    payment = await city.ask(50_000)
    calls = [city.pay(payment.id, caller) for caller in (CITIZEN, OWNER) for _ in range(10)]
    assert Counter(await settled(*calls)) == {"captured": 1, "PAYMENT_ALREADY_PAID": 19}
    assert sum([await city.balance(wallet) for wallet in wallets]) == 150_000
    assert await city.takings() == 50_000


async def test_where_the_first_has_too_little_the_second_still_pays(city: City) -> None:
    await city.wallet(10, OWNER)
    await city.wallet(100_000)
    payment = await city.ask(50_000)
    poor, rich = await settled(city.pay(payment.id, OWNER), city.pay(payment.id))
    assert rich == "captured"
    assert poor in {"INSUFFICIENT_FUNDS", "PAYMENT_ALREADY_PAID"}, "whichever of the two came first"


async def test_a_wallet_is_never_overdrawn_however_many_pay_at_once(city: City) -> None:
    wallet = await city.wallet(100_000)
    payments = [await city.ask(30_000) for _ in range(8)]
    states = Counter(await settled(*(city.pay(each.id) for each in payments)))
    assert states == {"captured": 3, "INSUFFICIENT_FUNDS": 5}
    assert await city.balance(wallet) == 10_000
    assert await city.adds_up()


async def test_one_callers_mistake_costs_nobody_else(city: City) -> None:
    await city.wallet(100_000)
    good = [await city.ask(1_000) for _ in range(20)]
    cancelled = await city.ask()
    await city.cancel(cancelled)
    top_up = await city.top_up(1_000)
    calls = [city.pay(each.id) for each in good]
    calls += [city.pay(cancelled.id), city.pay("nothing"), city.pay(top_up.id), city.pay(good[0].id, OWNER)]
    states = await settled(*calls)
    assert states[:20] == ["captured"] * 20
    assert states[20:23] == ["PAYMENT_CANCELLED", "PAYMENT_NOT_FOUND", "TOP_UP_BY_WALLET"]
    assert states[23] in ("WALLET_MISSING", "PAYMENT_ALREADY_PAID")


async def test_a_refusal_is_not_kept_so_the_same_key_pays_later(city: City) -> None:
    await city.wallet(10_000)
    payment, key = await city.ask(50_000), request_id()
    with refused("INSUFFICIENT_FUNDS"):
        await city.pay(payment.id, key=key)
    await city.wallet(100_000)
    assert state(await city.pay(payment.id, key=key)) == "captured"


async def test_who_is_no_citizen_has_no_wallet(city: City) -> None:
    payment = await city.ask()
    for caller, reason in ((ANONYMOUS, "LOGIN_REQUIRED"), (MARKETS, "ROLE_NOT_ALLOWED"), (CITIZEN, "WALLET_MISSING")):
        with refused(reason):
            await city.pay(payment.id, caller)


async def test_a_payment_for_somebody_is_paid_by_nobody_else(city: City) -> None:
    await city.wallet(100_000)
    await city.wallet(100_000, OWNER)
    payment = await city.ask()
    await city.economy.runtime.pool.execute("UPDATE payment SET payer = $1", OWNER.subject)
    with refused("PAYER_DIFFERS"):
        await city.pay(payment.id)
    assert state(await city.pay(payment.id, OWNER)) == "captured"


async def test_frozen_accounts_neither_pay_nor_are_paid(city: City) -> None:
    await city.wallet(100_000)
    payment = await city.ask()
    await freeze(city, await city.counter())
    with refused("ACCOUNT_FROZEN"):
        await city.pay(payment.id)


async def test_a_shown_payment_can_be_paid_from_a_wallet_and_its_qris_is_taken_back(city: City) -> None:
    await city.wallet(100_000)
    shown = await city.shown()
    assert state(await city.pay(shown.id)) == "captured"
    await city.tick(seconds=1)
    assert city.bank.deals[shown.code].state == "cancelled"


class Killed(BaseException):
    """Stands for the end of a process."""


@pytest.mark.parametrize("point", ["action.before-commit", "action.committed"])
async def test_a_process_that_dies_around_the_commit_pays_once(
    city: City, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    """The batch runs up to the fault point and no further; the callers ask again with their keys."""
    wallet = await city.wallet(1_000_000)
    payments = [await city.ask(1_000) for _ in range(10)]
    items = [WalletPayment(_claim(f"key-{number}", each.id), None) for number, each in enumerate(payments)]

    def die(name: str) -> None:
        if name == point:
            raise Killed

    with monkeypatch.context() as armed:
        armed.setattr(faults, "point", die)
        with pytest.raises(Killed):
            async with city.economy.runtime.transaction() as tx:
                await hot.flush(tx, items)
    assert await city.balance(wallet) == 1_000_000 - (10_000 if point == "action.committed" else 0)
    again = await asyncio.gather(*(city.pay(each.id, key=f"key-{number}") for number, each in enumerate(payments)))
    assert {state(each) for each in again} == {"captured"}
    assert await city.balance(wallet) == 990_000
    assert (await city.events()).count("PaymentCaptured") == 11, "ten payments and the top-up"
    assert await city.adds_up()


async def test_a_batch_that_another_process_overtakes_runs_again(city: City) -> None:
    """Between looking for the key and keeping it, the same request is done elsewhere, on another payment's row."""
    wallet = await city.wallet(100_000)
    first, second = await city.ask(1_000), await city.ask(2_000)
    claim = _claim("key", first.id)
    overtaken = False

    async def flush(tx: Transaction, items: Sequence[WalletPayment]) -> list[WalletAnswer]:
        nonlocal overtaken
        answers = await hot.flush(tx, items)
        if not overtaken:
            overtaken = True
            raise ConcurrentKeyError("done by another transaction")
        return answers

    group = WalletPayments(city.economy.runtime, flush, flushers=1)
    group.start()
    answer = await group.submit(WalletPayment(claim, None))
    other = await group.submit(WalletPayment(_claim("key", second.id), None))
    await group.stop()
    assert isinstance(answer, bytes)
    assert isinstance(other, DomainError)
    assert other.reason == "IDEMPOTENCY_KEY_REUSED"
    assert await city.balance(wallet) == 99_000


async def test_each_event_goes_on_in_its_callers_trace(city: City) -> None:
    await city.wallet(100_000)
    payments = [await city.ask(1_000) for _ in range(3)]
    traces = [f"00-{number:032x}-{number:016x}-01" for number in (1, 2, 3)]
    await asyncio.gather(
        *(
            resources(city.economy.runtime).wallet_payments.submit(WalletPayment(_claim(trace, each.id), trace))
            for trace, each in zip(traces, payments, strict=True)
        )
    )
    rows = [row for row in await city.economy.outbox() if row["traceparent"] in traces]
    assert [(row["traceparent"], row["aggregate"]) for row in rows] == [
        (trace, each.id) for trace, each in zip(traces, payments, strict=True)
    ]


def _claim(key: str, payment: str, caller: Caller = CITIZEN) -> Claim:
    return Claim(caller.subject, key, pb.PayFromWalletRequest(request_id=key, id=payment), b"")
