"""Working days, against a model that walks the calendar one day at a time."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.city import Calendar, Holiday, load_city

JAKARTA = ZoneInfo("Asia/Jakarta")
CALENDAR = load_city("semarang").calendar

moments = st.datetimes(datetime(2024, 11, 1), datetime(2028, 2, 1), timezones=st.sampled_from([UTC, JAKARTA]))
counts = st.integers(0, 120)


def off(day: date) -> bool:
    return day.weekday() >= 5 or day in CALENDAR.holidays


def naive(moment: datetime, days: int) -> date:
    day = moment.astimezone(JAKARTA).date()
    while days or off(day):
        day += timedelta(days=1)
        days -= 0 if off(day) or not days else 1
    return day


@given(moments, counts)
def test_adding_working_days_is_walking_the_calendar(moment: datetime, days: int) -> None:
    due = CALENDAR.add_working_days(moment, days)

    assert (due.date(), due.time(), due.tzinfo) == (naive(moment, days), time(23, 59, 59), JAKARTA)


@given(moments, counts, counts)
def test_more_days_never_end_earlier(moment: datetime, fewer: int, more: int) -> None:
    fewer, more = sorted([fewer, more])

    assert CALENDAR.add_working_days(moment, fewer) <= CALENDAR.add_working_days(moment, more)


def test_late_evening_in_utc_is_already_the_next_day_in_semarang() -> None:
    friday_evening = datetime(2026, 1, 8, 18, 0, tzinfo=UTC)  # Friday 01:00 in Jakarta

    assert CALENDAR.add_working_days(friday_evening, 1).date() == date(2026, 1, 12)


def test_eid_with_its_joint_leave_is_skipped() -> None:
    before = datetime(2026, 3, 17, 9, 0, tzinfo=JAKARTA)

    assert CALENDAR.add_working_days(before, 1).date() == date(2026, 3, 25)


def test_no_days_from_a_weekend_end_on_monday() -> None:
    saturday = datetime(2026, 1, 10, 12, 0, tzinfo=JAKARTA)

    assert CALENDAR.add_working_days(saturday, 0).date() == date(2026, 1, 12)


def test_a_year_outside_the_calendar_has_weekends_only_and_is_provisional() -> None:
    new_year = date(2030, 1, 1)

    assert CALENDAR.is_working_day(new_year)
    assert not CALENDAR.is_working_day(date(2030, 1, 5))
    assert CALENDAR.is_provisional(new_year)


def test_one_provisional_day_makes_its_year_provisional() -> None:
    days = [
        Holiday(date=date(2031, 1, 1), name_id="a", name_en="a", kind="national", status="decided"),
        Holiday(date=date(2031, 5, 1), name_id="b", name_en="b", kind="national", status="provisional"),
    ]
    calendar = Calendar(JAKARTA, {day.date: day for day in days})

    assert calendar.is_provisional(date(2031, 1, 2))


def test_a_city_may_work_on_saturdays() -> None:
    calendar = Calendar(JAKARTA, {}, frozenset(range(1, 7)))

    assert calendar.is_working_day(date(2026, 1, 10))


def test_a_moment_without_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        CALENDAR.add_working_days(datetime(2026, 1, 1), 3)


def test_negative_days_are_refused() -> None:
    with pytest.raises(ValueError, match="give 0 or more"):
        CALENDAR.add_working_days(datetime(2026, 1, 1, tzinfo=UTC), -1)
