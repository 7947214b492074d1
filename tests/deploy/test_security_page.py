"""The page on security names files and tests that are there, and every part of the lists that it answers."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`([\w./-]+/[\w./-]+)(?:::(\w+))?`", PAGE)))
ROWS = [line for line in PAGE[PAGE.index("## ASVS") :].splitlines() if re.match(r"\| (\d+\.\d+\.\d+|API\d+)", line)]


@pytest.mark.parametrize(("file", "test"), NAMED)
def test_what_the_page_names_is_there(file: str, test: str) -> None:
    if file.startswith("/"):
        return  # an address of the portal
    path = ROOT / file
    assert path.exists(), file
    if test:
        assert re.search(rf"^(?:async )?def {test}\(", path.read_text(encoding="utf-8"), re.M), test


def test_a_row_names_a_test_or_says_that_it_is_not_met() -> None:
    assert len(ROWS) >= 100
    for row in ROWS:
        test = row.split("|")[-2]
        assert "`" in test or "–" in test, row


@pytest.mark.parametrize("number", range(1, 11))
def test_each_of_the_ten_risks_has_a_row(number: int) -> None:
    assert f"| API{number} |" in PAGE


@pytest.mark.parametrize("chapter", range(1, 17))
def test_each_chapter_that_applies_has_its_table(chapter: int) -> None:
    assert re.search(rf"^### V{chapter} ", PAGE, re.M)
    assert re.search(rf"^\| {chapter}\.\d+\.\d+", PAGE, re.M)


def test_what_a_table_calls_not_met_is_said_at_the_top() -> None:
    said = PAGE[PAGE.index("## What is not met") : PAGE.index("## ASVS")]
    for row in ROWS:
        if "**not met**" in row:
            for number in re.findall(r"\d+\.\d+\.\d+", row.split("|")[1]):
                assert number in said, number
