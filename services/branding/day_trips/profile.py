"""The day trips of a city: ``day_trips.toml`` of its profile, which may lack it; places are of destinations.csv."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Annotated

from msgspec import Meta, Struct

from services.branding.destinations.profile import destinations_of
from services.kit.city import City
from services.kit.city.files import Fault, read_optional
from services.kit.city.model import Identifier, Text

FILE = "day_trips.toml"


class TripStop(Struct, frozen=True, forbid_unknown_fields=True):
    """A place, and how long one stays."""

    place: Identifier
    minutes: Annotated[int, Meta(ge=5, le=600)]


class Trip(Struct, frozen=True, forbid_unknown_fields=True):
    """One of them."""

    id: Identifier
    name: Text
    name_en: Text
    about: Text
    about_en: Text
    stops: Annotated[tuple[TripStop, ...], Meta(min_length=2, max_length=12)]


class Trips(Struct, frozen=True, forbid_unknown_fields=True):
    """All of them."""

    trips: tuple[Trip, ...] = ()


NONE = Trips()


@lru_cache(maxsize=8)
def trips_of(city: City) -> tuple[Trip, ...]:
    """The trips of a city. Raises CityError that lists all that is wrong."""
    return (read_optional(city.folder, FILE, Trips, lambda given: _faults(given, city)) or NONE).trips


def _faults(given: Trips, city: City) -> Iterator[Fault]:
    places = {row.code for row in destinations_of(city)}
    for number, trip in enumerate(given.trips):
        for stop in trip.stops:
            if stop.place not in places:
                yield (
                    (f"trips[{number}]", "stops"),
                    f'"{stop.place}" is no destination',
                    "name one of destinations.csv",
                )
        if sum(one.id == trip.id for one in given.trips) > 1:
            yield ((f"trips[{number}]", "id"), f'"{trip.id}" is there twice', "rename or remove one")
