"""Working days, suspension and what is due next."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.governance.deadlines.model import Clock, DeadlineCalculator, Deadlines, Terms
from services.kit.city import load_city

_CITY = load_city("semarang")
_CALCULATOR = DeadlineCalculator(_CITY.calendar)
_TERMS = Terms(verification=3, response=5, resolution=14, auto_close=10, reopen=14, evidence=2)
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
    due = _CALCULATOR.filed(_local(2026, 3, 2), Terms(3, 5, None, 10, 14, 2))
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
        assert _CALCULATOR.working_time(replied, after.resolution) == left
        assert after.resolution >= before.resolution or not left


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
