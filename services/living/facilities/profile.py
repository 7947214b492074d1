"""The facilities of a city: ``facilities.csv`` and ``facilities_osm.csv`` of its profile, which may lack both.

Rows that rest on an OpenStreetMap object stand in the second, so that what is under its licence can be taken away as
one. A mistake is named with its file and line.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from services.kit.city import City
from services.kit.city import opening_hours as hours
from services.kit.city.files import Problems, Row, parse_table, read_text
from services.kit.city.model import AreaCode, Identifier, Latitude, Longitude, Text
from services.kit.errors import DomainError
from services.living.facilities.model import FacilityAccess, Kind, Status

OWN, OSM = "facilities.csv", "facilities_osm.csv"


class FacilityRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of either file."""

    code: Identifier
    kind: Kind
    name: Text
    agency: Identifier
    """Which answers for what is said of it."""
    lon: Longitude | None = None
    lat: Latitude | None = None
    approximate: bool = False
    """The point is a stand-in: about there, not the right door."""
    area: AreaCode = ""
    """Where it lies, as far as that is known without a point; with one, the point tells."""
    hours: str = ""
    hours_planned: bool = False
    """The hours were announced, and nobody has checked them."""
    accessible: FacilityAccess = FacilityAccess.UNKNOWN
    status: Status
    checked: date | None = None
    note: str = ""
    source: Text
    osm_id: str = ""


def facilities_of(city: City) -> Sequence[FacilityRow]:
    """What the city's profile names. Raises CityError that lists all that is wrong."""
    return _read(city.folder, frozenset(city.agencies), frozenset(city.areas), city.locate)


@lru_cache
def _read(
    folder: Path, agencies: frozenset[str], areas: frozenset[str], locate: Callable[[float, float], object]
) -> Sequence[FacilityRow]:
    problems = Problems(f"{folder.parent.name}/{folder.name}")
    files = {file: _table(folder, file, problems) for file in (OWN, OSM)}
    first: dict[str, str] = {}
    for file, rows in files.items():
        for row in rows:
            for message, remedy in _faults(row.value, file, agencies, areas, locate):
                problems.add(file, row.line, message, remedy)
            if first.setdefault(row.value.code, f"{file}:{row.line}") != f"{file}:{row.line}":
                problems.add(file, row.line, f'"{row.value.code}" is there twice', "remove or rename one")
    problems.raise_if_any()
    return [row.value for rows in files.values() for row in rows]


def _table(folder: Path, file: str, problems: Problems) -> list[Row[FacilityRow]]:
    if not (folder / file).exists():
        return []
    text = read_text(folder / file, problems)
    return parse_table(file, text, FacilityRow, problems) if text is not None else []


def _faults(
    row: FacilityRow,
    file: str,
    agencies: frozenset[str],
    areas: frozenset[str],
    locate: Callable[[float, float], object],
) -> list[tuple[str, str]]:
    """What is wrong with a row, each with its remedy."""
    said: Mapping[tuple[str, str], Any] = {
        (f'agency "{row.agency}" is unknown', "name one of agencies.csv"): row.agency not in agencies,
        ("it has one of lon and lat", "give both or none"): (row.lon is None) != (row.lat is None),
        ("it has neither point nor area", "give one of them"): row.lon is None and not row.area,
        (f'area "{row.area}" is unknown', "name one of areas.csv"): row.area and row.area not in areas,
        ("it is in the wrong file", f"rows with an osm_id belong in {OSM}, all others in {OWN}"): bool(row.osm_id)
        != (file == OSM),
        (f'"{row.code}" lies outside the city', "correct lon and lat"): row.lon is not None
        and row.lat is not None
        and locate(row.lon, row.lat) is None,
        (f'"{row.hours}" are no hours', "see services/kit/city/opening_hours.py"): not _readable(row.hours),
    }
    return [fault for fault, holds in said.items() if holds]


def _readable(text: str) -> bool:
    try:
        hours.parse(text or "24/7")
    except DomainError:
        return False
    return True
