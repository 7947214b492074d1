"""The criteria of a city, read from ``warnings.toml`` of its profile. A mistake is named with its file and line.

A city without the file warns of nothing by itself, and nobody acts on warnings.
"""

from collections.abc import Iterator
from functools import lru_cache

from services.environment.criteria.model import NONE, Criteria, Level, Zone
from services.environment.registry.profile import profile_of
from services.kit.city import City
from services.kit.city.files import Fault, read_optional

FILE = "warnings.toml"


@lru_cache(maxsize=8)
def criteria_of(city: City) -> Criteria:
    """The criteria of a city. Raises CityError that lists all that is wrong."""
    return read_optional(city.folder, FILE, Criteria, lambda given: _faults(given, city)) or NONE


def _faults(given: Criteria, city: City) -> Iterator[Fault]:
    for agency in given.agencies:
        if agency not in city.agencies:
            yield (("agencies",), f'agency "{agency}" is unknown', "name one of agencies.csv")
    raises = given.automatic.raises
    if raises != set(list(Level)[: len(raises)]):
        message = "a level rises by itself and a lesser one does not"
        yield (("automatic", "raises"), message, "name all levels from waspada up to the gravest that may")
    if given.night is not None and given.night.since == given.night.until:
        yield (("night", "until"), "the night has no end", "say another time than since")
    ids = [zone.id for zone in given.zones]
    for place, zone in enumerate(given.zones):
        at = f"zones[{place}]"
        if ids.index(zone.id) != place:
            yield ((at, "id"), f'zone "{zone.id}" is there twice', "remove or rename one")
        yield from _of_areas(zone, at, city)
        yield from _of_criteria(zone, at, city)


def _of_areas(zone: Zone, at: str, city: City) -> Iterator[Fault]:
    if not zone.areas:
        yield ((at, "areas"), "the zone has no kelurahan", "list their Kemendagri codes")
    for code in zone.areas:
        area = city.area(code)
        if area is None or not area.is_lowest:
            yield ((at, "areas", code), f'"{code}" is no kelurahan of areas.csv', "list codes of kelurahan or desa")
    if len(set(zone.areas)) != len(zone.areas):
        yield ((at, "areas"), "a kelurahan is there twice", "remove one")


def _of_criteria(zone: Zone, at: str, city: City) -> Iterator[Fault]:
    streams = {(one.thing, one.name) for one in profile_of(city).datastreams}
    seen: set[tuple[str, str, str]] = set()
    for one in zone.criteria:
        key = one.names
        if (one.thing, one.datastream) not in streams:
            message = f'"{one.thing}" has no datastream "{one.datastream}"'
            yield ((at, "criteria", one.thing), message, "name one of datastreams.csv")
        if one.rule != one.level.value:  # the order of rules' limits goes by their names
            message = f'rule "{one.rule}" cannot mean {one.level.value}'
            yield ((at, "criteria", one.thing), message, "call the rule as the level that it means")
        if key in seen:
            yield ((at, "criteria", one.thing), f'rule "{one.rule}" of "{one.thing}" is there twice', "remove one")
        seen.add(key)
