"""The maths of settlement: no rupiah lost, none paid twice, for any history."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.economy.days import read_day
from services.economy.settlement import model
from services.economy.settlement.model import Movement
from services.kit.errors import DomainError

ZONE = ZoneInfo("Asia/Jakarta")
amounts = st.integers(1, 10**9)
captures = st.builds(Movement, st.sampled_from(["capture", "release", "cover"]), amounts, st.integers(1, 50))
takings = st.builds(lambda kind, amount: Movement(kind, -amount), st.sampled_from(["fee", "refund"]), amounts)
days = st.lists(st.tuples(st.lists(captures | takings, max_size=5), st.integers(0, 10**6)), max_size=8)


def test_a_day_is_what_came_less_fees_and_refunds() -> None:
    sums = model.settle(
        [Movement("capture", 100_000, 4), Movement("fee", -700), Movement("refund", -20_000)], 0, 0, 10**9
    )
    assert (sums.payments, sums.gross, sums.fees, sums.refunded) == (4, 100_000, 700, 20_000)
    assert (sums.net, sums.carried) == (79_300, 0)


def test_what_is_reserved_for_a_refund_waits() -> None:
    first = model.settle([Movement("capture", 100_000)], 0, 30_000, 70_000)
    assert (first.net, first.carried) == (70_000, 30_000)
    second = model.settle([Movement("refund", -30_000)], first.carried, 0, 0)
    assert (second.refunded, second.net, second.carried) == (30_000, 0, 0)


def test_a_day_below_zero_is_carried_over() -> None:
    first = model.settle([Movement("refund", -5_000)], 0, 0, 0)
    assert (first.net, first.carried) == (0, -5_000)
    second = model.settle([Movement("capture", 20_000)], first.carried, 0, 15_000)
    assert (second.net, second.carried) == (15_000, 0)


def test_what_the_treasury_covers_is_no_turnover_and_goes_out_with_the_refund_or_back() -> None:
    sums = model.settle(
        [Movement("cover", 15_000), Movement("refund", -20_000), Movement("capture", 8_000)], 0, 0, 10**9
    )
    assert (sums.gross, sums.refunded, sums.covered, sums.net, sums.carried) == (8_000, 20_000, 15_000, 3_000, 0)
    held = model.settle([Movement("cover", 15_000)], 0, 15_000, 0)
    assert (held.gross, held.covered, held.net, held.carried) == (0, 15_000, 0, 15_000)
    assert model.settle([Movement("capture", 1)], held.carried, 0, 10**9).net == 15_001


def test_money_of_the_next_day_is_not_paid_out_early() -> None:
    assert model.settle([Movement("capture", 10_000)], 0, 0, 50_000).net == 10_000


@given(days)
def test_what_was_paid_out_and_what_is_left_is_what_came(history: list[tuple[list[Movement], int]]) -> None:
    carried = paid = balance = 0
    for movements, held in history:
        balance += sum(one.amount for one in movements)
        available = max(0, balance - held)
        sums = model.settle(movements, carried, held, available)
        assert 0 <= sums.net <= available
        assert sums.gross + sums.covered - sums.fees - sums.refunded == sum(one.amount for one in movements)
        carried, paid, balance = sums.carried, paid + sums.net, balance - sums.net
        assert carried == balance
    assert paid + carried == sum(one.amount for movements, _ in history for one in movements)


def test_a_missed_day_is_closed_before_the_day_asked_for() -> None:
    posted = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)  # the 23rd in Semarang
    assert model.first_day(posted, date(2026, 11, 24), ZONE) == date(2026, 11, 23)
    assert model.first_day(posted, date(2026, 11, 22), ZONE) == date(2026, 11, 22)
    assert model.end_of(date(2026, 11, 23), ZONE) == datetime(2026, 11, 23, 17, 0, tzinfo=UTC)


def test_a_day_that_is_not_over_is_closed_early_only_when_it_is_today() -> None:
    now = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    assert model.closing_end(date(2026, 11, 23), early=False, now=now, timezone=ZONE) <= now
    assert model.closing_end(date(2026, 11, 24), early=True, now=now, timezone=ZONE) > now
    for day, early in [(date(2026, 11, 24), False), (date(2026, 11, 25), True)]:
        with pytest.raises(DomainError) as caught:
            model.closing_end(day, early=early, now=now, timezone=ZONE)
        assert caught.value.reason == "DAY_NOT_OVER"


@pytest.mark.parametrize("text", ["", "2026-02-29", "2026-13-01", "0001-01-01", "1999-12-31", "9000-01-01", "besok"])
def test_a_day_is_one_of_the_calendar(text: str) -> None:
    with pytest.raises(DomainError) as caught:
        read_day(text)
    assert (caught.value.reason, caught.value.metadata["field"]) == ("DAY_INVALID", "day")
    assert read_day("2026-11-24") + timedelta(1) == date(2026, 11, 25)
