"""The rules of gatherings."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from services.environment.gatherings.model import Gathering, days_after
from services.kit.ids import uuid7

JAKARTA = ZoneInfo("Asia/Jakarta")


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 12, day, hour, tzinfo=JAKARTA).astimezone(UTC)


def test_what_an_evening_leaves_is_collected_on_the_day_after() -> None:
    assert days_after([(at(5, 19), at(5, 22))], JAKARTA, date(2026, 12, 1)) == [date(2026, 12, 6)]


def test_what_an_evening_leaves_that_lasts_into_the_night_is_collected_once() -> None:
    dates = [(at(5, 19), at(6, 1)), (at(8, 1), at(8, 3)), (at(10, 19), at(11, 9))]
    days = [6, 9, 11, 12]
    assert days_after(dates, JAKARTA, date(2026, 12, 1)) == [date(2026, 12, day) for day in days]


def test_a_festival_of_several_days_is_collected_after_each_of_them() -> None:
    days = days_after([(at(5, 0), at(8, 0))], JAKARTA, date(2026, 12, 7))
    assert days == [date(2026, 12, 7), date(2026, 12, 8)]


def test_what_is_over_is_not_collected_again() -> None:
    assert days_after([(at(5, 19), at(5, 22))], JAKARTA, date(2026, 12, 7)) == []


def test_what_is_taken_to_lie_there_follows_who_is_expected_and_is_bounded() -> None:
    def lies(expected: int) -> float:
        one = Gathering(uuid7(), uuid7(), "pasar", date(2026, 12, 6), "33.74.01.1004", None, None, expected)
        return one.m3(0.5)

    assert (lies(0), lies(4_000), lies(1_000_000)) == (0.5, 2.0, 20.0)
