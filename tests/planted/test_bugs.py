"""Planted bugs can still be planted, and what is to catch them is there; ``make planted`` plants them."""

import re

import pytest

from tests.planted.bugs import ROOT, Bug, LostError, read

BUGS = read()


def test_there_are_twenty_at_least_and_no_two_alike() -> None:
    assert len(BUGS) >= 20
    assert len({bug.name for bug in BUGS}) == len({(bug.file, bug.old) for bug in BUGS}) == len(BUGS)


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_bug_changes_what_is_there_and_names_tests_that_are_there(bug: Bug) -> None:
    before = (ROOT / bug.file).read_text(encoding="utf-8")
    assert bug.planted(before) != before
    if bug.file.endswith(".py"):
        compile(bug.planted(before), bug.file, "exec")
    assert bug.tests
    for test in bug.tests:
        file, _, name = test.partition("::")
        text = (ROOT / file).read_text(encoding="utf-8")
        assert not name or re.search(rf"def {name}\(", text), test


def test_a_bug_whose_place_is_gone_says_so() -> None:
    with pytest.raises(LostError, match="0 times, not once: gone"):
        Bug("b", "f", "gone", "x", ("t",)).planted("here")
    with pytest.raises(LostError, match="2 times"):
        Bug("b", "f", "twice", "x", ("t",)).planted("twice twice")
