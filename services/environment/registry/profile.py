"""What measures in a city, and what it is held to: ``things.csv``, ``datastreams.csv`` and ``rules.csv`` of its
profile, which may lack them.

A mistake is named with its file and line.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Annotated, NamedTuple, TypeVar

from msgspec import Meta, Struct

from services.environment.alarms.model import Kind as RuleKind
from services.environment.datastreams.model import Property
from services.environment.rules import model as rules_model
from services.environment.rules.engine import Clock, Terms
from services.environment.rules.model import Leveled
from services.environment.things.model import Kind
from services.kit.city import City
from services.kit.city.files import Problems, Row, parse_table, read_text
from services.kit.city.model import Identifier, Latitude, Longitude, Text
from services.kit.errors import DomainError

T = TypeVar("T", bound=Struct)

THINGS, DATASTREAMS, RULES = "things.csv", "datastreams.csv", "rules.csv"


class ThingRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of ``things.csv``."""

    code: Identifier
    kind: Kind
    name: Text
    description: str = ""
    agency: Identifier
    lon: Longitude
    lat: Latitude
    made_up: bool
    """Whether the thing was made up, so that there is something to show."""
    source: Text


class DatastreamRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of ``datastreams.csv``; values in the property's unit, the period in seconds."""

    thing: Identifier
    name: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]*$")]
    property: Property
    sensor: Text
    feature: Text
    least: float
    most: float
    period: Annotated[int, Meta(ge=1, le=86_400)]
    made_up: bool
    """Whether the sensor was made up, so that there is something to show."""


class RuleRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of ``rules.csv``: values in the property's unit, times in seconds; ``Terms`` says what they mean."""

    thing: Identifier
    datastream: str
    name: Identifier
    kind: RuleKind
    clock: Clock
    limit: float
    below: bool
    hysteresis: Annotated[float, Meta(ge=0)]
    dwell: Annotated[int, Meta(ge=0, le=21_600)]
    calm: Annotated[int, Meta(ge=0, le=21_600)]
    window: Annotated[int, Meta(ge=0, le=86_400)]
    reason: Text
    made_up: bool
    """Whether the terms were made up, so that there is something to show."""
    source: Text

    @property
    def terms(self) -> Terms:
        """What the rule says."""
        return Terms(self.clock, self.limit, self.below, self.hysteresis, self.dwell, self.calm, self.window)


class Profile(NamedTuple):
    """What measures in a city, and what it is held to."""

    things: Sequence[ThingRow]
    datastreams: Sequence[DatastreamRow]
    rules: Sequence[RuleRow] = ()


def profile_of(city: City) -> Profile:
    """What the city's profile names. Raises CityError that lists all that is wrong."""
    return _read(city.folder, frozenset(city.agencies), city.locate)


@lru_cache
def _read(folder: Path, agencies: frozenset[str], locate: Callable[[float, float], object]) -> Profile:
    problems = Problems(f"{folder.parent.name}/{folder.name}")
    things = _table(folder, THINGS, ThingRow, problems)
    datastreams = _table(folder, DATASTREAMS, DatastreamRow, problems)
    rules = _table(folder, RULES, RuleRow, problems)
    for row in things:
        if locate(row.value.lon, row.value.lat) is None:
            problems.add(THINGS, row.line, f'"{row.value.code}" lies outside the city', "correct lon and lat")
    _check(things, datastreams, agencies, problems)
    _check_rules(rules, {(each.value.thing, each.value.name): each.value for each in datastreams}, problems)
    problems.raise_if_any()
    return Profile([row.value for row in things], [row.value for row in datastreams], [row.value for row in rules])


def _table(folder: Path, file: str, kind: type[T], problems: Problems) -> list[Row[T]]:
    if not (folder / file).exists():
        return []
    text = read_text(folder / file, problems)
    return parse_table(file, text, kind, problems) if text is not None else []


def _check(
    things: Sequence[Row[ThingRow]],
    datastreams: Sequence[Row[DatastreamRow]],
    agencies: frozenset[str],
    problems: Problems,
) -> None:
    first: dict[str, int] = {}
    for row in things:
        if first.setdefault(row.value.code, row.line) != row.line:
            problems.add(THINGS, row.line, f'"{row.value.code}" is there twice', "remove or rename one")
        if row.value.agency not in agencies:
            problems.add(THINGS, row.line, f'agency "{row.value.agency}" is unknown', "name one of agencies.csv")
    named: dict[tuple[str, str], int] = {}
    for each in datastreams:
        one = each.value
        if one.thing not in first:
            problems.add(DATASTREAMS, each.line, f'thing "{one.thing}" is unknown', f"name one of {THINGS}")
        if named.setdefault((one.thing, one.name), each.line) != each.line:
            problems.add(DATASTREAMS, each.line, f'"{one.name}" is there twice', "remove or rename one")
        if not one.least < one.most:
            problems.add(DATASTREAMS, each.line, "least is not below most", "say what the sensor can measure")


def _check_rules(
    rules: Sequence[Row[RuleRow]], datastreams: Mapping[tuple[str, str], DatastreamRow], problems: Problems
) -> None:
    named: dict[tuple[str, str, str], int] = {}
    levels: dict[tuple[str, str], list[Leveled]] = {}
    for row in rules:
        one = row.value
        if named.setdefault((one.thing, one.datastream, one.name), row.line) != row.line:
            problems.add(RULES, row.line, f'"{one.name}" is there twice', "remove or rename one")
        of = datastreams.get((one.thing, one.datastream))
        if of is None:
            problems.add(RULES, row.line, f'"{one.datastream}" of "{one.thing}" is unknown', f"see {DATASTREAMS}")
            continue
        try:
            rules_model.fitting(one.kind, one.terms, of.period)
            rules_model.within(one.kind, one.terms, (of.least, of.most))
            beside = levels.setdefault((one.thing, one.datastream), [])
            beside.append(Leveled(one.name, one.kind, one.terms.bound, one.terms.below))
            rules_model.in_order(beside[-1], beside[:-1])
        except DomainError as error:
            problems.add(RULES, row.line, error.message, "correct the terms")
