"""The rules of refunds against plain sums."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.economy.payments.model import PAID, Method, State
from services.economy.refunds import model
from services.economy.refunds.model import Standing
from services.economy.terms import terms_of
from services.kit.city import load_city
from tests.economy.payments.test_model import NOW, payment

TERMS = terms_of(load_city("semarang"))


@given(
    amount=st.integers(1, 10**7),
    live=st.integers(0, 10**7),
    wanted=st.none() | st.integers(1, 10**7),
    available=st.integers(0, 10**7),
    alone=st.integers(0, 10**6),
    late=st.booleans(),
    bank=st.sampled_from(["ours", "other", ""]),
    method=st.sampled_from([Method.QRIS_DYNAMIC, Method.QRIS_STATIC, Method.WALLET, Method.CASH]),
)
def test_a_refund_is_possible_exactly_when_it_can_be_paid(
    amount: int,
    live: int,
    wanted: int | None,
    available: int,
    alone: int,
    late: bool,
    bank: str,
    method: Method,
) -> None:
    live = min(live, amount)
    at = NOW - timedelta(days=TERMS.refund_days, seconds=1 if late else 0)
    paid = payment(amount=amount, state=State.CAPTURED, method=method, captured_at=at, provider="ours")
    found = model.check(paid, wanted, Standing(live, alone, available, bank), TERMS, NOW)
    asked = amount - live if wanted is None else wanted
    reachable = not method.is_qris or bank == "ours"
    possible = not late and reachable and 0 < asked <= min(amount - live, available)
    assert (found.refusal is None) == possible
    assert found.amount == asked
    assert found.most == (min(amount - live, available) if reachable and not late else 0)
    assert found.needs_approval == (alone + asked > TERMS.refund_alone)


@pytest.mark.parametrize("state", [state for state in State if state not in PAID])
def test_nothing_unpaid_is_given_back(state: State) -> None:
    found = model.check(payment(state=state), None, Standing(0, 0, 100, "ours"), TERMS, NOW)
    assert found.refusal is not None
    assert found.refusal.reason == "PAYMENT_NOT_CAPTURED"
