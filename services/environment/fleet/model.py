"""What a city collects waste with, and when. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import time
from enum import Enum
from typing import TypeVar


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


@dataclass(frozen=True)
class Truck:
    """A truck; city time. ``trips`` is how often it may unload on a day."""

    id: str
    name: str
    m3: float
    since: time
    until: time
    trips: int


@dataclass(frozen=True)
class Depot:
    """From where trucks start and where they end; ``areas`` are Kemendagri codes, with all that lies in them."""

    id: str
    name: str
    lon: float
    lat: float
    areas: tuple[str, ...]
    trucks: tuple[Truck, ...]


@dataclass(frozen=True)
class Window:
    """When trucks may load in some areas, city time."""

    areas: tuple[str, ...]
    since: time
    until: time


@dataclass(frozen=True)
class Pickup:
    """On which days waste is collected in some areas."""

    areas: tuple[str, ...]
    days: tuple[Weekday, ...]


@dataclass(frozen=True)
class Load:
    """What a stop is taken to be: cubic metres, and minutes to load."""

    m3: float
    minutes: int


@dataclass(frozen=True)
class Landfill:
    """Where trucks unload, and how long that takes."""

    name: str
    lon: float
    lat: float
    minutes: int
    source: str


@dataclass(frozen=True)
class Fleet:
    """All of it. A city without any has no depots."""

    agency: str = ""
    made_up: bool = False
    detour: float = 1.0
    speed_kmh: float = 1.0
    full_percent: float = 100.0
    silent_hours: int = 24
    container: Load = Load(0, 0)
    cleanup: Load = Load(0, 0)
    landfill: Landfill | None = None
    depots: tuple[Depot, ...] = ()
    windows: tuple[Window, ...] = ()
    pickups: tuple[Pickup, ...] = field(default=())

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


def within(area: str, outer: str) -> bool:
    """Whether an area is another or lies in it."""
    return area == outer or area.startswith(f"{outer}.")


Zoned = TypeVar("Zoned", Window, Pickup)


def _narrowest(rows: Sequence[Zoned], area: str) -> Zoned | None:
    """The row whose area is the narrowest that holds another."""
    found = [(len(outer), row) for row in rows for outer in row.areas if within(area, outer)]
    return max(found, key=lambda one: one[0])[1] if found else None
