"""The method of equal shares, against pabutools, by its axioms, and as large as a city."""

import json
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.society.counting import equal_shares
from services.society.counting.votes import Method, Option, Outcome, Terms, mask, profile

RECORDED = json.loads((Path(__file__).parent / "pabutools.json").read_text())


def counted(costs: list[int], budget: int, votes: list[list[int]]) -> Outcome:
    options = tuple(Option(number, cost) for number, cost in enumerate(costs, 1))
    terms = Terms(Method.EQUAL_SHARES, options, budget, 1, len(options))
    return equal_shares.count(terms, profile(map(mask, votes)))


def test_it_chooses_what_pabutools_chooses() -> None:
    assert RECORDED["pabutools"] == "1.2.3"
    assert len(RECORDED["elections"]) == 150
    for one in RECORDED["elections"]:
        assert list(counted(one["costs"], one["budget"], one["votes"]).chosen) == one["chosen"], one


@st.composite
def elections(draw: st.DrawFn) -> Mapping[str, Any]:
    costs = draw(st.lists(st.integers(1, 50), min_size=1, max_size=6))
    vote = st.lists(st.integers(1, len(costs)), unique=True)
    return {
        "costs": costs,
        "budget": draw(st.integers(max(costs), sum(costs))),
        "votes": draw(st.lists(vote, min_size=1, max_size=20)),
    }


@given(elections(), st.randoms())
def test_the_budget_holds_the_order_of_votes_is_nothing_and_what_fits_is_taken(election: Any, lots: Any) -> None:
    outcome = counted(**election)
    assert outcome.spent == sum(election["costs"][number - 1] for number in outcome.chosen) <= election["budget"]
    mixed = list(election["votes"])
    lots.shuffle(mixed)
    assert counted(election["costs"], election["budget"], mixed) == outcome
    left = election["budget"] - outcome.spent
    for number, cost in enumerate(election["costs"], 1):
        assert number in outcome.chosen or cost > left or not outcome.approvals[number]


@given(st.integers(1, 12), st.integers(1, 12))
def test_two_groups_get_of_the_budget_what_they_are_of_the_voters(first: int, second: int) -> None:
    votes = [[1, 2, 3, 4]] * first + [[5, 6, 7, 8]] * second
    chosen = counted([10] * 8, 40, votes).chosen
    groups = [sum(number <= 4 for number in chosen), sum(number > 4 for number in chosen)]
    assert sum(groups) == 4
    assert groups[0] >= 4 * first // (first + second)
    assert groups[1] >= 4 * second // (first + second)


def test_the_highest_share_of_votes_does_not_take_all() -> None:
    votes = [[1, 2]] * 60 + [[3]] * 40
    assert counted([50, 50, 40], 100, votes).chosen == (1, 3)


@pytest.mark.parametrize("voters", [50_000])
def test_a_ballot_of_fifty_thousand_counted_twice_gives_the_same(voters: int) -> None:
    lots = random.Random(7)
    costs = [lots.randint(2, 20) * 1_000_000 for _ in range(10)]
    votes = [[number for number in range(1, 11) if lots.random() < 0.3] for _ in range(voters)]
    first = counted(costs, 60_000_000, votes)
    lots.shuffle(votes)
    assert counted(costs, 60_000_000, votes) == first
    assert first.votes == voters
