"""The index of public-service satisfaction (IKM, Permenpan RB 14/2017), exact. Pure.

    index = 25 x the sum over the elements of (weight x mean of the answers, 1 to 4)

The weight is part of the formula's version: 1/9, 0.111 and 0.11 are all in use, and the same answers give three
figures.
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from services.kit.city.model import Identifier, Named, Text

ELEMENTS, LEVELS = 9, 4
_PER_LEVEL = 25

Days = Annotated[int, Meta(ge=1, le=3_650)]


class Formula(Named, frozen=True, kw_only=True):
    """A version of the formula."""

    id: Identifier
    weight: Annotated[str, Meta(pattern=r"^(1/9|0\.[0-9]{1,6})$")]
    """Of each element, to the letter."""

    def index(self, sums: Sequence[int], answers: int) -> Decimal:
        """The index of so many answers, whose levels add up to these, one sum an element; of two decimals, half up."""
        exact = _PER_LEVEL * Fraction(self.weight) * sum(sums) / answers
        return rounded(exact)


class Grade(Named, frozen=True, kw_only=True):
    """A grade of service, and the least index of it, of two decimals."""

    id: Annotated[str, Meta(pattern="^[A-D]$")]
    least: Annotated[str, Meta(pattern=r"^[0-9]{1,3}\.[0-9]{2}$")] = field(name="from")


class Element(Named, frozen=True, kw_only=True):
    """One of the nine, as it is asked."""

    question_id: Text
    question_en: Text
    answers_id: tuple[Text, ...]
    """In words, from the worst to the best."""
    answers_en: tuple[Text, ...]


class Samples(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many answers do for a population: of Krejcie and Morgan (1970), as the regulation prints them."""

    populations: tuple[int, ...]
    answers: tuple[int, ...]

    def needed(self, population: int) -> int:
        """For a population of so many: between two lines the larger holds; of fewer than the first all of them."""
        if population < self.populations[0]:
            return population
        lines = zip(self.populations, self.answers, strict=True)
        return next((answers for most, answers in lines if population <= most), self.answers[-1])


class Terms(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``surveys.toml``."""

    months: Literal[1, 3, 6, 12]
    """Of a period."""
    formula: Identifier
    invite_days: Days
    words_days: Days
    not_asked: tuple[Identifier, ...] = ()
    """Purposes of payments that nobody is asked about."""
    basis: Text
    made_up: tuple[str, ...] = ()
    formulas: tuple[Formula, ...]
    grades: tuple[Grade, ...]
    """From the best to the worst."""
    elements: tuple[Element, ...]
    samples: Samples

    @property
    def current(self) -> Formula:
        """The formula that the city publishes by."""
        return next(one for one in self.formulas if one.id == self.formula)

    def formula_of(self, name: str) -> Formula:
        """A formula by its id; the current one where it is not known any more."""
        return next((one for one in self.formulas if one.id == name), self.current)

    def grade(self, index: Decimal) -> Grade:
        """The grade of an index, which is looked at as it is shown: of two decimals."""
        return next((one for one in self.grades if index >= Decimal(one.least)), self.grades[-1])


def sums(counts: Sequence[int]) -> list[int]:
    """For each element the sum of the levels answered; ``counts`` are of each level of each element, in order."""
    of_elements = (counts[place : place + LEVELS] for place in range(0, ELEMENTS * LEVELS, LEVELS))
    return [sum(level * count for level, count in enumerate(each, 1)) for each in of_elements]


def mean(total: int, answers: int) -> Decimal:
    """The mean of an element, of two decimals, half up."""
    return rounded(Fraction(total, answers))


def rounded(exact: Fraction) -> Decimal:
    """A figure of two decimals, half up, decided by the exact value."""
    return Decimal(int(exact * 100 + Fraction(1, 2))).scaleb(-2)
