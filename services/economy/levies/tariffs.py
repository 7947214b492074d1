"""The city's tariffs, read from ``levies.csv`` of its profile; a mistake is named with its file and line."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct

from services.economy.terms import terms_of
from services.kit.city import City, CityError
from services.kit.city.files import Problems, Row, parse_table, read_text, wrong_beside
from services.kit.city.model import Days, Identifier, Text

FILE = "levies.csv"

Period = Literal["day", "month", "year", "once"]


class Tariff(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of the table."""

    id: Identifier
    name_id: Text
    name_en: Text
    agency: Identifier
    """Agency that levies; the money goes to its counter."""
    amount: Annotated[int, Meta(ge=1, le=10**9)]
    """For one unit and period, whole units of the city's currency."""
    unit: Text
    unit_en: str = ""
    period: Period
    due_days: Days
    """Days to pay after the bill was issued."""
    basis: str = ""
    """Legal basis."""


def tariffs_of(city: City) -> Mapping[str, Tariff]:
    """The tariffs of a city by id, in the order of the file. Raises CityError that lists all that is wrong."""
    try:
        counters = frozenset(each.agency for each in terms_of(city).counters)
    except CityError as error:
        raise wrong_beside(error, lambda: _read(city.folder, None)) from error
    return _read(city.folder, counters)


@lru_cache
def _read(folder: Path, counters: frozenset[str] | None) -> Mapping[str, Tariff]:
    problems = Problems(f"{folder.parent.name}/{folder.name}")
    text = read_text(folder / FILE, problems)
    rows = parse_table(FILE, text, Tariff, problems) if text is not None else []
    _check(rows, counters, problems)
    problems.raise_if_any()
    return {row.value.id: row.value for row in rows}


def _check(rows: list[Row[Tariff]], counters: frozenset[str] | None, problems: Problems) -> None:
    first: dict[str, int] = {}
    for row in rows:
        tariff = row.value
        if first.setdefault(tariff.id, row.line) != row.line:
            message = f'"{tariff.id}" is there twice (first on line {first[tariff.id]})'
            problems.add(FILE, row.line, message, "remove or rename one")
        if counters is not None and tariff.agency not in counters:
            message = f'agency "{tariff.agency}" has no counter that could be paid'
            problems.add(FILE, row.line, message, "add a [[counters]] for it to economy.toml, or name another agency")
