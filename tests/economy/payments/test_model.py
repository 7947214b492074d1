"""The rules of payments against plain tables and sums."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.economy.payments import model
from services.economy.payments.model import PAID, TRANSITIONS, Method, Payment, State
from services.kit.errors import DomainError

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
PLAIN = {
    "created": "present>pending capture>captured expire>expired cancel>cancelled",
    "pending": "present>pending capture>captured expire>expired cancel>cancelled",
    "captured": "refund a part>partly_refunded,refund the rest>refunded",
    "partly_refunded": "refund a part>partly_refunded,refund the rest>refunded",
    "expired": "",
    "cancelled": "capture>captured",
    "refunded": "",
}
MOVES: dict[str, Callable[[Payment], Payment]] = {
    "present": lambda payment: model.present(payment, NOW),
    "capture": lambda payment: model.capture(payment, Method.CASH, NOW),
    "expire": lambda payment: model.expire(payment, NOW),
    "cancel": lambda payment: model.cancel(payment, NOW),
    "refund a part": lambda payment: model.refund(payment, 1, NOW),
    "refund the rest": lambda payment: model.refund(payment, payment.amount - payment.refunded, NOW),
}


def payment(**fields: Any) -> Payment:
    """A payment of 100 whole units."""
    good: dict[str, Any] = {
        "id": uuid4(),
        "code": "SMGP-0000000-00",
        "merchant": uuid4(),
        "payee": uuid4(),
        "currency": "IDR",
        "amount": 100,
        "purpose": "sale",
        "correlation": "story",
        "created_at": NOW,
        "updated_at": NOW,
        "expires_at": NOW + timedelta(minutes=15),
    }
    return Payment(**{**good, **fields})


def plain(state: str) -> dict[str, str]:
    """Move -> where it leads."""
    words = PLAIN[state].split("," if "," in PLAIN[state] else " ")
    return dict(word.split(">") for word in words if word)


@pytest.mark.parametrize("state", list(State))
def test_the_table_is_the_plain_table(state: State) -> None:
    assert {move.value: to.value for (start, move), to in TRANSITIONS.items() if start is state} == plain(state.value)


@given(moves=st.lists(st.sampled_from(sorted(MOVES)), max_size=12))
def test_any_moves_go_as_the_plain_table_says(moves: list[str]) -> None:
    found = payment()
    for move in moves:
        before = found
        target = plain(before.state.value).get(move)
        if target is not None and not (move.startswith("refund") and before.amount - before.refunded < 1):
            found = MOVES[move](before)
            rest = found.refunded == found.amount
            assert found.state.value == ("refunded" if move.startswith("refund") and rest else target)
            assert found.version == before.version + 1
        else:
            with pytest.raises(DomainError):
                MOVES[move](before)
        assert 0 <= found.refunded <= found.amount
        assert (found.captured_at is not None) == found.is_paid == (found.state in PAID)


@given(state=st.sampled_from(list(State)), minutes=st.integers(-5, 5))
def test_what_can_be_paid_is_open_and_in_time(state: State, minutes: int) -> None:
    found = payment(state=state, expires_at=NOW + timedelta(minutes=minutes))
    refusal = model.unpayable(found, NOW)
    assert (refusal is None) == (state in (State.CREATED, State.PENDING) and minutes > 0)
    assert refusal is None or refusal.reason.startswith("PAYMENT_")


@given(amount=st.integers(1, 10**12), fee=st.integers(0, 10**6))
def test_a_capture_moves_the_amount_and_then_the_fee(amount: int, fee: int) -> None:
    found, source = payment(amount=amount), uuid4()
    moved = model.capture_transfers(found, source, fee)
    assert (moved[0].debit, moved[0].credit, moved[0].amount) == (source, found.payee, amount)
    assert [(one.debit, one.amount) for one in moved[1:]] == ([(found.payee, fee)] if fee else [])
    assert model.capture_transfers(found, source, fee) == moved, "the same again is the same transfer"
    assert len({one.id for one in moved}) == len(moved)
