"""The destinations of a city: ``destinations.csv`` and ``destinations_osm.csv`` of its profile, which may lack both.

Rows that rest on an OpenStreetMap object stand in the second, so that what is under its licence can be taken away as
one. A mistake is named with its file and line.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache

from msgspec import Struct

from services.branding.destinations import model
from services.branding.destinations.model import Access, Content, Kind, Payer, Price, Status
from services.kit.city import City
from services.kit.city.files import Problems, Row, parse_table, read_text
from services.kit.city.model import Identifier, Latitude, Longitude, Text
from services.kit.errors import DomainError

OWN, OSM = "destinations.csv", "destinations_osm.csv"


class DestinationRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of either file."""

    code: Identifier
    kind: Kind
    name: Text
    lon: Longitude
    lat: Latitude
    approximate: bool = False
    """The point is a stand-in: about there, not the right door."""
    description: str = ""
    description_en: str = ""
    hours: str = ""
    prices: tuple[str, ...] = ()
    """Each a class, ``=`` and whole rupiah: ``adult=20000``."""
    note: str = ""
    accessible: Access = Access.UNKNOWN
    website: str = ""
    status: Status
    checked: date | None = None
    source: Text
    osm_id: str = ""

    @property
    def content(self) -> Content:
        """What it says. Errors: ValueError."""
        prices = (one.partition("=") for one in self.prices)
        return Content(
            description=self.description,
            description_en=self.description_en,
            hours=self.hours,
            prices=tuple(Price(Payer(payer), int(units)) for payer, _, units in prices),
            note=self.note,
            access=self.accessible,
            website=self.website,
        )


@lru_cache(maxsize=8)
def destinations_of(city: City) -> Sequence[DestinationRow]:
    """What the city's profile names. Raises CityError that lists all that is wrong."""
    problems = Problems(f"{city.folder.parent.name}/{city.folder.name}")
    files = {file: _table(city, file, problems) for file in (OWN, OSM)}
    first: dict[str, str] = {}
    for file, rows in files.items():
        for row in rows:
            for message, remedy in _faults(row.value, file, city):
                problems.add(file, row.line, message, remedy)
            if first.setdefault(row.value.code, f"{file}:{row.line}") != f"{file}:{row.line}":
                problems.add(file, row.line, f'"{row.value.code}" is there twice', "remove or rename one")
    problems.raise_if_any()
    return [row.value for rows in files.values() for row in rows]


def _table(city: City, file: str, problems: Problems) -> list[Row[DestinationRow]]:
    if not (city.folder / file).exists():
        return []
    text = read_text(city.folder / file, problems)
    return parse_table(file, text, DestinationRow, problems) if text is not None else []


def _faults(row: DestinationRow, file: str, city: City) -> Iterator[tuple[str, str]]:
    """What is wrong with a row, each with its remedy."""
    if bool(row.osm_id) != (file == OSM):
        yield "it is in the wrong file", f"rows with an osm_id belong in {OSM}, all others in {OWN}"
    if city.locate(row.lon, row.lat) is None:
        yield f'"{row.code}" lies outside the city', "correct lon and lat, or take it out: it is another city's"
    try:
        model.check(row.content)
    except DomainError as error:
        yield f"what it says cannot be read: {error.message}", "see services/kit/city/opening_hours.py"
    except ValueError:
        yield "its prices cannot be read", "write them as adult=20000;child=10000"
