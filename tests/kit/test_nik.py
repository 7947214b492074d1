"""What numbers of identity cards can be told by their look."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit import nik
from services.kit.errors import DomainError
from tests.society.residents.people import number

TODAY = date(2026, 11, 24)


@given(st.dates(date(1900, 1, 1), TODAY), st.booleans())
def test_a_number_and_its_date_of_birth_go_together_for_women_and_men(born: date, woman: bool) -> None:
    assert nik.read(number(born, woman=woman), str(born), TODAY) == born


@pytest.mark.parametrize(
    "wrong",
    ["", "337401570890000", "33740157089000000", "3374015708900O00", "9974015708900000", "３374015708900000"],
)
def test_what_cannot_be_a_number_is_refused_without_being_quoted(wrong: str) -> None:
    with pytest.raises(DomainError) as caught:
        nik.read(wrong, "1990-08-17", TODAY)
    assert caught.value.reason == "NIK_IMPLAUSIBLE"
    assert wrong == "" or wrong not in caught.value.message


def test_another_date_of_birth_than_the_numbers_is_refused() -> None:
    with pytest.raises(DomainError) as caught:
        nik.read("3374015708900000", "1990-08-18", TODAY)
    assert caught.value.reason == "BIRTH_DATE_MISMATCH"


@pytest.mark.parametrize("birth_date", ["1890-08-17", "2090-08-17", "1990-13-17", "1990-02-30", "yesterday", ""])
def test_what_is_no_date_of_birth_is_said_to_be_none(birth_date: str) -> None:
    with pytest.raises(DomainError) as caught:
        nik.read("3374015708900000", birth_date, TODAY)
    assert caught.value.reason == "BIRTH_DATE_INVALID"


def test_where_a_card_was_issued_is_read_from_its_number() -> None:
    assert nik.issued_in("3374015708900000", "33.74")
    assert not nik.issued_in("3322015708900000", "33.74")


@pytest.mark.parametrize(
    ("born", "day", "years"),
    [
        (date(2009, 11, 25), date(2026, 11, 24), 16),
        (date(2009, 11, 24), date(2026, 11, 24), 17),
        (date(2008, 2, 29), date(2025, 2, 28), 16),
        (date(2008, 2, 29), date(2025, 3, 1), 17),
    ],
)
def test_ages_are_whole_years(born: date, day: date, years: int) -> None:
    assert nik.age(born, day) == years
