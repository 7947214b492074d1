"""By which formula a month is reckoned: ``performance.toml`` of the city. A mistake is named with its file and line.

In a city without the file cases are counted, and nobody is ranked.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Annotated

from msgspec import Meta, Struct

from services.kit.city import City
from services.kit.city.files import Fault, read_optional
from services.kit.city.model import Named

FILE = "performance.toml"
_WHOLE = 100

Weight = Annotated[int, Meta(ge=0, le=_WHOLE)]


class Weights(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What counts how much, of 100."""

    on_time: Weight
    settled: Weight
    rating: Weight
    prompt: Weight
    permits: Weight = 0
    """Of versions that count permits."""


class Formula(Named, frozen=True, kw_only=True):
    """A version of the formula."""

    id: Annotated[str, Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    first_month: Annotated[str, Meta(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]
    least_cases: Annotated[int, Meta(ge=1, le=10_000)]
    close_days: Annotated[int, Meta(ge=1, le=90)]
    """After the month's end, until which its events count in it."""
    explained_apart: bool = False
    """Whether what was explained instead of done counts apart, of versions that say so."""
    permits_by_term: bool = False
    """Whether no permit counts as silence before its term is over, nor as late before a day off that was decided since
    has put it off, of versions that say so.
    """
    weights: Weights


class Terms(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``performance.toml``."""

    keep_months: Annotated[int, Meta(ge=14, le=240)]
    formulas: tuple[Formula, ...]
    made_up: tuple[str, ...] = ()

    def formula(self, month: date) -> Formula | None:
        """The last one that begins with the month or before; None before the first."""
        begun = [one for one in self.formulas if one.first_month <= f"{month:%Y-%m}"]
        return begun[-1] if begun else None


_WITHOUT = Terms(keep_months=36, formulas=())
CLOSE_DAYS = 5
"""Of a month that no formula is for."""


@lru_cache(maxsize=8)
def terms_of(city: City) -> Terms:
    """What a city says of performance. Raises CityError that lists all that is wrong."""
    return read_optional(city.folder, FILE, Terms, _faults) or _WITHOUT


def cut_off(terms: Terms, month: date, zone: tzinfo) -> datetime:
    """Until when events of a month count in it."""
    formula = terms.formula(month)
    days = formula.close_days if formula else CLOSE_DAYS
    return datetime.combine(after(month) + timedelta(days=days), time(), zone)


def after(month: date) -> date:
    """The first day of the month after."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def earlier(month: date, months: int) -> date:
    """The first day of the month so many before."""
    count = month.year * 12 + month.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)


def _faults(given: Terms) -> Iterator[Fault]:
    names = [one.id for one in given.formulas]
    if len(set(names)) != len(names):
        yield (("formulas",), "a formula is there twice", "remove or rename one")
    begins = [one.first_month for one in given.formulas]
    if begins != sorted(set(begins)):
        yield (("formulas",), "formulas begin in different months, the earliest first", "put them in order")
    for place, one in enumerate(given.formulas):
        of = one.weights
        if of.on_time + of.settled + of.rating + of.prompt + of.permits != _WHOLE:
            yield ((f"formulas[{place}]", "weights"), f"the weights are not {_WHOLE} together", "change one")
