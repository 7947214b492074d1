"""Random lives of payments beside a plain model: whatever people, bank and time do, no money is lost or doubled."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from services.economy.captures import actions as captures
from services.economy.ledger.model import city_account
from services.economy.payments import timers as payment_timers
from services.economy.presentation import timers as presentation_timers
from services.economy.refunds import timers as refund_timers
from services.kit.caller import Caller
from services.kit.ids import uuid7
from tests.economy.conftest import CITIZEN, MARKETS, TREASURER, TREASURER_2
from tests.economy.ledger.cases import adds_up, books
from tests.economy.payments.cases import rupiah, state
from tests.economy.payments.lives import PAID, Ground, Plain, PlainCity, PlainRefund, opened

ALONE = 500_000


@pytest.fixture(scope="module")
def ground(economy_database: str) -> Iterator[Ground]:
    loop = asyncio.new_event_loop()
    rooms = opened(economy_database)
    runtime = loop.run_until_complete(rooms.__aenter__())
    made = Ground(loop, runtime, loop.run_until_complete(asyncpg.connect(economy_database)))
    runtime.clock = lambda: made.now
    yield made
    loop.run_until_complete(made.admin.close())
    loop.run_until_complete(rooms.__aexit__(None, None, None))
    loop.close()


class Lives(PlainCity, RuleBasedStateMachine):
    """Every step is done twice, in the rooms and in the model; then all must be the same."""

    payments: Bundle[str] = Bundle("payments")
    refunds: Bundle[str] = Bundle("refunds")
    amounts = st.sampled_from([1, 40_000, 300_000, 600_000])

    def __init__(self, ground: Ground) -> None:
        RuleBasedStateMachine.__init__(self)
        PlainCity.__init__(self)
        self.ground = ground

    @initialize()
    def begin(self) -> None:
        self.ground.run(self.ground.clear())
        PlainCity.__init__(self)

    # What people do

    @rule(target=payments, amount=amounts, minutes=st.sampled_from([2, 15, 200]))
    def somebody_is_to_pay(self, amount: int, minutes: int) -> str:
        return self.asks(amount, minutes)

    def asks(self, amount: int, minutes: int) -> str:
        merchant = str(self.ground.counter["id"])
        answer = self.call("CreatePayment", MARKETS, merchant=merchant, amount=rupiah(amount), seconds=minutes * 60)
        until = self.ground.now + timedelta(minutes=minutes)
        self.plain[answer.payment.code] = Plain(amount, until)
        return str(answer.payment.code)

    @rule(target=payments, amount=amounts)
    def somebody_pays_at_once(self, amount: int) -> str:
        code = self.asks(amount, 15)
        self.shows(code)
        self.pays_by_qris(code, True, 0)
        return code

    @rule(code=payments)
    def is_shown(self, code: str) -> None:
        self.shows(code)

    def shows(self, code: str) -> None:
        plain = self.plain[code]
        answer = self.ground.call("PresentQr", CITIZEN, id=code)
        if plain.open(self.ground.now):
            assert answer.payment.qr
            plain.state = "pending"
        else:
            assert answer == self.refusal(plain)

    @rule(code=payments)
    def is_paid_in_cash(self, code: str) -> None:
        plain = self.plain[code]
        answer = self.call("RecordCash", MARKETS, id=code)
        if plain.open(self.ground.now):
            assert state(answer.payment) == "captured"
            self.cash -= plain.amount
            self.take(plain, "cash")
        else:
            assert answer == self.refusal(plain)

    @rule(code=payments)
    def is_paid_from_a_wallet(self, code: str) -> None:
        plain = self.plain[code]
        answer = self.call("PayFromWallet", CITIZEN, id=code)
        if not plain.open(self.ground.now):
            assert answer == self.refusal(plain)
        elif plain.amount > self.wallet:
            assert answer == "INSUFFICIENT_FUNDS"
        else:
            assert state(answer.payment) == "captured"
            self.wallet -= plain.amount
            self.take(plain, "wallet")

    @rule(code=payments, told=st.booleans(), wrong=st.sampled_from([0, 0, 0, 5]))
    def is_paid_by_qris(self, code: str, told: bool, wrong: int) -> None:
        self.pays_by_qris(code, told, wrong)

    def pays_by_qris(self, code: str, told: bool, wrong: int) -> None:
        plain, deal = self.plain[code], self.ground.bank.deals.get(code)
        if deal is None or deal.state != "pending":
            return  # the bank takes no money for it
        notice = self.ground.bank.pay(code, plain.amount + wrong)
        plain.money = plain.amount + wrong
        if told:
            self.ground.run(self.tell(notice))
            self.hears(plain)

    @rule(code=payments)
    def the_bank_tells_again(self, code: str) -> None:
        plain, deal = self.plain[code], self.ground.bank.deals.get(code)
        if deal is not None and deal.state == "paid":
            self.ground.run(self.tell(self.ground.bank.pay(code, plain.money)))
            self.hears(plain)

    @rule(code=payments)
    def is_cancelled(self, code: str) -> None:
        plain = self.plain[code]
        seen = self.ground.call("GetPayment", MARKETS, id=code).payment
        answer = self.call("CancelPayment", MARKETS, id=code, etag=seen.etag)
        if plain.state == "pending":
            self.hears(plain)  # the bank is asked to take it back, and says when it was paid
        if plain.state in ("created", "pending"):
            assert state(answer.payment) == "cancelled"
            plain.state = "cancelled"
        else:
            assert answer == self.refusal(plain)

    @rule(minutes=st.sampled_from([1, 3, 20, 300]))
    def time_passes(self, minutes: int) -> None:
        self.ground.now += timedelta(minutes=minutes)

        async def due() -> None:
            for timer in (payment_timers.expire, presentation_timers.ask, refund_timers.send):
                await timer(self.ground.runtime)

        self.ground.run(due())
        for code, plain in self.plain.items():
            if plain.state == "pending" or (code in self.ground.bank.deals and self.ground.now < plain.until):
                self.hears(plain)
            if plain.state in ("created", "pending") and self.ground.now >= plain.until:
                plain.state = "expired"
        for refund in self.back.values():
            if refund.state == "processing":
                self.done(refund)

    # What is given back

    @rule(
        target=refunds,
        code=payments,
        share=st.sampled_from([0, 1, 2, 3]),
        mood=st.sampled_from(["", "", "away", "late", "refuses"]),
    )
    def is_to_be_given_back(self, code: str, share: int, mood: str) -> str:
        plain = self.plain[code]
        wanted = max(1, plain.amount // share) if share else None
        left = plain.amount - self.live(code)
        amount = left if wanted is None else wanted
        alone = sum(
            each.amount
            for each in self.back.values()
            if each.payment == code and each.state in ("processing", "done") and not each.approved
        )
        fields = {"amount": rupiah(wanted)} if wanted else {}
        answer = self.moody(mood, "CreateRefund", MARKETS, payment=code, reason="Dibayar dua kali", **fields)
        if plain.state not in PAID:
            assert answer == "PAYMENT_NOT_CAPTURED"
        elif left == 0:
            assert answer == "REFUNDED_BEFORE"
        elif amount > left:
            assert answer == "REFUND_TOO_LARGE"
        elif amount > self.counter - self.held():
            assert answer == "INSUFFICIENT_FUNDS"
        else:
            refund = self.back[answer.refund.id] = PlainRefund(code, amount, "requested")
            if alone + amount <= ALONE:
                self.goes_back(refund, mood)
            assert state(answer.refund) == refund.state
            return str(answer.refund.id)
        return ""

    @rule(id_=refunds, mood=st.sampled_from(["", "away", "late", "refuses"]))
    def a_second_person_agrees(self, id_: str, mood: str) -> None:
        refund = self.back.get(id_)
        answer = self.moody(mood, "ApproveRefund", TREASURER, id=id_, etag=self.etag(id_))
        if refund is None:
            assert answer == "REFUND_NOT_FOUND"
        elif refund.state != "requested":
            assert answer == "INVALID_TRANSITION"
        else:
            refund.approved = True
            self.goes_back(refund, mood)
            assert state(answer.refund) == refund.state

    @rule(id_=refunds)
    def a_second_person_refuses(self, id_: str) -> None:
        refund = self.back.get(id_)
        answer = self.call("RejectRefund", TREASURER, id=id_, etag=self.etag(id_), reason="Bukan salah kami")
        if refund is not None and refund.state == "requested":
            assert state(answer.refund) == refund.state.replace("requested", "rejected")
            refund.state = "rejected"
        else:
            assert answer in ("INVALID_TRANSITION", "REFUND_NOT_FOUND")

    @rule()
    def what_is_in_suspense_moves_to_the_counter(self) -> None:
        items = self.ground.call("ListSuspense", TREASURER, page_size=200).items
        for item in items:
            target = str(self.ground.counter["id"])
            proposed = self.call(
                "ProposeRelease", TREASURER, id=item.id, etag=item.etag, target=target, note="Milik kami"
            )
            released = self.call("ApproveRelease", TREASURER_2, id=item.id, etag=proposed.item.etag)
            assert state(released.item) == "released"
            self.suspended -= item.amount.units
            self.counter += item.amount.units
        assert self.suspended == 0

    # What must hold

    @invariant()
    def all_is_as_in_the_model(self) -> None:
        async def look() -> tuple[Any, Any, Any]:
            payments = await self.ground.admin.fetch("SELECT code, state, refunded, amount FROM economy.payment")
            refunds = await self.ground.admin.fetch("SELECT id, state, amount FROM economy.refund")
            return payments, refunds, await books(self.ground.admin)

        payments, refunds, rows = self.ground.run(look())
        found = {row["code"]: (row["state"], row["refunded"]) for row in payments if row["code"] in self.plain}
        assert found == {code: (plain.state, plain.refunded) for code, plain in self.plain.items()}
        assert all(row["refunded"] <= row["amount"] for row in payments)
        assert {str(row["id"]): row["state"] for row in refunds} == {
            id_: refund.state for id_, refund in self.back.items()
        }
        assert adds_up(rows)
        balance = {row["id"]: row["balance"] for row in rows}
        assert {
            "wallet": balance[self.ground.wallet],
            "counter": balance[self.ground.counter["account"]],
            "cash": balance[city_account("cash", "IDR")],
            "clearing": balance[city_account("clearing", "IDR")],
            "suspense": balance[city_account("suspense", "IDR")],
        } == {
            "wallet": self.wallet,
            "counter": self.counter,
            "cash": self.cash,
            "clearing": self.clearing,
            "suspense": self.suspended,
        }

    # The rooms

    def call(self, rpc: str, caller: Caller, **fields: Any) -> Any:
        return self.ground.call(rpc, caller, request_id=str(uuid7()), **fields)

    def moody(self, mood: str, rpc: str, caller: Caller, **fields: Any) -> Any:
        """A call while the bank is in a mood."""
        bank = self.ground.bank
        bank.away = {"away": {"refund"}, "late": {"refund late"}}.get(mood, set())
        bank.refuses_refunds = mood == "refuses"
        answer = self.call(rpc, caller, **fields)
        bank.away, bank.refuses_refunds = set(), False
        return answer

    def etag(self, id_: str) -> str:
        if not id_:
            return "1"
        version = self.ground.run(
            self.ground.admin.fetchval("SELECT version FROM economy.refund WHERE id = $1", UUID(id_))
        )
        return str(version)

    async def tell(self, notice: Any) -> None:
        async with self.ground.runtime.transaction() as tx:
            await captures.capture(tx, notice)


def test_no_money_is_lost_or_doubled_in_any_life_of_payments(ground: Ground) -> None:
    run_state_machine_as_test(
        lambda: Lives(ground),  # type: ignore[arg-type]
        settings=settings(
            max_examples=12, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
