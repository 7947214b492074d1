"""What a sale took and what is left of it. Pure rules; amounts are whole units."""

from dataclasses import dataclass
from fractions import Fraction

from services.branding.terms.profile import Tax


@dataclass(frozen=True)
class Takings:
    """The sums of a sale. Orders that cost nothing count with nothing."""

    orders: int = 0
    """That were paid, also those whose money went back because no seats were left."""
    tickets: int = 0
    taken_back: int = 0
    """Of those, by their holders or because it does not take place."""
    captured: int = 0
    """What economy captured for it."""
    owed: int = 0
    """What economy was asked to give back, done or not."""
    refunded: int = 0
    """What economy gave back."""
    moved: int = 0
    """What came with tickets that were changed from other sales of the agency, less what went with those to others."""

    @property
    def open(self) -> int:
        """What is to go back and is not there yet."""
        return self.owed - self.refunded

    @property
    def kept(self) -> int:
        """What is left once all has gone back."""
        return self.captured + self.moved - self.owed


def tax_in(kept: int, tax: Tax | None) -> int | None:
    """The tax that prices hold: of what is left, since tickets are sold with it; half a unit counts as one.

    None where the city has not said its rate: then nothing is reckoned.
    """
    if tax is None or tax.rate_percent is None:
        return None
    rate = Fraction(str(tax.rate_percent))
    exact = kept * rate / (100 + rate)
    return int(exact + Fraction(1, 2)) if kept > 0 else 0
