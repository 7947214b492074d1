"""Times and shares as the reader's language writes them, wherever they stand."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from gateway.portal.branding.destination_words import week
from gateway.portal.kit import dates, money
from gateway.portal.kit.texts import LANGUAGES, Texts

WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


@pytest.mark.parametrize(
    ("language", "said"), [("id", ["08.00", "24.00", "02.00"]), ("en", ["08:00", "24:00", "02:00"])]
)
def test_a_time_of_the_day_is_written_as_in_its_language(language: str, said: list[str]) -> None:
    assert [dates.time_of_day(one, Texts(language)) for one in ("08:00", "24:00", "26:00")] == said


@pytest.mark.parametrize(
    ("language", "said"), [("id", ["00.10", "30 November 2026, 23.50"]), ("en", ["00:10", "30 November 2026, 23:50"])]
)
def test_the_day_is_told_with_an_hour_of_another_day_by_the_citys_clock(language: str, said: list[str]) -> None:
    now, zone = datetime(2026, 11, 30, 18, 0, tzinfo=UTC), timezone(timedelta(hours=7))
    stamps = (now - timedelta(minutes=50), now - timedelta(minutes=70))
    assert [dates.clock_or_day(one, Texts(language), zone, now) for one in stamps] == said


@pytest.mark.parametrize(
    ("entered", "day"),
    [
        ("2026-12-24", date(2026, 12, 24)), (" 2026-12-24 ", date(2026, 12, 24)), ("", None), ("24-12-2026", None),
        ("2026-02-30", None), ("20261224", None), ("2026-W52-4", None), ("2026-12-24T00", None), ("٢٠٢٦-١٢-٢٤", None),
        ("0001-01-01", None), ("9999-12-31", None),
    ],
)  # fmt: skip
def test_a_day_is_read_as_browsers_write_it(entered: str, day: date | None) -> None:
    assert dates.day_of(entered) == day


@pytest.mark.parametrize(
    ("kind", "entered", "shown"),
    [
        ("date", "1950-05-01", "date"), ("date", "", "date"), ("date", "32-13-1990", "text"),
        ("date", "2026-02-30", "text"), ("datetime-local", "2026-12-24T08:00", "datetime-local"),
        ("datetime-local", "2026-12-24 8.00", "text"), ("datetime-local", "2026-12-24T24:01", "text"),
        ("number", "many", "number"),
    ],
)  # fmt: skip
def test_an_entry_that_is_no_day_or_moment_is_shown_as_it_was_typed(kind: str, entered: str, shown: str) -> None:
    assert dates.showing(kind, entered) == shown


def test_the_hours_of_a_destination_are_written_as_in_their_language() -> None:
    hours = "Mo-Su 08:00-12:00,13:00-17:00; PH off"
    assert week(Texts("id"), hours) == [*((day, "08.00–12.00, 13.00–17.00") for day in WEEKDAYS), ("PH", "")]
    assert week(Texts("en"), hours)[0] == ("Mo", "08:00–12:00, 13:00–17:00")


def test_what_is_always_open_is_open_24_hours() -> None:
    assert week(Texts("id"), "24/7") == [(day, "24 jam") for day in (*WEEKDAYS, "PH")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Retribusi, Kios A-12, 2026-12-01", "Retribusi, Kios A-12, 1 Desember 2026"),
        ("Retribusi, Kios A-12, 2026-12", "Retribusi, Kios A-12, Desember 2026"),
        ("Retribusi, Kios A-12, 2026", "Retribusi, Kios A-12, 2026"),
        ("Retribusi, Kios 2026-12", "Retribusi, Kios 2026-12"),
        ("Retribusi, Kios A-12, 2026-13", "Retribusi, Kios A-12, 2026-13"),
        ("Retribusi, Kios A-12, 2026-02-30", "Retribusi, Kios A-12, 2026-02-30"),
    ],
)
def test_a_bills_period_is_written_for_people(text: str, said: str) -> None:
    assert dates.period_at_end(text, Texts("id"), UTC) == said


@pytest.mark.parametrize(
    ("text", "units"), [("", 0), ("0", 0), ("25000", 25_000), ("Rp 25.000", 25_000), ("35rb", None), ("7.5", None)]
)
def test_an_amount_that_may_be_nothing_is_read_however_it_is_typed(text: str, units: int | None) -> None:
    assert money.entered(text) == units


def test_both_languages_write_per_cent_without_a_space() -> None:
    assert [money.share(0.63, Texts(language)) for language in LANGUAGES] == ["63%", "63%"]
