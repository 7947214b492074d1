"""What is counted: options and votes. A vote is a set of numbers of options; alike votes are counted together."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

MOST_OPTIONS = 40


class Method(Enum):
    """How votes are counted."""

    APPROVAL = "approval"
    EQUAL_SHARES = "equal_shares"


@dataclass(frozen=True)
class Option:
    """What voters can approve of."""

    number: int
    """Drawn by lot, so that it may break a tie."""
    cost: int
    """In whole units; 0 without a budget."""


@dataclass(frozen=True)
class Terms:
    """How a ballot is counted."""

    method: Method
    options: tuple[Option, ...]
    budget: int
    """What may be spent, by equal shares."""
    winners: int
    """How many win, by approval."""
    most_choices: int


@dataclass(frozen=True)
class Outcome:
    """What came of it."""

    votes: int
    approvals: Mapping[int, int]
    """By number of the option."""
    chosen: tuple[int, ...]
    """Numbers of the options, in their order."""
    spent: int


Profile = Mapping[int, int]
"""How many votes approve of the same; the key has a bit for each number."""


def mask(numbers: Iterable[int]) -> int:
    """The bits of a vote."""
    found = 0
    for number in numbers:
        found |= 1 << number
    return found


def numbers(bits: int) -> tuple[int, ...]:
    """The numbers of a vote's bits."""
    return tuple(number for number in range(1, MOST_OPTIONS + 1) if bits >> number & 1)


def profile(votes: Iterable[int]) -> Profile:
    """Alike votes together."""
    return Counter(votes)


def possible(terms: Terms, bits: int) -> bool:
    """Whether a vote approves of options of the ballot alone, and of no more than it may."""
    return bits & ~mask(one.number for one in terms.options) == 0 and bits.bit_count() <= terms.most_choices


def approvals(terms: Terms, votes: Profile) -> dict[int, int]:
    """How many approve of each option."""
    return {one.number: sum(count for bits, count in votes.items() if bits >> one.number & 1) for one in terms.options}


def before(found: Mapping[int, int], one: Option) -> tuple[int, int, int]:
    """Where an option stands in a tie: more approvals first, then the lower cost, then the number drawn by lot."""
    return (-found[one.number], one.cost, one.number)
