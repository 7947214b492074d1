"""A GTFS feed and what is read of it: stops, and routes with their stops. Pure.

A feed's rows are known by small numbers within it, which mean nothing in another feed; ids are the feed's own words,
and stay what they are from one feed to the next.
"""

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple
from uuid import UUID

GRACE = timedelta(minutes=15)
"""How long the rows of a feed stay after it is neither current nor the one before: who began to read it ends first."""
TIMETABLE = "timetable"
"""The aggregate and the story of each swap: there is one timetable that holds."""
MADE_UP = "perkiraan"
"""How ``feed_version`` begins where a feed says itself that it is an estimate."""
EARTH_M = 6_371_008.8
"""Mean radius of the Earth in metres (IUGG)."""
MOST_NEAR = 200
"""Stops that are looked at around a point."""


@dataclass(frozen=True)
class Feed:
    """A feed that was imported. Its rows are there while it is ``kept``."""

    id: UUID
    number: int
    digest: str
    """SHA-256 of the archive, in hexadecimal."""
    source: str
    """Where it was read from: a file's name, an address, or the city profile."""
    made_up: bool
    """Whether its times, shapes and the like are estimates, made so that there is something to show."""
    kept: bool
    publisher: str
    publisher_url: str
    language: str
    feed_version: str
    contact: str
    timezone: str
    """That of its agencies (IANA)."""
    first_day: date | None
    """Of its service, exceptions counted; None where it has no day of service at all."""
    last_day: date | None
    bytes: int
    """Of the archive."""
    stops: int
    routes: int
    trips: int
    stop_times: int
    warnings: int
    infos: int
    imported_at: datetime
    left_at: datetime | None = None
    """When it ceased to be current."""


class TripCall(NamedTuple):
    """A stop of a trip in the timetable: times are seconds of its day."""

    sequence: int
    stop: str
    arrival: int
    departure: int


@dataclass(frozen=True)
class Current:
    """The feed that holds, and since when."""

    feed: Feed
    since: datetime
    previous: int | None
    """Number of the one before, to which one command goes back."""


@dataclass(frozen=True)
class Found:
    """How often something was found in a feed, and where first."""

    severity: str
    code: str
    """As the canonical validator of GTFS calls it."""
    file: str
    count: int
    line: int
    detail: str


@dataclass(frozen=True)
class Stop:
    """A stop, station, entrance, node or boarding area: ``kind`` 0 to 4, as GTFS numbers them."""

    number: int
    id: str
    code: str
    name: str
    description: str
    lat: float | None
    lon: float | None
    zone: str
    kind: int
    parent: int | None
    """Number of its station."""
    wheelchair: int
    """0 not known, 1 yes, 2 no."""
    platform: str
    parent_id: str = ""
    """The station's own id."""


@dataclass(frozen=True)
class Route:
    """A route."""

    number: int
    id: str
    short_name: str
    long_name: str
    description: str
    kind: int
    """As GTFS numbers them: 3 is a bus."""
    color: str
    text_color: str
    place: int
    """Where it stands in the list."""
    agency: str
    """Name of who runs it."""


@dataclass(frozen=True)
class Direction:
    """One way of a route."""

    direction: int
    headsign: str
    trips: int
    headway: bool
    """Whether most trips go by headway, without times of their own."""
    stops: tuple["Call", ...] = ()
    line: tuple[tuple[float, float], ...] = ()
    """Its shape, longitude before latitude; empty where the feed has none."""


@dataclass(frozen=True)
class Call:
    """A stop on a route's way."""

    position: int
    stop: Stop
    trips: int
    """How many of the direction's trips call there."""


@dataclass(frozen=True)
class Box:
    """A rectangle in degrees."""

    west: float
    south: float
    east: float
    north: float


def folded(text: str) -> str:
    """A name for searching: small letters without marks, single blanks."""
    plain = unicodedata.normalize("NFKD", text)
    return " ".join("".join(one for one in plain if not unicodedata.combining(one)).casefold().split())


def distance_m(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Metres between two points along a great circle (haversine)."""
    north, east = radians(other_lat - lat), radians(other_lon - lon)
    half = sin(north / 2) ** 2 + cos(radians(lat)) * cos(radians(other_lat)) * sin(east / 2) ** 2
    return 2 * EARTH_M * asin(min(1.0, sqrt(half)))


def around(lat: float, lon: float, metres: float) -> Box:
    """The rectangle that holds all that is so near."""
    north = metres / 111_000
    east = north / max(0.01, cos(radians(lat)))
    return Box(lon - east, lat - north, lon + east, lat + north)
