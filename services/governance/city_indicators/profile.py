"""What a city wants to be measured by: ``indicators.toml`` and ``indicators.csv`` of its profile, which may lack them.

A mistake is named with its file and line.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Literal

from msgspec import Meta, Struct

from services.kit.city import City, CityError
from services.kit.city.files import Fault, Problems, parse_table, read_optional, read_text, wrong_beside
from services.kit.city.model import Identifier, Named, Text

FILE, VALUES = "indicators.toml", "indicators.csv"

Year = Annotated[int, Meta(ge=1945, le=2200)]


class Indicator(Named, frozen=True, kw_only=True):
    """What is measured."""

    id: Identifier
    priority: Annotated[str, Meta(pattern="^[a-z]?$")] = ""
    """The letter of the plan's priority; empty where it is none."""
    unit_id: Text
    unit_en: Text
    better: Literal["higher", "lower"]
    note_id: str = ""
    note_en: str = ""


class Terms(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``indicators.toml``."""

    version: Identifier
    title_id: Text
    title_en: Text
    first_year: Year
    last_year: Year
    source: Text
    source_en: str = ""
    indicators: tuple[Indicator, ...]


class Value(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of ``indicators.csv``."""

    indicator: Identifier
    year: Year
    value: float
    value_type: Literal["actual", "target", "derived"]
    status: Literal["verified", "partly", "memory", "derived"]
    note: str = ""
    source: Text


@dataclass(frozen=True)
class Measured:
    """What a city is measured by, and the values by indicator, the earliest first."""

    terms: Terms
    values: Mapping[str, tuple[Value, ...]]


@lru_cache(maxsize=8)
def measured(city: City) -> Measured | None:
    """What a city says; None where it says nothing. Raises CityError that lists all that is wrong."""
    try:
        terms = read_optional(city.folder, FILE, Terms, _faults)
    except CityError as error:
        raise wrong_beside(error, lambda: _values(city, None)) from error
    return None if terms is None else Measured(terms, _values(city, [one.id for one in terms.indicators]))


def _values(city: City, known: Sequence[str] | None) -> Mapping[str, tuple[Value, ...]]:
    """The values of these indicators; None where nobody can tell which there are."""
    problems = Problems(f"{city.folder.parent.name}/{city.folder.name}")
    text = read_text(city.folder / VALUES, problems)
    found: dict[str, list[Value]] = {name: [] for name in known or ()}
    for row in parse_table(VALUES, text, Value, problems) if text is not None else ():
        one = row.value
        if one.indicator in found:
            found[one.indicator].append(one)
        elif known is not None:
            problems.add(VALUES, row.line, f'there is no indicator "{one.indicator}"', f"name one of {FILE}")
    problems.raise_if_any()
    return {name: tuple(sorted(of, key=lambda one: one.year)) for name, of in found.items()}


def _faults(given: Terms) -> Iterator[Fault]:
    names = [one.id for one in given.indicators]
    for place, name in enumerate(names):
        if name in names[:place]:
            yield ((f"indicators[{place}]", "id"), f'"{name}" is there twice', "remove or rename one")
    if given.first_year > given.last_year:
        yield (("last_year",), "the plan ends before it begins", "put the years in order")
