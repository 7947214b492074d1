"""The fleet of a city, read from ``waste.toml`` of its profile. A mistake is named with its file and line.

A city without the file collects nothing.
"""

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from services.environment.fleet.model import NONE, Fleet, within
from services.kit.city import City
from services.kit.city.files import Fault, read_optional

FILE = "waste.toml"


@lru_cache(maxsize=8)
def fleet_of(city: City) -> Fleet:
    """The fleet of a city. Raises CityError that lists all that is wrong."""
    return read_optional(city.folder, FILE, Fleet, lambda given: _faults(given, city)) or NONE


def _faults(given: Fleet, city: City) -> Iterator[Fault]:
    if given.agency not in city.agencies:
        yield (("agency",), f'agency "{given.agency}" is unknown', "name one of agencies.csv")
    yield from _of_times(given)
    for at, areas in _areas(given):
        for code in areas:
            if city.area(code) is None:
                yield ((at, "areas", code), f'"{code}" is no area of areas.csv', "use codes of areas.csv")
    yield from _twice(given)


def _of_times(given: Fleet) -> Iterator[Fault]:
    for truck in (truck for depot in given.depots for truck in depot.trucks):
        if truck.since >= truck.until:
            yield ((truck.id,), "its day ends before it begins", "correct since and until")
    for place, window in enumerate(given.windows):
        if window.since >= window.until:
            yield ((f"windows[{place}]", "until"), "the window ends before it begins", "correct since and until")


def _areas(given: Fleet) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield from ((f"depots[{place}]", one.areas) for place, one in enumerate(given.depots))
    yield from ((f"windows[{place}]", one.areas) for place, one in enumerate(given.windows))
    yield from ((f"pickups[{place}]", one.areas) for place, one in enumerate(given.pickups))


def _twice(given: Fleet) -> Iterator[Fault]:
    ids = [one.id for one in given.depots] + [truck.id for depot in given.depots for truck in depot.trucks]
    for id_, count in Counter(ids).items():
        if count > 1:
            yield ((id_,), f'"{id_}" is there {count} times', "rename or remove one")
    owned = [(place, code) for place, depot in enumerate(given.depots) for code in depot.areas]
    for place, code in owned:
        for other, outer in owned:
            if other < place and (within(code, outer) or within(outer, code)):
                yield ((f"depots[{place}]", "areas", code), f'"{code}" is two depots\' own', "let it be one's")
