"""Whole numbers as they are typed."""

from pathlib import Path

import pytest

from services.kit.numbers import typed


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("7", 7), ("007", 7), ("999", 999)])
def test_a_number_is_read(text: str, number: int) -> None:
    assert typed(text, 3) == number


@pytest.mark.parametrize("text", ["", "²", "٣", "+1", "-1", "1_0", " 1", "1 ", "1.0", "1000", "x", "\ud800", "१"])
def test_what_is_none_or_too_long_is_none(text: str) -> None:
    assert typed(text, 3) is None


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
