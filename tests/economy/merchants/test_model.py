"""A merchant under any sequence of moves, checked against a plain table of words."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.economy.merchants import model
from services.economy.merchants.model import Application, Kind, Merchant, Size, State, Transition
from services.kit.errors import DomainError

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
NMID, PAN = "ID1020304050607", "9360000001234567896"
REASON = "Tidak ada di tempat."
GOOD = Application("Lumpia Bu Sri", "5814", "food", Size.UMI, "33.74.01.1007", "008", "1234567890")
APPLIED = model.apply(GOOD, UUID(int=1), "owner-1", UUID(int=2), NOW)

PLAIN = {
    "applied": {"activate": "active", "suspend": "suspended", "close": "closed"},
    "active": {"suspend": "suspended", "close": "closed"},
    "suspended": {"activate": "active", "close": "closed"},
    "closed": {},
}


def _moved(merchant: Merchant, move: str) -> Merchant:
    if move == "activate":
        return model.activate(merchant, NMID, PAN, NOW)
    return model.suspend(merchant, REASON, NOW) if move == "suspend" else model.close(merchant, NOW)


def _reason(error: "pytest.ExceptionInfo[DomainError]") -> str:
    return error.value.reason


@given(st.lists(st.sampled_from([move.value for move in Transition]), max_size=8))
def test_any_moves_go_as_the_plain_table_says(moves: list[str]) -> None:
    merchant, state, version = APPLIED, "applied", 1
    for move in moves:
        target = PLAIN[state].get(move)
        if target is None:
            with pytest.raises(DomainError) as caught:
                _moved(merchant, move)
            assert _reason(caught) == "INVALID_TRANSITION"
            assert caught.value.metadata["allowed"] == (", ".join(sorted(PLAIN[state])) or "none")
            continue
        merchant, state, version = _moved(merchant, move), target, version + 1
        assert (merchant.state.value, merchant.version) == (state, version)
        assert merchant.is_payable == (state == "active")
        assert merchant.reason == (REASON if state == "suspended" else merchant.reason)
    assert merchant.bank_number == GOOD.bank_number


@pytest.mark.parametrize(
    ("nmid", "pan", "reason"),
    [
        ("", PAN, "NMID_INVALID"),
        (NMID, "", "PAN_INVALID"),
        (NMID, "9360000001234567897", "PAN_INVALID"),
    ],
)
def test_a_business_is_taken_on_only_with_what_an_acquirer_gives(nmid: str, pan: str, reason: str) -> None:
    with pytest.raises(DomainError) as caught:
        model.activate(APPLIED, nmid, pan, NOW)
    assert _reason(caught) == reason


def test_a_suspended_business_comes_back_with_the_numbers_it_has() -> None:
    suspended = model.suspend(model.activate(APPLIED, NMID, PAN, NOW), REASON, NOW)
    back = model.activate(suspended, "", "", NOW)
    assert (back.nmid, back.pan, back.reason, back.has_qris) == (NMID, PAN, "", True)


def test_a_counter_takes_no_numbers_from_a_desk_and_is_never_closed() -> None:
    counter = replace(APPLIED, kind=Kind.COUNTER, state=State.SUSPENDED, owner="", agency="disdag")
    with pytest.raises(DomainError) as caught:
        model.activate(counter, NMID, PAN, NOW)
    assert _reason(caught) == "COUNTER_FROM_TERMS"
    assert model.activate(counter, "", "", NOW).is_payable
    with pytest.raises(DomainError) as caught:
        model.close(counter, NOW)
    assert _reason(caught) == "COUNTER_STAYS"


@given(st.text("0123456789", min_size=5, max_size=20))
def test_of_an_account_number_only_the_last_four_digits_are_shown(number: str) -> None:
    hidden = replace(APPLIED, bank_number=number).hidden_number
    assert hidden == "*" * (len(number) - 4) + number[-4:]


def test_days_are_thirty_until_today_unless_others_are_named() -> None:
    today = date(2026, 11, 24)
    assert model.days("", "", today) == (date(2026, 10, 25), today)
    assert model.days("", "2026-02-01", today) == (date(2026, 1, 2), date(2026, 2, 1))
    assert model.days("2025-10-21", "", today) == (date(2025, 10, 21), today)
    for first, last, reason in (
        ("2025-10-20", "", "DAYS_INVALID"),
        ("2026-11-25", "", "DAYS_INVALID"),
        ("24.11.2026", "", "DAY_INVALID"),
        ("2026-02-30", "", "DAY_INVALID"),
    ):
        with pytest.raises(DomainError) as caught:
            model.days(first, last, today)
        assert _reason(caught) == reason
