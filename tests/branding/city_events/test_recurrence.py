"""On which dates an event is."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from services.branding.city_events.recurrence import Dated, Moved, Schedule, checked, planned
from services.kit.errors import DomainError

JAKARTA = ZoneInfo("Asia/Jakarta")
TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
LAST = TODAY + timedelta(days=400)


def begins(schedule: Schedule, last: date = LAST) -> list[str]:
    found = planned(checked(schedule, JAKARTA, TODAY), JAKARTA, NOW, last)
    return [one.starts_at.astimezone(JAKARTA).strftime("%Y-%m-%dT%H:%M") for one in found]


def refused(schedule: Schedule) -> str:
    with pytest.raises(DomainError) as caught:
        checked(schedule, JAKARTA, TODAY)
    return caught.value.reason


def test_a_rule_gives_whole_days_from_midnight_to_midnight_of_the_city() -> None:
    birthday = Schedule(rule="FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=2", start="2026-05-02")
    (one,) = planned(birthday, JAKARTA, NOW, LAST)
    assert (one.key, one.all_day) == ("2027-05-02", True)
    assert one.starts_at == datetime(2027, 5, 1, 17, tzinfo=UTC)
    assert one.ends_at - one.starts_at == timedelta(days=1)


def test_what_is_over_is_left_out_and_what_is_on_is_not() -> None:
    long = Schedule(dates=(Dated("2026-11-20", "2026-11-24"), Dated("2026-11-20", "2026-11-23")))
    assert begins(long) == ["2026-11-20T00:00"]
    assert begins(Schedule(dates=(Dated("2026-11-23"),))) == []


def test_exceptions_are_left_out_and_what_is_moved_keeps_its_name_and_length() -> None:
    weekly = Schedule(
        rule="FREQ=WEEKLY;COUNT=4", start="2026-11-28T19:00", end="2026-11-28T22:00",
        exceptions=("2026-12-05T19:00",), moved=(Moved("2026-12-12T19:00", "2026-12-13T16:00"),),
    )  # fmt: skip
    found = planned(weekly, JAKARTA, NOW, LAST)
    assert [one.key for one in found] == ["2026-11-28T19:00", "2026-12-12T19:00", "2026-12-19T19:00"]
    assert found[1].starts_at == datetime(2026, 12, 13, 9, tzinfo=UTC)
    assert {one.ends_at - one.starts_at for one in found} == {timedelta(hours=3)}
    assert [one.moved for one in found] == [False, True, False]


@pytest.mark.parametrize(("end", "days"), [("2026-12-02T22:00", 1), ("2026-12-03T02:00", 1), ("2026-12-04T12:00", 3)])
def test_what_is_moved_to_a_day_whose_hours_are_not_known_takes_whole_days(end: str, days: int) -> None:
    moved = Moved("2026-12-02T10:00", "2026-12-06")
    (one,) = planned(Schedule(dates=(Dated("2026-12-02T10:00", end),), moved=(moved,)), JAKARTA, NOW, LAST)
    assert (one.all_day, one.ends_at - one.starts_at) == (True, timedelta(days=days))


def test_a_date_that_is_alone_on_its_day_is_moved_by_the_day_and_keeps_its_hours() -> None:
    fair = Schedule(dates=(Dated("2026-12-02T10:00", "2026-12-02T22:00"),), moved=(Moved("2026-12-02", "2026-12-06"),))
    assert begins(fair) == ["2026-12-06T10:00"]
    (move,) = checked(fair, JAKARTA, TODAY).moved
    assert move == Moved("2026-12-02T10:00", "2026-12-06T10:00", "2026-12-06T22:00")


def test_a_date_that_is_called_by_its_day_is_moved_to_the_hours_that_are_said() -> None:
    moved = (Moved("2026-12-02", "2026-12-06T16:00"),)
    assert begins(Schedule(dates=(Dated("2026-12-02T10:00", "2026-12-02T22:00"),), moved=moved)) == ["2026-12-06T16:00"]


def test_an_exception_that_names_the_day_alone_leaves_out_all_dates_of_that_day() -> None:
    dates = tuple(Dated(f"2026-12-05T{hour}:00", f"2026-12-05T{hour}:30") for hour in (10, 21))
    nights = Schedule(
        dates=dates, rule="FREQ=WEEKLY", start="2026-11-28T19:00", end="2026-11-28T22:00",
        exceptions=("2026-12-05", "2026-12-06"),
    )  # fmt: skip
    assert begins(nights, date(2026, 12, 13)) == ["2026-11-28T19:00", "2026-12-12T19:00"]


def test_of_several_dates_on_a_day_none_is_moved_by_the_day_alone() -> None:
    twice = (Dated("2026-12-02T10:00", "2026-12-02T12:00"), Dated("2026-12-02T15:00", "2026-12-02T17:00"))
    assert refused(Schedule(dates=twice, moved=(Moved("2026-12-02", "2026-12-06"),))) == "EVENT_MOVE_UNKNOWN"


def test_a_date_that_was_told_keeps_where_it_is_known_from() -> None:
    (one,) = planned(Schedule(dates=(Dated("2027-02-07", "", "SKB 2027"),)), JAKARTA, NOW, LAST)
    assert one.source == "SKB 2027"


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY", "FREQ=HOURLY", "BYDAY=MO", "FREQ=DAILY;COUNT=2;UNTIL=20270101", "FREQ=DAILY;FREQ=DAILY",
        "FREQ=DAILY;INTERVAL=0", "FREQ=WEEKLY;BYDAY=2MO", "FREQ=DAILY;BYSETPOS=0", "FREQ=DAILY;UNTIL=20261399", "x",
        "FREQ=DAILY;BYHOUR=1", "FREQ=DAILY;COUNT=5000", "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=-0",
        "FREQ=WEEKLY;BYDAY=TU,WE;BYSETPOS=3", "FREQ=WEEKLY;BYSETPOS=2", "FREQ=MONTHLY;BYDAY=1MO;BYSETPOS=2",
        "FREQ=YEARLY;BYSETPOS=2", "FREQ=DAILY;BYSETPOS=-2", "FREQ=DAILY;UNTIL=99991231T235959Z",
    ],
)  # fmt: skip
def test_a_rule_that_no_calendar_should_walk_is_refused(rule: str) -> None:
    assert refused(Schedule(rule=rule, start="2026-12-01")) == "EVENT_RULE_INVALID"


def test_a_start_that_is_no_date_of_its_rule_is_refused() -> None:
    assert refused(Schedule(rule="FREQ=WEEKLY;BYDAY=MO", start="2026-12-01")) == "EVENT_RULE_INVALID"
    for never in ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;INTERVAL=7;BYDAY=MO", "FREQ=WEEKLY;BYSETPOS=3"):
        assert refused(Schedule(rule=never, start="2026-12-01")) == "EVENT_RULE_INVALID"
    assert refused(Schedule(rule="FREQ=YEARLY;UNTIL=00010101", start="2026-12-01")) == "EVENT_RULE_INVALID"


@pytest.mark.parametrize(
    "schedule",
    [
        Schedule(dates=(Dated("2026-02-30"),)),
        Schedule(dates=(Dated("2026-12-01T19:00"),)),
        Schedule(dates=(Dated("2026-12-01T19:00", "2026-12-01T18:00"),)),
        Schedule(dates=(Dated("2026-12-01", "2026-12-01T18:00"),)),
        Schedule(dates=(Dated("2026-12-01", "2027-12-01"),)),
        Schedule(dates=(Dated("2099-12-01"),)),
        Schedule(start="2026-12-01"),
        Schedule(rule="FREQ=DAILY"),
        Schedule(rule="FREQ=DAILY", start="2026-12-01", moved=(Moved("9998-12-05", "2026-12-10"),)),
    ],
)
def test_a_date_that_is_none_is_refused(schedule: Schedule) -> None:
    assert refused(schedule) == "EVENT_DATE_INVALID"


def test_what_the_rule_does_not_give_cannot_be_moved() -> None:
    moved = (Moved("2026-12-02", "2026-12-03"),)
    assert refused(Schedule(rule="FREQ=WEEKLY", start="2026-12-01", moved=moved)) == "EVENT_MOVE_UNKNOWN"


_DAYS = st.sets(st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"]), min_size=1)
_ENDS = st.one_of(
    st.just(""),
    st.integers(1, 30).map(lambda count: f";COUNT={count}"),
    st.dates(TODAY, LAST).map(lambda day: f";UNTIL={day:%Y%m%d}T235959"),
)


@settings(max_examples=60)
@given(freq=st.sampled_from(["DAILY", "WEEKLY"]), every=st.integers(1, 9), days=_DAYS, end=_ENDS)
def test_rules_give_what_another_reader_of_rfc_5545_makes_of_them(
    freq: str, every: int, days: set[str], end: str
) -> None:  # fmt: skip
    text = f"FREQ={freq};INTERVAL={every};BYDAY={','.join(sorted(days))}{end}"
    first = datetime(2026, 12, 1, 19)
    other = rrulestr(text, dtstart=first)
    start = next(iter(other), None)
    if start is None:
        return
    schedule = Schedule(
        rule=text, start=f"{start:%Y-%m-%dT%H:%M}", end=f"{start + timedelta(hours=2):%Y-%m-%dT%H:%M}"
    )  # fmt: skip
    expected = rrulestr(text, dtstart=start).between(start, datetime.combine(LAST, datetime.max.time()), inc=True)
    found = begins(schedule)
    assert found == [f"{one:%Y-%m-%dT%H:%M}" for one in expected][: len(found)]
    assert len(found) == min(len(expected), 400)
    assert all(a < b for a, b in pairwise(found))
