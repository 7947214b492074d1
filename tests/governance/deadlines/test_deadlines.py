"""Working days, suspension and what is due next."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.governance.deadlines.model import Clock, DeadlineCalculator, Deadlines, Terms
from services.kit.city import load_city
from tests.fixtures.holidays import decided_off

_CITY = load_city("semarang")
_CALCULATOR = DeadlineCalculator(_CITY.calendar)
_TERMS = Terms(verification=3, response=5, resolution=14, auto_close=10, reopen=14, evidence=2, waiting=10)
_ZONE = _CITY.timezone


def _local(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, second, tzinfo=_ZONE)


_INSTANTS = st.datetimes(datetime(2025, 1, 1), datetime(2026, 11, 30), timezones=st.just(UTC))


def test_verification_is_due_at_the_end_of_the_third_working_day() -> None:
    due = _CALCULATOR.filed(_local(2026, 3, 5, 10, 0), _TERMS)  # a Thursday
    assert due.verification == _local(2026, 3, 10, 23, 59, 59)


def test_holidays_and_joint_leave_do_not_count() -> None:
    # Nyepi and Idulfitri 2026 with their joint leave fill most of 18 to 24 March.
    due = _CALCULATOR.filed(_local(2026, 3, 17, 10, 0), _TERMS)
    assert due.verification is not None
    assert due.verification > _local(2026, 3, 25)


def test_an_aspiration_has_no_resolution_deadline() -> None:
    due = _CALCULATOR.filed(_local(2026, 3, 2), Terms(3, 5, None, 10, 14, 2, 10))
    assert due.resolution is None


def test_a_deadline_in_a_year_without_decree_is_provisional() -> None:
    assert _CALCULATOR.filed(_local(2026, 12, 28), _TERMS).provisional
    assert not _CALCULATOR.filed(_local(2026, 3, 2), _TERMS).provisional


@given(_INSTANTS, st.integers(0, 60 * 24 * 3600), st.integers(0, 20 * 24 * 3600))
def test_waiting_keeps_the_working_time_that_was_left(start: datetime, spent: int, waited: int) -> None:
    before = _CALCULATOR.filed(start, _TERMS)
    asked = start + timedelta(seconds=spent)
    assert before.resolution is not None
    suspended = _CALCULATOR.suspended(before, asked)
    replied = asked + timedelta(seconds=waited)
    after = _CALCULATOR.resumed(suspended, replied)
    assert after.resolution is not None
    if asked > before.resolution:
        assert after.resolution == before.resolution  # what had passed stays passed
    else:
        left = _CALCULATOR.working_time(asked, before.resolution)
        assert after.used_up is not None
        assert _CALCULATOR.working_time(replied, after.used_up) == left
        assert after.resolution >= before.resolution or not left
        assert after.resolution.astimezone(_ZONE).timetz() == time(23, 59, 59, tzinfo=_ZONE)
        assert after.resolution.astimezone(_ZONE).date() == after.used_up.astimezone(_ZONE).date()


def test_what_is_due_after_a_question_is_due_at_the_end_of_its_day_and_many_questions_give_one_day_at_most() -> None:
    due, at = _CALCULATOR.filed(_local(2026, 11, 30, 10), _TERMS), _local(2026, 12, 1, 10)
    assert due.resolution == _local(2026, 12, 18, 23, 59, 59), "a Friday"
    for _ in range(5):
        due = _CALCULATOR.resumed(_CALCULATOR.suspended(due, at), at + timedelta(seconds=1))
        assert (due.resolution, due.wake) == (_local(2026, 12, 21, 23, 59, 59),) * 2
        at += timedelta(minutes=5)
    last = _local(2026, 12, 21, 10)
    due = _CALCULATOR.resumed(_CALCULATOR.suspended(due, last), last + timedelta(seconds=1))
    assert due.resolution == _local(2026, 12, 21, 23, 59, 59), "used up already, and good until the day ends"


def test_a_moment_that_an_older_process_left_behind_counts_no_more() -> None:
    at = _local(2026, 12, 1, 10)
    first = _CALCULATOR.resumed(_CALCULATOR.suspended(_CALCULATOR.filed(at, _TERMS), at), at + timedelta(hours=30))
    older = replace(first, resolution=_local(2026, 12, 28, 0, 0, 1))
    assert _CALCULATOR.suspended(older, at).left == _CALCULATOR.working_time(at, _local(2026, 12, 28, 0, 0, 1))


@pytest.mark.parametrize("asked", [_local(2026, 12, 21, 8), _local(2026, 12, 22, 8)], ids=["before it passed", "after"])
def test_a_question_on_the_day_that_a_deadline_was_put_off_to_keeps_the_hours_that_were_left_and_no_more(
    monkeypatch: pytest.MonkeyPatch, asked: datetime
) -> None:
    due, at = _CALCULATOR.filed(_local(2026, 11, 30, 10), _TERMS), _local(2026, 12, 1, 10)
    due = _CALCULATOR.resumed(_CALCULATOR.suspended(due, at), at + timedelta(hours=10))
    assert due.used_up == _local(2026, 12, 21, 9, 59, 59), "a Monday"
    decided_off(_CITY.calendar, due.used_up, monkeypatch)
    due = _CALCULATOR.put_off(due, asked)
    left = _CALCULATOR.suspended(due, asked).left
    assert left == _CALCULATOR.working_time(asked, _local(2026, 12, 22, 9, 59, 59)) > timedelta()


@given(_INSTANTS, st.integers(0, 30 * 24 * 3600))
def test_what_is_counted_anew_keeps_what_it_waited_and_is_due_at_the_end_of_a_day(start: datetime, waited: int) -> None:
    filed = _CALCULATOR.filed(start, _TERMS)
    due = _CALCULATOR.resumed(_CALCULATOR.suspended(filed, start), start + timedelta(seconds=waited))
    anew = _CALCULATOR.recounted(due, start, _TERMS, replace(_TERMS, resolution=7))
    again = _CALCULATOR.recounted(anew, start, replace(_TERMS, resolution=7), _TERMS)
    assert (again.resolution, again.used_up or again.resolution) == (due.resolution, due.used_up)
    assert anew.resolution is not None
    assert anew.resolution.astimezone(_ZONE).timetz() == time(23, 59, 59, tzinfo=_ZONE)


@given(_INSTANTS, st.integers(1, 30 * 24 * 3600 * 1000))
def test_working_time_and_its_end_undo_each_other(start: datetime, milliseconds: int) -> None:
    amount = timedelta(milliseconds=milliseconds)
    end = _CALCULATOR.after_working_time(start, amount)
    assert _CALCULATOR.working_time(start, end) == amount


@given(_INSTANTS)
def test_waiting_stops_nothing_else(start: datetime) -> None:
    waiting = _CALCULATOR.suspended(_CALCULATOR.filed(start, _TERMS), start)
    assert waiting.wake is None
    assert waiting.next_due is None


def test_the_reopening_window_is_counted_in_calendar_days() -> None:
    due = _CALCULATOR.resolved(Deadlines(), _local(2026, 3, 2, 15, 0), _TERMS)
    assert due.reopen_until == _local(2026, 3, 16, 23, 59, 59)
    assert due.auto_close == _local(2026, 3, 16, 23, 59, 59)


def test_passed_deadlines_are_told_once_and_in_order() -> None:
    due = _CALCULATOR.assigned(_CALCULATOR.filed(_local(2026, 3, 2), _TERMS), _local(2026, 3, 2), _TERMS)
    late = _local(2026, 4, 30)
    assert due.passed(late) == [Clock.RESPONSE, Clock.RESOLUTION]
    told = Deadlines(response=due.response, resolution=due.resolution, breached=frozenset({Clock.RESPONSE}))
    assert told.passed(late) == [Clock.RESOLUTION]
    assert told.wake == due.resolution
    assert told.next_due == due.response


def test_a_clock_that_runs_again_can_be_breached_again() -> None:
    breached = Deadlines(response=_local(2026, 3, 2), breached=frozenset({Clock.RESPONSE}))
    again = _CALCULATOR.assigned(breached, _local(2026, 3, 9), _TERMS)
    assert again.wake == again.response
