"""What is known of a city's pump stations, read from ``pumps.csv`` of its profile, which may lack it.

A mistake is named with its file and line.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated

from msgspec import Meta, Struct

from services.environment.pumps.model import Figures
from services.environment.registry.profile import profile_of
from services.environment.things.model import Kind
from services.kit.city import City, CityError
from services.kit.city.files import Problems, parse_table, read_text, wrong_beside
from services.kit.city.model import Identifier, Text

FILE = "pumps.csv"


class PumpRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line: a station, litres a second, how many pumps; empty where nobody has told."""

    thing: Identifier
    capacity_lps: Annotated[int, Meta(ge=1, le=1_000_000)] | None = None
    pumps: Annotated[int, Meta(ge=1, le=100)] | None = None
    made_up: bool
    """Whether the figures were made up, so that there is something to show."""
    source: Text
    source_en: str = ""


def pumps_of(city: City) -> Mapping[str, Figures]:
    """What is known of each station, by its code. Raises CityError that lists all that is wrong."""
    try:
        stations = frozenset(one.code for one in profile_of(city).things if one.kind is Kind.PUMP_STATION)
    except CityError as error:
        raise wrong_beside(error, lambda: _read(city, None)) from error
    return _read(city, stations)


@lru_cache(maxsize=8)
def _read(city: City, stations: frozenset[str] | None) -> Mapping[str, Figures]:
    if not (city.folder / FILE).exists():
        return {}
    problems = Problems(f"{city.folder.parent.name}/{city.folder.name}")
    text = read_text(city.folder / FILE, problems)
    rows = parse_table(FILE, text, PumpRow, problems) if text is not None else []
    found: dict[str, Figures] = {}
    for row in rows:
        line, one = row.line, row.value
        if stations is not None and one.thing not in stations:
            problems.add(FILE, line, f'"{one.thing}" is no pump station', "name one of things.csv")
        if one.thing in found:
            problems.add(FILE, line, f'"{one.thing}" is there twice', "remove one")
        found[one.thing] = Figures(one.capacity_lps, one.pumps, one.made_up, one.source, one.source_en)
    problems.raise_if_any()
    return found
