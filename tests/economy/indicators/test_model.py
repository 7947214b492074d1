"""The rules of indicators."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.economy.indicators import model
from services.economy.indicators.model import Figures
from services.kit.errors import DomainError

TODAY = date(2026, 11, 24)


def test_thirty_days_until_today_unless_told_otherwise() -> None:
    assert model.days("", "", TODAY) == (date(2026, 10, 26), TODAY)
    assert model.days("2026-11-01", "2026-11-01", TODAY) == (date(2026, 11, 1), date(2026, 11, 1))
    assert model.days("", "2026-03-31", TODAY) == (date(2026, 3, 2), date(2026, 3, 31))


@pytest.mark.parametrize(
    ("first", "last", "reason"),
    [
        ("2026-11-25", "2026-11-24", "DAYS_INVALID"),
        ("2025-11-23", "2026-11-24", "DAYS_INVALID"),
        ("24-11-2026", "", "DAY_INVALID"),
        ("", "2026-02-30", "DAY_INVALID"),
        ("0001-01-01", "0001-01-02", "DAY_INVALID"),
    ],
)
def test_days_are_in_order_and_at_most_a_year(first: str, last: str, reason: str) -> None:
    with pytest.raises(DomainError) as caught:
        model.days(first, last, TODAY)
    assert caught.value.reason == reason


def test_a_leap_year_of_days_can_be_asked_for() -> None:
    first, last = model.days("2025-11-24", "2026-11-24", TODAY)
    assert last - first == timedelta(days=365)


@given(st.integers(0, 50), st.integers(0, 10**9))
def test_fewer_than_five_payments_tell_no_turnover(payments: int, units: int) -> None:
    assert Figures(payments, 0, units).turnover == (units if payments >= 5 else None)


@given(st.integers(0, 1000), st.integers(0, 1000))
def test_a_share_is_between_nothing_and_all(cashless: int, cash: int) -> None:
    share = Figures(cashless + cash, cashless).share
    assert 0 <= share <= 1
    assert (share == 0) == (cashless == 0)
