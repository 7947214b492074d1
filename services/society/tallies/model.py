"""Counting answers so that nobody can be told from the others (k-anonymity). Pure.

No answer is kept: it is added to counts, one for each option. Counts come in batches of ``LEAST``: what is told while a
survey is open holds whole batches only, and always leaves at least one more that nobody has seen. So whatever two
moments, and the end, are subtracted from each other, at least ``LEAST`` people are between them. Totals of several
surveys are sums of what is told of each, so subtracting those from each other tells nothing new, either.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from services.society.satisfaction.model import rounded

LEAST = 5
"""People: of fewer nothing is told."""


@dataclass(frozen=True)
class Tally:
    """The counts of an open survey; its id is the survey's. ``shown`` is told, ``waiting`` is the batch that waits
    for the next to be whole, ``filling`` is that one.
    """

    id: UUID
    shown: int
    shown_counts: tuple[int, ...]
    waiting: int
    waiting_counts: tuple[int, ...]
    filling: int
    filling_counts: tuple[int, ...]

    @property
    def answers(self) -> int:
        """How many have answered; told to nobody before the end."""
        return self.shown + self.waiting + self.filling

    @property
    def counts(self) -> tuple[int, ...]:
        """All counts; told to nobody before the end."""
        return _sum(_sum(self.shown_counts, self.waiting_counts), self.filling_counts)


@dataclass(frozen=True)
class Outcome:
    """What came of a survey that has closed, for good; its id is the survey's."""

    id: UUID
    answers: int
    invited: int
    """How many could have answered: cases, payments and permits that ended; 0 where anybody could."""
    needed: int
    """How many answers do for so many; 0 where the survey is no sample."""
    index: str
    """Of two decimals; empty where there is none."""
    grade: str
    formula: str
    counts: tuple[int, ...]
    """Empty where fewer than ``LEAST`` have answered."""


@dataclass(frozen=True)
class Told:
    """What is told of a question's options: its count for each, None where it is hidden."""

    counts: tuple[int | None, ...]
    mean_known: bool
    """Whether a mean tells nothing that is hidden."""

    @property
    def hidden(self) -> bool:
        """Whether something is."""
        return None in self.counts


def new(id_: UUID, width: int) -> Tally:
    """One without answers, of so many cells."""
    none = (0,) * width
    return Tally(id_, 0, none, 0, none, 0, none)


def add(tally: Tally, cells: Sequence[int]) -> tuple[Tally, bool]:
    """The tally with one more answer, and whether a batch became whole by it."""
    counts = list(tally.filling_counts)
    for cell in cells:
        counts[cell] += 1
    filled = replace(tally, filling=tally.filling + 1, filling_counts=tuple(counts))
    return (_moved_on(filled), True) if filled.filling == LEAST else (filled, False)


def _moved_on(tally: Tally) -> Tally:
    """The batch that waited is told, the one that is whole now waits."""
    return replace(
        tally,
        shown=tally.shown + tally.waiting,
        shown_counts=_sum(tally.shown_counts, tally.waiting_counts),
        waiting=tally.filling,
        waiting_counts=tally.filling_counts,
        filling=0,
        filling_counts=(0,) * len(tally.filling_counts),
    )


def told(counts: Sequence[int]) -> Told:
    """What is told of the options of a question that at least ``LEAST`` people have answered.

    Where an option was chosen by somebody, but by fewer than ``LEAST``, all options are hidden up to the least number
    for which those that are hidden cannot be told apart: together ``LEAST`` people at least, and not all alike. Who
    knows all that is told, and this rule, finds for each of them several numbers that may be.
    """
    few = max((count for count in counts if 0 < count < LEAST), default=0)
    if not few:
        return Told(tuple(counts), mean_known=True)
    for most in sorted({count for count in counts if count >= few}):
        low = [count for count in counts if count <= most]
        if sum(low) >= LEAST and len(set(low)) > 1:
            return Told(tuple(None if count <= most else count for count in counts), mean_known=False)
    return Told((None,) * len(counts), mean_known=False)


def mean(counts: Sequence[int]) -> Decimal:
    """The mean of the options' numbers, of two decimals, half up."""
    return rounded(Fraction(sum(number * count for number, count in enumerate(counts, 1)), sum(counts)))


def total(parts: Iterable[Sequence[int]]) -> tuple[int, ...]:
    """The sums of several counts."""
    found: tuple[int, ...] = ()
    for part in parts:
        found = _sum(found, part) if found else tuple(part)
    return found


def _sum(one: Sequence[int], other: Sequence[int]) -> tuple[int, ...]:
    return tuple(a + b for a, b in zip(one, other, strict=True))
