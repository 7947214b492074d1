"""Places of the city by the names that lead to them: landmarks and kelurahan, told apart where they share a name."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache

from services.kit.city import City, Place
from services.kit.city.text import words

WALK_M = 1_000.0
"""Metres to a stop beyond which the planner finds no way."""
MOST = 12
"""Places that are offered where several may be meant."""
_DEGREE_M = 111_195.0
"""Metres of a degree of latitude."""

_WHAT_STOPS_ARE = frozenset({"halte", "shelter", "brt", "bus", "stop"})
Spots = Iterable[tuple[float, float]]
"""Latitudes and longitudes."""


@lru_cache(maxsize=4)
def known(city: City) -> tuple[tuple[str, Place], ...]:
    """All places that a name leads to, each with that name."""
    places: dict[str, Place] = {}
    lowest = [area for area in city.areas.values() if area.is_lowest]
    full = (f"{area.name}, {area.district}" for area in lowest)
    for name in (*(each.name for each in city.landmarks), *(area.name for area in lowest), *full):
        for place in city.places(name):
            label = full_name(city, place)
            if city.place(label) == place:
                places.setdefault(label, place)
    return tuple(places.items())


def full_name(city: City, place: Place) -> str:
    """Its name, with the kecamatan where it does not lead there alone. Example: Purwosari, Mijen"""
    return place.name if city.places(place.name) == [place] else f"{place.name}, {place.area.district}"


def meant(city: City, text: str) -> list[str]:
    """The names of all places that a text may mean, each of which leads to one; one of them where it is clear."""
    return list(dict.fromkeys(full_name(city, place) for place in city.places(text)))


def like(city: City, text: str) -> list[str]:
    """Names that somebody may mean who writes one with several slips of the pen."""
    return list(dict.fromkeys(full_name(city, place) for place in city.like(text)))


def bare(text: str) -> str:
    """The name that somebody means who writes what it is, too. Example: halte Tugu Muda -> Tugu Muda"""
    kept = [word for word in text.split() if word.casefold() not in _WHAT_STOPS_ARE]
    return " ".join(kept) or text


def several(city: City, text: str) -> list[str]:
    """Names of the places that somebody may mean who writes but a part of them; empty where it is clear which one."""
    wanted = words(text)
    names = [name for name, _ in known(city) if _begins_all(wanted, name)]
    begun = [name for name in names if name.casefold().startswith(text.casefold())]
    return names[:MOST] if len(names) > 1 and len(begun) != 1 else []


def _begins_all(wanted: Sequence[str], name: str) -> bool:
    """Whether each of these words begins one of a name's."""
    there = words(name)
    return bool(wanted) and all(any(one.startswith(word) for one in there) for word in wanted)


def reached(city: City, stops: Spots) -> list[str]:
    """The names of places from which some stop is within walking distance."""
    cells: defaultdict[tuple[int, int], list[tuple[float, float]]] = defaultdict(list)
    for lat, lon in stops:
        cells[_cell(lat, lon)].append((lat, lon))
    return [name for name, place in known(city) if _has_stop(cells, place.lat, place.lon)]


def apart_m(place: tuple[float, float], other: tuple[float, float]) -> float:
    """Metres between two points of a city, by latitude and longitude: on a plane, which is near enough there."""
    north, east = place[0] - other[0], (place[1] - other[1]) * math.cos(math.radians(place[0]))
    return math.hypot(north, east) * _DEGREE_M


def _has_stop(cells: dict[tuple[int, int], list[tuple[float, float]]], lat: float, lon: float) -> bool:
    row, column = _cell(lat, lon)
    return any(
        apart_m((lat, lon), spot) <= WALK_M
        for near in ((row + up, column + right) for up in (-1, 0, 1) for right in (-1, 0, 1))
        for spot in cells.get(near, ())
    )


def _cell(lat: float, lon: float) -> tuple[int, int]:
    """Squares somewhat wider than the way on foot, so that the nine around a place hold all that is within it."""
    return math.floor(lat * 75), math.floor(lon * 75)
