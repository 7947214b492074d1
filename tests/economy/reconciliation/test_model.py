"""Comparing the acquirer's lines with ours."""

from datetime import UTC, date, datetime, timedelta
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from services.economy.providers.model import ReportLine
from services.economy.reconciliation import model
from services.economy.reconciliation.model import Kind, Known

AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
PAYMENT = UUID(int=1)


def _line(reference: str = "R1", amount: int = 5000, kind: Literal["payment", "refund"] = "payment") -> ReportLine:
    return ReportLine(reference, "SMGP-7K4P2M8-92", kind, amount, "IDR", AT)


def _known(amount: int = 5000, kind: str = "payment") -> dict[tuple[str, str], Known]:
    return {(kind, "R1"): Known("R1", amount, PAYMENT)}


def test_equal_lines_are_no_difference() -> None:
    assert model.compare([_line()], _known(), "IDR") == []


def test_money_that_only_the_bank_has_is_found() -> None:
    (found,) = model.compare([_line()], {}, "IDR")
    assert (found.kind, found.bank, found.here, found.line) == (Kind.ONLY_BANK, 5000, None, _line())


def test_another_amount_is_found_with_both_amounts() -> None:
    (found,) = model.compare([_line(amount=4000)], _known(), "IDR")
    assert (found.kind, found.bank, found.here, found.payment) == (Kind.AMOUNT, 4000, 5000, PAYMENT)


def test_another_currency_is_another_amount() -> None:
    (found,) = model.compare([_line()], _known(), "MYR")
    assert found.kind is Kind.AMOUNT


def test_refunds_differ_as_refunds() -> None:
    assert model.compare([_line(kind="refund")], _known(kind="refund"), "IDR") == []
    (unknown,) = model.compare([_line(kind="refund")], _known(kind="payment"), "IDR")
    (other,) = model.compare([_line(kind="refund", amount=1)], _known(kind="refund"), "IDR")
    assert (unknown.kind, unknown.here) == (Kind.REFUND, None)
    assert (other.kind, other.bank, other.here) == (Kind.REFUND, 1, 5000)


def test_what_the_bank_lists_twice_it_claims_twice() -> None:
    (merged,) = model.merge([_line(), _line()])
    (found,) = model.compare([merged], _known(), "IDR")
    assert (found.kind, found.bank, found.here) == (Kind.AMOUNT, 10_000, 5000)


def test_what_the_bank_does_not_list_is_found_unless_it_was_seen_the_day_before() -> None:
    ours = model.keyed([Known("R1", 5000, PAYMENT)], [Known("R2", 1000, PAYMENT)])
    assert [(one.kind, one.reference, one.bank, one.here) for one in model.missing(ours)] == [
        (Kind.ONLY_HERE, "R1", None, 5000),
        (Kind.REFUND, "R2", None, 1000),
    ]
    assert model.unseen(ours, frozenset({("payment", "R1"), ("refund", "R2")})) == {}
    assert model.unseen(ours, frozenset({("refund", "R1"), ("payment", "R2")})) == ours, "given back is not come"


def test_the_days_follow_each_other_without_gap_or_overlap() -> None:
    zone = ZoneInfo("Asia/Jakarta")
    before, after = model.window(date(2026, 11, 23), zone), model.window(date(2026, 11, 24), zone)
    assert before[1] == after[0] == datetime(2026, 11, 23, 16, 55, tzinfo=UTC)


@given(st.dictionaries(st.text(min_size=1, max_size=5), st.integers(1, 10**9), max_size=20), st.data())
def test_each_line_is_either_equal_or_a_difference(books: dict[str, int], data: st.DataObject) -> None:
    report = {
        reference: data.draw(st.sampled_from([amount, amount + 1]))
        for reference, amount in books.items()
        if data.draw(st.booleans())
    }
    known = {("payment", reference): Known(reference, amount, None) for reference, amount in books.items()}
    found = model.compare([_line(*line) for line in report.items()], known, "IDR")
    assert {one.reference for one in found} == {name for name, amount in report.items() if amount != books[name]}
    gone = model.unseen(known, frozenset(("payment", reference) for reference in report))
    assert {reference for _, reference in gone} == books.keys() - report.keys()


def test_old_days_that_were_missed_are_asked_for_in_turn_and_the_newest_each_time() -> None:
    missed = [date(2026, 11, 1) + timedelta(days=more) for more in range(12)]
    asked = [model.in_turn(missed, AT + timedelta(minutes=minute)) for minute in range(5)]
    assert all(days == sorted(days) and days[-7:] == missed[-7:] for days in asked)
    assert {day for days in asked for day in days} == set(missed)
    assert model.in_turn(missed[:8], AT) == missed[:8]
    assert model.in_turn([], AT) == []


def test_reports_are_looked_through_from_when_it_can_have_been_booked_but_no_more_than_a_month_back() -> None:
    zone, day = ZoneInfo("Asia/Jakarta"), date(2026, 11, 26)
    booked = [Known("R1", 5000, PAYMENT, since) for since in (AT, AT - timedelta(days=90), None)]
    assert [model.looked_from(day, [one], zone) for one in booked] == [
        date(2026, 11, 24),
        date(2026, 10, 26),
        date(2026, 11, 19),
    ]
    assert model.looked_from(day, [], zone) == date(2026, 11, 25)
