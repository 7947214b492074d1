"""A thing that measures, and where it stands. Pure. Terms follow OGC SensorThings 1.1."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from uuid import UUID

from services.kit.errors import precondition


class Kind(Enum):
    """What sort of thing it is."""

    RIVER_GAUGE = "river_gauge"
    TIDE_GAUGE = "tide_gauge"
    RAIN_GAUGE = "rain_gauge"
    PUMP_STATION = "pump_station"
    AIR_STATION = "air_station"
    CONTAINER = "container"


@dataclass(frozen=True)
class Site:
    """Where a thing stands: a Kemendagri code, and WGS 84 degrees."""

    area: str
    lon: float
    lat: float


@dataclass(frozen=True)
class Location:
    """Where a thing stands, or stood, from a moment on (HistoricalLocation)."""

    thing: UUID
    since: datetime
    area: str
    lon: float
    lat: float
    note: str = ""


@dataclass(frozen=True)
class Thing:
    """One of them. Times are UTC; ``version`` counts its changes."""

    id: UUID
    version: int
    code: str
    kind: Kind
    name: str
    description: str
    agency: str
    area: str
    lon: float
    lat: float
    created_at: datetime
    updated_at: datetime
    made_up: bool = False
    """Made up, so that there is something to show; told wherever it is shown."""
    source: str = ""
    retired: bool = False
    retired_at: datetime | None = None
    retire_reason: str = ""


def move(thing: Thing, site: Site, now: datetime) -> Thing:
    """It stands elsewhere from now on. Errors: THING_RETIRED."""
    _in_service(thing)
    return replace(thing, area=site.area, lon=site.lon, lat=site.lat, version=thing.version + 1, updated_at=now)


def retire(thing: Thing, reason: str, now: datetime) -> Thing:
    """It measures no more. Errors: THING_RETIRED."""
    _in_service(thing)
    return replace(thing, retired=True, retired_at=now, retire_reason=reason, version=thing.version + 1, updated_at=now)


def location(thing: Thing, now: datetime, note: str = "") -> Location:
    """Where it stands, as from now on."""
    return Location(thing.id, now, thing.area, thing.lon, thing.lat, note)


def _in_service(thing: Thing) -> None:
    if thing.retired:
        raise precondition("THING_RETIRED", "It is retired, and stays so; register another one.", state="retired")
