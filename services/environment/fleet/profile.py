"""The fleet of a city, read from ``waste.toml`` of its profile. A mistake is named with its file and line.

A city without the file collects nothing.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import time
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from services.environment.fleet.model import Depot, Fleet, Landfill, Load, Pickup, Truck, Weekday, Window, within
from services.kit.city import City
from services.kit.city.files import Problems, line_of, read_settings
from services.kit.city.model import AreaCode, Identifier, Latitude, Longitude, Text

FILE = "waste.toml"
Volume = Annotated[float, Meta(gt=0, le=100)]
Minutes = Annotated[int, Meta(ge=0, le=240)]


class LoadRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a stop is taken to be."""

    m3: Volume
    minutes: Minutes


class LandfillRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where trucks unload."""

    name: Text
    lon: Longitude
    lat: Latitude
    minutes: Minutes
    source: Text


class TruckRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A truck and its working time (city time)."""

    id: Identifier
    name: Text
    m3: Volume
    since: time
    until: time
    trips: Annotated[int, Meta(ge=1, le=10)]


class DepotRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A depot, the areas that are its own, and its trucks."""

    id: Identifier
    name: Text
    lon: Longitude
    lat: Latitude
    areas: tuple[AreaCode, ...]
    trucks: Annotated[tuple[TruckRow, ...], Meta(max_length=100)]


class WindowRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When trucks may load in some areas (city time)."""

    areas: tuple[AreaCode, ...]
    since: time
    until: time


class PickupRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """On which days waste is collected in some areas."""

    areas: tuple[AreaCode, ...]
    days: tuple[Weekday, ...]


class File(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that ``waste.toml`` says."""

    agency: Identifier
    made_up: bool
    detour: Annotated[float, Meta(ge=1, le=5)]
    speed_kmh: Annotated[float, Meta(ge=1, le=120)]
    full_percent: Annotated[float, Meta(ge=0, le=100)]
    silent_hours: Annotated[int, Meta(ge=1, le=1000)]
    container: LoadRow
    cleanup: LoadRow
    landfill: LandfillRow
    depots: tuple[DepotRow, ...]
    windows: tuple[WindowRow, ...] = ()
    pickups: tuple[PickupRow, ...] = ()


def fleet_of(city: City) -> Fleet:
    """The fleet of a city. Raises CityError that lists all that is wrong."""
    return _read(city)


@lru_cache(maxsize=8)
def _read(city: City) -> Fleet:
    path: Path = city.folder / FILE
    if not path.exists():
        return Fleet()
    problems = Problems(f"{city.folder.parent.name}/{city.folder.name}")
    found = read_settings(path, File, problems)
    problems.raise_if_any()
    assert found is not None, "what could not be read has problems"
    given, text = found
    for steps, message, remedy in _faults(given, city):
        problems.add(FILE, line_of(text, *steps), message, remedy)
    problems.raise_if_any()
    return _fleet(given)


Fault = tuple[tuple[str, ...], str, str]
"""Where in the file, what is wrong, and what to do about it."""


def _faults(given: File, city: City) -> Iterator[Fault]:
    if given.agency not in city.agencies:
        yield (("agency",), f'agency "{given.agency}" is unknown', "name one of agencies.csv")
    yield from _of_times(given)
    for at, areas in _areas(given):
        for code in areas:
            if city.area(code) is None:
                yield ((at, "areas", code), f'"{code}" is no area of areas.csv', "use codes of areas.csv")
    yield from _twice(given)


def _of_times(given: File) -> Iterator[Fault]:
    for truck in (truck for depot in given.depots for truck in depot.trucks):
        if truck.since >= truck.until:
            yield ((truck.id,), "its day ends before it begins", "correct since and until")
    for place, window in enumerate(given.windows):
        if window.since >= window.until:
            yield ((f"windows[{place}]", "until"), "the window ends before it begins", "correct since and until")


def _areas(given: File) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield from ((f"depots[{place}]", one.areas) for place, one in enumerate(given.depots))
    yield from ((f"windows[{place}]", one.areas) for place, one in enumerate(given.windows))
    yield from ((f"pickups[{place}]", one.areas) for place, one in enumerate(given.pickups))


def _twice(given: File) -> Iterator[Fault]:
    ids = [one.id for one in given.depots] + [truck.id for depot in given.depots for truck in depot.trucks]
    for id_, count in Counter(ids).items():
        if count > 1:
            yield ((id_,), f'"{id_}" is there {count} times', "rename or remove one")
    owned = [(place, code) for place, depot in enumerate(given.depots) for code in depot.areas]
    for place, code in owned:
        for other, outer in owned:
            if other < place and (within(code, outer) or within(outer, code)):
                yield ((f"depots[{place}]", "areas", code), f'"{code}" is two depots\' own', "let it be one's")


def _fleet(given: File) -> Fleet:
    return Fleet(
        agency=given.agency,
        made_up=given.made_up,
        detour=given.detour,
        speed_kmh=given.speed_kmh,
        full_percent=given.full_percent,
        silent_hours=given.silent_hours,
        container=Load(given.container.m3, given.container.minutes),
        cleanup=Load(given.cleanup.m3, given.cleanup.minutes),
        landfill=Landfill(
            given.landfill.name, given.landfill.lon, given.landfill.lat, given.landfill.minutes, given.landfill.source
        ),
        depots=tuple(_depot(one) for one in given.depots),
        windows=tuple(Window(one.areas, one.since, one.until) for one in given.windows),
        pickups=tuple(Pickup(one.areas, one.days) for one in given.pickups),
    )


def _depot(row: DepotRow) -> Depot:
    trucks = tuple(Truck(one.id, one.name, one.m3, one.since, one.until, one.trips) for one in row.trucks)
    return Depot(row.id, row.name, row.lon, row.lat, row.areas, trucks)
