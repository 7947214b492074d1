"""The index of satisfaction: exact, by a named formula; grades; how many answers do."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.city import load_city
from services.society.satisfaction import model
from services.society.satisfaction.profile import surveys_of

_FOUND = surveys_of(load_city("semarang"))
assert _FOUND is not None
TERMS = _FOUND
SUMS = (105, 101, 100, 116, 102, 105, 106, 105, 115)
"""The worked example: 29 answers."""


def _counts(sums: tuple[int, ...], answers: int) -> list[int]:
    """Some counts of the four levels with these sums."""
    found = []
    for total in sums:
        threes = total - 3 * answers
        found += [0, 0, answers - threes, threes] if threes >= 0 else [0, -threes, answers + threes, 0]
    return found


@pytest.mark.parametrize(
    ("formula", "index"), [("per-sembilan", "91.48"), ("tiga-desimal", "91.38"), ("dua-desimal", "90.56")]
)
def test_the_same_answers_give_the_figure_of_each_formula(formula: str, index: str) -> None:
    one = next(each for each in TERMS.formulas if each.id == formula)
    assert str(one.index(SUMS, 29)) == index
    counts = _counts(SUMS, 29)
    assert model.sums(counts) == list(SUMS)
    assert str(one.index(model.sums(counts), 29)) == index, "computed again from what is kept"


@given(answers=st.integers(5, 100_000), data=st.data())
def test_an_index_is_the_exact_figure_rounded_half_up(answers: int, data: st.DataObject) -> None:
    sums = data.draw(st.lists(st.integers(answers, 4 * answers), min_size=9, max_size=9))
    found = TERMS.current.index(sums, answers)
    exact = Fraction(25 * sum(sums), 9 * answers)
    assert -Fraction(1, 200) < Fraction(found) - exact <= Fraction(1, 200)
    assert found.as_tuple().exponent == -2
    assert Decimal(25) <= found <= 100


@pytest.mark.parametrize(
    ("index", "grade"),
    [("100.00", "A"), ("88.31", "A"), ("88.30", "B"), ("76.61", "B"), ("76.60", "C"), ("65.00", "C"), ("64.99", "D")],
)
def test_a_grade_begins_with_its_least_index(index: str, grade: str) -> None:
    assert TERMS.grade(Decimal(index)).id == grade


def test_a_sample_is_that_of_the_next_line_of_the_table() -> None:
    needed = TERMS.samples.needed
    assert [needed(each) for each in (0, 4, 10, 11, 100, 101, 10_000, 100_000, 5_000_000)] == [
        0, 4, 10, 14, 80, 86, 370, 384, 384,
    ]  # fmt: skip
    for population, answers in zip(TERMS.samples.populations, TERMS.samples.answers, strict=True):
        by_formula = 3.841 * population * 0.25 / (0.0025 * (population - 1) + 3.841 * 0.25)
        assert abs(answers - by_formula) <= 1.5, "Krejcie and Morgan's own formula, by which its table was made"


def test_a_city_without_the_file_asks_nobody() -> None:
    assert surveys_of(load_city("kabupaten-semarang")) is None
