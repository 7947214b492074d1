"""The events that a city's profile knows, and who answers for events: ``events.csv`` and ``events.toml``.

A city may lack both: without the second nobody publishes. A mistake is named with its file and line.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from msgspec import Struct

from services.branding.city_events import recurrence
from services.branding.city_events.model import Kind, Status
from services.branding.city_events.recurrence import Dated, Schedule
from services.branding.city_events.rule import rule_of
from services.kit.city import City
from services.kit.city.files import Fault, Problems, parse_table, read_optional, read_text
from services.kit.city.model import AreaCode, Identifier, Latitude, Longitude, Text
from services.kit.errors import DomainError

ROWS, TERMS = "events.csv", "events.toml"


class EventRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of ``events.csv``."""

    code: Identifier
    kind: Kind
    name: Text
    name_en: str = ""
    custom: str = ""
    custom_en: str = ""
    venue: Text
    lon: Longitude | None = None
    lat: Latitude | None = None
    areas: tuple[AreaCode, ...] = ()
    organiser: str = ""
    description: str = ""
    description_en: str = ""
    rule: str = ""
    start: str = ""
    end: str = ""
    dates: tuple[str, ...] = ()
    """Each a day, or the first and last with ".." between."""
    status: Status
    source: Text

    @property
    def schedule(self) -> Schedule:
        """Its dates."""
        days = (one.partition("..") for one in self.dates)
        dates = tuple(Dated(first, last, self.source) for first, _, last in days)
        return Schedule(dates=dates, rule=self.rule, start=self.start, end=self.end)


class Terms(Struct, frozen=True, forbid_unknown_fields=True):
    """Who answers for events."""

    agency: Identifier = ""
    """Whose officers publish; empty: nobody."""


NOBODY = Terms()


@lru_cache(maxsize=8)
def terms_of(city: City) -> Terms:
    """Who publishes. Raises CityError that lists all that is wrong."""
    return read_optional(city.folder, TERMS, Terms, lambda given: _unknown(given, city)) or NOBODY


@lru_cache(maxsize=8)
def events_of(city: City) -> Sequence[EventRow]:
    """What the city's profile names. Raises CityError that lists all that is wrong."""
    folder = city.folder
    problems = Problems(f"{folder.parent.name}/{folder.name}")
    if not (folder / ROWS).exists():
        return []
    text = read_text(folder / ROWS, problems)
    rows = parse_table(ROWS, text, EventRow, problems) if text is not None else []
    first: dict[str, int] = {}
    for row in rows:
        for message, remedy in _faults(row.value, city):
            problems.add(ROWS, row.line, message, remedy)
        if first.setdefault(row.value.code, row.line) != row.line:
            problems.add(ROWS, row.line, f'"{row.value.code}" is there twice', "remove or rename one")
    problems.raise_if_any()
    return [row.value for row in rows]


def _unknown(given: Terms, city: City) -> Iterator[Fault]:
    if given.agency not in city.agencies:
        yield (("agency",), f'agency "{given.agency}" is unknown', "name one of agencies.csv")


def _faults(row: EventRow, city: City) -> Iterator[tuple[str, str]]:
    """What is wrong with a row, each with its remedy."""
    if (row.lon is None) != (row.lat is None):
        yield "it has one of lon and lat", "give both or none"
    if row.lon is not None and row.lat is not None and city.locate(row.lon, row.lat) is None:
        yield f'"{row.code}" lies outside the city', "correct lon and lat"
    for code in row.areas:
        if city.area(code) is None:
            yield f'area "{code}" is unknown', "name one of areas.csv"
    if not (row.dates or row.rule or row.custom):
        yield "it says nothing of when it is", "give a rule, dates, or the custom in words"
    try:
        texts = [one for each in row.schedule.dates for one in (each.start, each.end) if one]
        moments = [recurrence.moment(one) for one in [*texts, *filter(None, (row.start, row.end))]]
        if row.rule:
            rule_of(row.rule)
            recurrence.first_span(row.schedule)
    except DomainError as error:
        yield f"its dates cannot be read: {error.message}", "see services/branding/city_events/{recurrence,rule}.py"
    else:
        if row.rule and not moments:
            yield "its rule has no start", "give the first day of the rule"
