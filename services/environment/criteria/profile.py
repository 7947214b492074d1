"""The criteria of a city, read from ``warnings.toml`` of its profile. A mistake is named with its file and line.

A city without the file warns of nothing by itself, and nobody acts on warnings.
"""

from collections.abc import Iterator
from datetime import time
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from services.environment.criteria.model import Criteria, Criterion, Hazard, Level, Night, Step, Zone
from services.environment.registry.profile import profile_of
from services.kit.city import City
from services.kit.city.files import Problems, line_of, read_settings
from services.kit.city.model import AreaCode, Identifier, Text

FILE = "warnings.toml"


class AutomaticRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What rises and falls without a human."""

    raises: tuple[Level, ...]
    lowers: tuple[Level, ...] = ()
    hours: Annotated[int, Meta(ge=1, le=72)]
    clear_minutes: Annotated[int, Meta(ge=5, le=720)]


class NightRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one officer alone may do, and when (city time)."""

    since: time
    until: time
    steps: tuple[Step, ...]
    levels: tuple[Level, ...]


class CriterionRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which rule of which gauge's datastream means which level."""

    thing: Identifier
    datastream: Text
    rule: Identifier
    level: Level


class ZoneRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Some kelurahan that are warned together."""

    id: Identifier
    hazard: Hazard
    name_id: Text
    name_en: Text
    areas: tuple[AreaCode, ...]
    source: Text
    made_up: bool
    criteria: tuple[CriterionRow, ...]


class File(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that ``warnings.toml`` says."""

    agencies: tuple[Identifier, ...]
    sender: Annotated[str, Meta(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+\Z")]
    sender_name: Text
    contact: str = ""
    automatic: AutomaticRow
    night: NightRow | None = None
    zones: tuple[ZoneRow, ...] = ()


def criteria_of(city: City) -> Criteria:
    """The criteria of a city. Raises CityError that lists all that is wrong."""
    return _read(city)


@lru_cache(maxsize=8)
def _read(city: City) -> Criteria:
    path: Path = city.folder / FILE
    if not path.exists():
        return Criteria()
    problems = Problems(f"{city.folder.parent.name}/{city.folder.name}")
    found = read_settings(path, File, problems)
    problems.raise_if_any()
    assert found is not None, "what could not be read has problems"
    given, text = found
    for steps, message, remedy in _faults(given, city):
        problems.add(FILE, line_of(text, *steps), message, remedy)
    problems.raise_if_any()
    return _criteria(given)


Fault = tuple[tuple[str, ...], str, str]
"""Where in the file, what is wrong, and what to do about it."""


def _faults(given: File, city: City) -> Iterator[Fault]:
    for agency in given.agencies:
        if agency not in city.agencies:
            yield (("agencies",), f'agency "{agency}" is unknown', "name one of agencies.csv")
    if given.night is not None and given.night.since == given.night.until:
        yield (("night", "until"), "the night has no end", "say another time than since")
    ids = [zone.id for zone in given.zones]
    for place, zone in enumerate(given.zones):
        at = f"zones[{place}]"
        if ids.index(zone.id) != place:
            yield ((at, "id"), f'zone "{zone.id}" is there twice', "remove or rename one")
        yield from _of_areas(zone, at, city)
        yield from _of_criteria(zone, at, city)


def _of_areas(zone: ZoneRow, at: str, city: City) -> Iterator[Fault]:
    if not zone.areas:
        yield ((at, "areas"), "the zone has no kelurahan", "list their Kemendagri codes")
    for code in zone.areas:
        area = city.area(code)
        if area is None or not area.is_lowest:
            yield ((at, "areas", code), f'"{code}" is no kelurahan of areas.csv', "list codes of kelurahan or desa")
    if len(set(zone.areas)) != len(zone.areas):
        yield ((at, "areas"), "a kelurahan is there twice", "remove one")


def _of_criteria(zone: ZoneRow, at: str, city: City) -> Iterator[Fault]:
    streams = {(one.thing, one.name) for one in profile_of(city).datastreams}
    seen: set[tuple[str, str, str]] = set()
    for one in zone.criteria:
        key = (one.thing, one.datastream, one.rule)
        if (one.thing, one.datastream) not in streams:
            message = f'"{one.thing}" has no datastream "{one.datastream}"'
            yield ((at, "criteria", one.thing), message, "name one of datastreams.csv")
        if key in seen:
            message = f'rule "{one.rule}" of "{one.thing}" means two levels here'
            yield ((at, "criteria", one.thing), message, "let it mean one")
        seen.add(key)


def _criteria(given: File) -> Criteria:
    night = given.night
    return Criteria(
        agencies=given.agencies,
        sender=given.sender,
        sender_name=given.sender_name,
        contact=given.contact,
        raises=frozenset(given.automatic.raises),
        lowers=frozenset(given.automatic.lowers),
        hours=given.automatic.hours,
        clear_minutes=given.automatic.clear_minutes,
        night=Night(night.since, night.until, frozenset(night.steps), frozenset(night.levels)) if night else None,
        zones=tuple(_zone(one) for one in given.zones),
    )


def _zone(row: ZoneRow) -> Zone:
    return Zone(
        id=row.id,
        hazard=row.hazard,
        name_id=row.name_id,
        name_en=row.name_en,
        areas=row.areas,
        criteria=tuple(Criterion(one.thing, one.datastream, one.rule, one.level) for one in row.criteria),
        source=row.source,
        made_up=row.made_up,
    )
