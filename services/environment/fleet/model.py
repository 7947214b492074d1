"""What a city collects waste with, and when. Pure. The structs are what ``waste.toml`` of a city says."""

from collections.abc import Sequence
from datetime import time, timedelta
from enum import Enum
from typing import Annotated, TypeVar

from msgspec import Meta, Struct

from services.kit.city.model import AreaCode, Identifier, Latitude, Longitude, Text

Volume = Annotated[float, Meta(gt=0, le=100)]
Minutes = Annotated[int, Meta(ge=0, le=240)]


class Weekday(Enum):
    """A day of the week, in their order."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


WEEK = tuple(Weekday)
MISSED_FOR = timedelta(days=7)
"""So long what a round missed is caught up with: after that its day has come again."""


class Truck(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A truck and its working time, city time. ``trips`` is how often it may unload on a day."""

    id: Identifier
    name: Text
    m3: Volume
    since: time
    until: time
    trips: Annotated[int, Meta(ge=1, le=10)]


class Depot(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From where trucks start and where they end; ``areas`` are Kemendagri codes, with all that lies in them."""

    id: Identifier
    name: Text
    lon: Longitude
    lat: Latitude
    areas: tuple[AreaCode, ...]
    trucks: Annotated[tuple[Truck, ...], Meta(max_length=100)]


class Window(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When trucks may load in some areas, city time."""

    areas: tuple[AreaCode, ...]
    since: time
    until: time


class Pickup(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """On which days waste is collected in some areas."""

    areas: tuple[AreaCode, ...]
    days: tuple[Weekday, ...]


class Load(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a stop is taken to be: cubic metres, and minutes to load."""

    m3: Volume
    minutes: Minutes


class Landfill(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where trucks unload, and how long that takes."""

    name: Text
    lon: Longitude
    lat: Latitude
    minutes: Minutes
    source: Text


class Fleet(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All of it."""

    agency: Identifier
    made_up: bool
    detour: Annotated[float, Meta(ge=1, le=5)]
    speed_kmh: Annotated[float, Meta(ge=1, le=120)]
    full_percent: Annotated[float, Meta(ge=0, le=100)]
    silent_hours: Annotated[int, Meta(ge=1, le=1000)]
    container: Load
    cleanup: Load
    landfill: Landfill | None
    depots: tuple[Depot, ...]
    windows: tuple[Window, ...] = ()
    pickups: tuple[Pickup, ...] = ()

    def depot(self, id_: str) -> Depot | None:
        """The depot of that id."""
        return next((one for one in self.depots if one.id == id_), None)

    def days(self, area: str) -> Sequence[Weekday]:
        """The days on which a kelurahan is collected; none where the city says nothing."""
        found = _narrowest(self.pickups, area)
        return [day for day in WEEK if day in found.days] if found else []

    def window(self, area: str) -> Window | None:
        """When trucks may load there; None where whenever they work."""
        return _narrowest(self.windows, area)

    def serves(self, depot: Depot, area: str) -> bool:
        """Whether a kelurahan is the depot's; one that no depot names is nobody's."""
        return any(within(area, one) for one in depot.areas)


NONE = Fleet(
    agency="",
    made_up=False,
    detour=1.0,
    speed_kmh=1.0,
    full_percent=100.0,
    silent_hours=24,
    container=Load(m3=0.0, minutes=0),
    cleanup=Load(m3=0.0, minutes=0),
    landfill=None,
    depots=(),
)
"""That of a city which collects nothing."""


def within(area: str, outer: str) -> bool:
    """Whether an area is another or lies in it."""
    return area == outer or area.startswith(f"{outer}.")


Zoned = TypeVar("Zoned", Window, Pickup)


def _narrowest(rows: Sequence[Zoned], area: str) -> Zoned | None:
    """The row whose area is the narrowest that holds another."""
    found = [(len(outer), row) for row in rows for outer in row.areas if within(area, outer)]
    return max(found, key=lambda one: one[0])[1] if found else None
