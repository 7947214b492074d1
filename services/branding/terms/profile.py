"""What a city's profile says of tickets: ``tickets.toml``. A city without it sells none."""

from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from services.kit.city import City
from services.kit.city.counters import agencies_with_counters, without_counter
from services.kit.city.files import Fault, read_optional
from services.kit.city.model import Identifier, Text
from services.kit.errors import precondition

FILE = "tickets.toml"
MOST_PAY = timedelta(days=1)
"""No city lets an order be paid for longer."""


class Tax(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The tax on what is paid for entertainment (PBJT)."""

    name: Text
    basis_id: Text
    """The legal basis in words."""
    basis_en: Text
    rate_percent: Annotated[float, Meta(ge=0, le=75)] | None = None
    """Empty where nobody has said it: then nothing is reckoned."""
    most_percent: Annotated[float, Meta(ge=0, le=75)] | None = None
    """What the law allows at most."""
    collector: Identifier
    """Agency that it is paid to."""
    unknown_id: str = ""
    """Why the rate is empty, in words."""
    unknown_en: str = ""


class Terms(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``tickets.toml``."""

    agencies: tuple[Identifier, ...]
    """Who may sell: agencies that have a counter in ``economy.toml``, which gets the money."""
    hold_minutes: Annotated[int, Meta(ge=1, le=60)]
    """For how long seats are held for an order that is not paid."""
    pay_minutes: Annotated[int, Meta(ge=1, le=MOST_PAY // timedelta(minutes=1))]
    """For how long an order can be paid: what comes after its hold is honoured while seats remain."""
    keep_days: Annotated[int, Meta(ge=1, le=365)]
    """For how long after its day the name on a ticket is kept, and whose an order was."""
    early_hours: Annotated[int, Meta(ge=0, le=48)] = 0
    """How many hours before its begin tickets stay as they are, and a gate lets in where that is the day before: on the
    day itself it does whenever its officers open it, which cannot be known before.
    """
    tax: Tax | None = None
    made_up: tuple[str, ...] = ()
    """What of it nobody decided: names of the settings above."""

    @property
    def pays(self) -> timedelta:
        """For how long an order can be paid."""
        return timedelta(minutes=self.pay_minutes)


_SOLD = Terms(agencies=(), hold_minutes=1, pay_minutes=MOST_PAY // timedelta(minutes=1), keep_days=30)
"""What holds of that where the file is gone: no order was payable for longer, and names are kept for as long as refunds
and complaints need them.
"""


def terms_of(city: City) -> Terms | None:
    """The terms of a city; None where it sells no tickets. Raises CityError that lists all that is wrong."""
    return _read(city.folder, frozenset(city.agencies), agencies_with_counters(city.folder))


def required(city: City) -> Terms:
    """The terms of a city that sells tickets. Errors: TICKETS_OFF."""
    found = terms_of(city)
    if found is None:
        raise precondition("TICKETS_OFF", "This city sells no tickets here.")
    return found


def of_sold(city: City) -> Terms:
    """The terms for what was sold, which outlive the file."""
    return terms_of(city) or _SOLD


@lru_cache
def _read(folder: Path, agencies: frozenset[str], counters: frozenset[str] | None) -> Terms | None:
    return read_optional(folder, FILE, Terms, lambda given: _faults(given, agencies, counters))


def _faults(given: Terms, agencies: frozenset[str], counters: frozenset[str] | None) -> Iterator[Fault]:
    for name in given.agencies:
        if name not in agencies:
            yield (("agencies",), f'agency "{name}" is unknown', "name one of agencies.csv")
        elif counters is not None and name not in counters:
            yield (("agencies",), *without_counter(name))
    if given.pay_minutes < given.hold_minutes:
        message = "an order could not be paid while its seats are held"
        yield (("pay_minutes",), message, "make it hold_minutes or more")
    tax = given.tax
    if tax and tax.rate_percent is not None and tax.most_percent is not None and tax.rate_percent > tax.most_percent:
        yield (("tax", "rate_percent"), "the law allows less", "correct rate_percent or most_percent")
    if tax and tax.collector not in agencies:
        yield (("tax", "collector"), f'agency "{tax.collector}" is unknown', "name one of agencies.csv")
    if tax and (tax.rate_percent is None) != bool(tax.unknown_id and tax.unknown_en):
        message = "an empty rate is explained in both languages, and only an empty one"
        yield (("tax", "unknown_id"), message, "write unknown_id and unknown_en, or rate_percent")
    for name in given.made_up:
        if name not in Terms.__struct_fields__:
            yield (("made_up",), f'"{name}" is no setting', "name settings of this file")
