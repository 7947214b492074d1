"""An agency's figures, its score by a formula, and the league. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from services.governance.performance.formulas import Formula
from services.governance.performance.model import Kind, Sum


@dataclass(frozen=True)
class Figures:
    """An agency's month."""

    of: Mapping[Kind, Sum]

    def cases(self, kind: Kind) -> int:
        """How many."""
        return self.of[kind].cases if kind in self.of else 0

    @property
    def decided(self) -> int:
        """On time or overdue."""
        return self.cases(Kind.ON_TIME) + self.cases(Kind.OVERDUE)

    @property
    def on_time_share(self) -> Fraction | None:
        """On time in all that were decided."""
        return Fraction(self.cases(Kind.ON_TIME), self.decided) if self.decided else None

    @property
    def permits(self) -> int:
        """Permits that were to be decided: in time, late, or by silence."""
        return sum(map(self.cases, (Kind.PERMIT_ON_TIME, Kind.PERMIT_OVERDUE, Kind.PERMIT_DEEMED)))

    @property
    def permit_share(self) -> Fraction | None:
        """Permits decided in time in all that were to be."""
        return Fraction(self.cases(Kind.PERMIT_ON_TIME), self.permits) if self.permits else None

    @property
    def stars(self) -> Fraction | None:
        """Mean of the ratings."""
        rated = self.cases(Kind.RATED)
        return Fraction(self.of[Kind.RATED].total, rated) if rated else None

    @property
    def answer_seconds(self) -> int | None:
        """Mean time until the first answer."""
        both = [self.of[kind] for kind in (Kind.PROMPT, Kind.BELATED) if kind in self.of]
        answers = sum(one.cases for one in both)
        return sum(one.total for one in both) // answers if answers else None

    @property
    def _settled_share(self) -> Fraction | None:
        """Not opened again in all that were decided or explained."""
        ended = self.decided + self.cases(Kind.EXPLAINED)
        return max(Fraction(0), 1 - Fraction(self.cases(Kind.REOPENED), ended)) if ended else None

    def score(self, formula: Formula) -> Fraction | None:
        """By a formula, 0 to 100; None for an agency with too few cases. What has no case is left out."""
        if self.decided + (self.permits if formula.weights.permits else 0) < formula.least_cases:
            return None
        prompt, silent = self.cases(Kind.PROMPT), self.cases(Kind.SILENT)
        parts = (
            (formula.weights.on_time, self.on_time_share),
            (formula.weights.settled, self._settled_share),
            (formula.weights.rating, (self.stars - 1) / 4 if self.stars is not None else None),
            (formula.weights.prompt, Fraction(prompt, prompt + silent) if prompt + silent else None),
            (formula.weights.permits, self.permit_share),
        )
        there = [(weight, part) for weight, part in parts if part is not None]
        whole = sum(weight for weight, _ in there)
        return 100 * sum((weight * part for weight, part in there), Fraction(0)) / whole if whole else None


@dataclass(frozen=True)
class Ranked:
    """An agency in the league."""

    agency: str
    figures: Figures
    score: Fraction | None
    rank: int = 0


def league(of: Mapping[str, Figures], formula: Formula | None) -> list[Ranked]:
    """Agencies, the best first and those that are not ranked last, by their name. Equals share a place."""
    all_ = [Ranked(agency, one, one.score(formula) if formula else None) for agency, one in of.items()]
    ranked = sorted((one for one in all_ if one.score is not None), key=lambda one: (-(one.score or 0), one.agency))
    placed: list[Ranked] = []
    for place, one in enumerate(ranked, 1):
        same = placed and placed[-1].score == one.score
        placed.append(replace(one, rank=placed[-1].rank if same else place))
    return placed + sorted((one for one in all_ if one.score is None), key=lambda one: one.agency)


def decimal(value: Fraction | None) -> str:
    """Of two decimals, half up; empty for none."""
    if value is None:
        return ""
    hundredths = int(value * 100 + Fraction(1, 2))
    return f"{hundredths // 100}.{hundredths % 100:02d}"
