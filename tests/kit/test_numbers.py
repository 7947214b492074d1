"""Whole numbers as they are typed."""

from pathlib import Path

import pytest

from services.kit.numbers import grouped, typed


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("7", 7), ("007", 7), ("999", 999)])
def test_a_number_is_read(text: str, number: int) -> None:
    assert typed(text, 3) == number


@pytest.mark.parametrize("text", ["", "²", "٣", "+1", "-1", "1_0", " 1", "1 ", "1.0", "1000", "x", "\ud800", "१"])
def test_what_is_none_or_too_long_is_none(text: str) -> None:
    assert typed(text, 3) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [("12.500", 12_500), ("1.000.000", 1_000_000), ("12,500", 12_500), ("12 500", 12_500), ("500", 500)],
)
def test_thousands_may_have_a_mark(text: str, number: int) -> None:
    assert grouped(text, 7) == number


@pytest.mark.parametrize("text", ["7.5", "12.5", "1.0000", ".500", "1..500", "12.500.", "10.000.000", "-1.000", ""])
def test_a_mark_that_says_something_else_is_not_dropped(text: str) -> None:
    assert grouped(text, 7) is None


def test_nobody_asks_isdigit_before_int() -> None:
    """It says yes to what ``int`` refuses; that was a failure on four forms."""
    root = Path(__file__).parents[2]
    asking = [
        f"{path.relative_to(root)}:{number}"
        for folder in ("gateway", "services")
        for path in (root / folder).rglob("*.py")
        if path.name != "numbers.py"
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if "isdigit()" in line and "int(" in line
    ]
    assert not asking
