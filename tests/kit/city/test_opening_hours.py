"""Opening hours: what a text says, and whether something is open, held against a count of minutes."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.kit.city.opening_hours import DAYS, Hours, Opening, Span, State, opening, parse
from services.kit.city.working_days import Calendar, Holiday
from services.kit.errors import DomainError

JAKARTA = ZoneInfo("Asia/Jakarta")
MONDAY = date(2026, 3, 2)
OFF = Holiday(date=date(2026, 3, 4), name_id="Libur", name_en="Holiday", kind="national", status="decided")
PERHAPS = Holiday(date=date(2026, 3, 5), name_id="Libur", name_en="Holiday", kind="national", status="provisional")
CALENDAR = Calendar(JAKARTA, {OFF.date: OFF, PERHAPS.date: PERHAPS})


def at(day: int, clock: str) -> datetime:
    """A moment of March 2026 in the city's time."""
    return datetime.fromisoformat(f"2026-03-{day:02}T{clock}").replace(tzinfo=JAKARTA)


def told(text: str, day: int, clock: str) -> tuple[str, str]:
    """Whether it is open, and until when, in the city's time."""
    found = opening(parse(text), at(day, clock), CALENDAR)
    return found.state.value, f"{found.until.astimezone(JAKARTA):%d %H:%M}" if found.until else ""


WEEK = "Mo-Fr 07:00-14:00; Sa 07:00-12:00; PH off"


@pytest.mark.parametrize(
    ("text", "day", "clock", "expected"),
    [
        (WEEK, 2, "06:59", ("closed", "02 07:00")),
        (WEEK, 2, "07:00", ("open", "02 14:00")),
        (WEEK, 2, "14:00", ("closed", "03 07:00")),
        (WEEK, 7, "12:30", ("closed", "09 07:00")),  # Saturday noon: Monday
        (WEEK, 4, "08:00", ("closed", "")),  # a holiday; the next day may be one
        (WEEK, 5, "08:00", ("unknown", "")),  # a holiday that is not decided
        ("Mo-Fr 07:00-14:00", 4, "08:00", ("unknown", "")),  # nothing is said of holidays
        ("Mo-Fr 07:00-14:00", 3, "15:00", ("closed", "")),
        ("Mo-Fr 07:00-14:00; PH 07:00-14:00", 5, "08:00", ("open", "05 14:00")),  # either way the same
        ("24/7", 4, "03:00", ("open", "")),
        ("Mo 20:00-02:00", 3, "01:59", ("open", "03 02:00")),
        ("Mo 20:00-02:00", 3, "02:00", ("closed", "")),  # until a day that is not known
        ("Tu 20:00-02:00; PH off", 4, "01:00", ("open", "04 02:00")),  # the night before a holiday
        ("Mo 20:00-24:00; Tu 00:00-03:00", 2, "23:00", ("open", "03 03:00")),
        ("Mo,Tu 08:00-12:00,13:00-16:00", 2, "12:30", ("closed", "02 13:00")),
        ("Su-Mo 08:00-09:00", 8, "08:30", ("open", "08 09:00")),
        ("08:00-10:00", 8, "09:00", ("open", "08 10:00")),
        ("Mo-Su 08:00-10:00; Mo off", 2, "09:00", ("closed", "03 08:00")),
    ],
)
def test_hours_hold_in_the_citys_time(text: str, day: int, clock: str, expected: tuple[str, str]) -> None:
    assert told(text, day, clock) == expected


@pytest.mark.parametrize(
    "text",
    ["", "setiap hari", "Mo-Fr", "Mo-Xx 07:00-14:00", "Mo 7:00-14:00", "Mo 07:60-14:00", "Mo 24:00-25:00",
     "Mo 07:00-72:00", "Mo-Fr 07:00-14:00;", "Mo-Fr 07:00+", "24/7; Mo off", "Mo ٠٧:٠٠-١٤:٠٠"],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(DomainError, match="Mo-Fr 07:00-14:00") as raised:
        parse(text)
    assert raised.value.reason == "OPENING_HOURS_INVALID"


spans = st.builds(lambda opens, length: Span(opens, opens + length), st.integers(0, 1439), st.integers(1, 1500)).filter(
    lambda span: span.closes <= 2880
)
days = st.lists(spans, max_size=2).map(lambda found: tuple(sorted(found)))
weeks = st.builds(Hours, st.tuples(*[days] * 7), st.one_of(st.none(), days))
minutes = st.integers(0, 9 * 1440)


def _state(hours: Hours, minute: int) -> State:
    """Whether it is open a minute after Monday's midnight, from the days that may reach that far."""
    doubt = False
    for day in range(minute // 1440 - 2, minute // 1440 + 1):
        on = MONDAY + timedelta(days=day)
        weekly, holidays = hours.week[on.weekday()], hours.holidays
        holiday = CALENDAR.holidays.get(on)
        known = holiday is None or holidays is not None
        if holiday is not None and holiday.status == "provisional":
            known = holidays == weekly
        reach = minute - day * 1440
        if not known:
            doubt |= reach < max([1440, *(span.closes for span in (*weekly, *(holidays or ())))])
        elif any(span.opens <= reach < span.closes for span in (weekly if holiday is None else holidays or ())):
            return State.OPEN
    return State.UNKNOWN if doubt else State.CLOSED


@settings(max_examples=150, deadline=None)
@given(hours=weeks, minute=minutes)
def test_it_is_open_just_in_the_minutes_that_are_counted(hours: Hours, minute: int) -> None:
    now = datetime.combine(MONDAY, datetime.min.time(), JAKARTA) + timedelta(minutes=minute)
    found = opening(hours, now, CALENDAR)
    assert found.state is _state(hours, minute)
    if found.until is None:
        return
    length = int((found.until - now.astimezone(UTC)).total_seconds() // 60)
    assert all(_state(hours, minute + each) is found.state for each in range(0, length, 7))
    assert _state(hours, minute + length - 1) is found.state
    assert _state(hours, minute + length) is {State.OPEN: State.CLOSED, State.CLOSED: State.OPEN}[found.state]


@given(hours=weeks, minute=minutes)
def test_what_is_unknown_has_no_end(hours: Hours, minute: int) -> None:
    now = datetime.combine(MONDAY, datetime.min.time(), JAKARTA) + timedelta(minutes=minute)
    found = opening(hours, now, CALENDAR)
    assert found.state is not State.UNKNOWN or found == Opening(State.UNKNOWN)


def test_the_clock_of_the_city_is_put_forward_and_back() -> None:
    berlin = Calendar(ZoneInfo("Europe/Berlin"), {})
    night = parse("Sa 22:00-06:00")
    found = opening(night, datetime(2026, 3, 28, 23, 0, tzinfo=UTC), berlin)
    assert found == Opening(State.OPEN, datetime(2026, 3, 29, 4, 0, tzinfo=UTC)), "six o'clock is summer time"
    assert opening(night, datetime(2026, 10, 25, 4, 59, tzinfo=UTC), berlin).state is State.OPEN


def test_a_day_of_its_own_goes_before_its_week_and_before_holidays() -> None:
    own = {OFF.date: (Span(480, 600),), MONDAY: ()}
    found = [opening(parse(WEEK), at(day, "09:00"), CALENDAR, own) for day in (2, 4)]
    assert [one.state for one in found] == [State.CLOSED, State.OPEN]
    assert found[1].until == at(4, "10:00")


def test_every_day_has_a_name() -> None:
    assert parse(",".join(DAYS) + " 08:00-09:00") == parse("08:00-09:00")
