"""Buses that are none, driving the lines of a city's profile. Pure.

Where a bus is follows from the moment alone, so that two runs tell the same. Run times are those of the feed that is
made of the profile, which are estimates; a bus is now faster and now slower than they are, and each keeps silent for a
few minutes of every hour.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from deploy.simulator.world import chance
from services.living.feeds.model import distance_m
from services.living.making.profile import Network, Stop

LAYOVER_S = 300
"""At each end of a line."""
_SWING_S, _PERIOD_S = 60.0, 900.0
"""By how much a bus is ahead of its time or behind, and how long it takes from one to the next."""
_SILENT_S, _HOUR_S = 180, 3_600


class Leg(NamedTuple):
    """A stretch between two stops of a way."""

    begin: float
    """Seconds after the way's beginning at which it is left."""
    end: float
    one: Stop
    other: Stop


@dataclass(frozen=True)
class Line:
    """A route's ways, one after the other, and how many buses drive them."""

    route: str
    ways: tuple[tuple[Leg, ...], ...]
    first: int
    """Second of the day at which its first bus leaves."""
    last: int
    headway: int

    @property
    def lap(self) -> float:
        """Seconds from one beginning of the first way to the next."""
        return sum(way[-1].end + LAYOVER_S for way in self.ways)

    @property
    def buses(self) -> int:
        """So many that one leaves every headway."""
        return math.ceil(self.lap / self.headway)


class Seen(NamedTuple):
    """Where a bus is."""

    bus: str
    route: str
    lat: float
    lon: float
    bearing: float
    speed_kmh: float


def lines(network: Network) -> list[Line]:
    """The lines of a city's profile."""
    by_id, guesses = {one.stop: one for one in network.stops}, network.settings.estimates
    found = []
    for route in network.routes:
        ways = [
            network.ways[route.route, direction] for direction in (0, 1) if (route.route, direction) in network.ways
        ]
        if ways:
            legs = tuple(
                tuple(_legs([by_id[stop] for stop in way], guesses.speed_kmh / 3.6 / guesses.detour, guesses.dwell_s))
                for way in ways
            )
            found.append(Line(route.route, legs, _second(route.first), _second(route.last), route.headway_min * 60))
    return found


def names(line: Line) -> list[tuple[str, str]]:
    """Ids of a line's buses, and what is painted on them."""
    return [
        (f"sim-{line.route.lower()}-{number:02}", f"{line.route}-{number:02}") for number in range(1, line.buses + 1)
    ]


def seen(line: Line, at: datetime) -> Iterator[Seen]:
    """Where those of a line's buses are that drive at a moment (of the city's clock) and are not silent."""
    day = at.hour * 3_600 + at.minute * 60 + at.second
    now, lap = day - line.first, line.buses * line.headway
    for number, (bus, _) in enumerate(names(line)):
        begun = now - number * line.headway
        if begun < 0 or day > line.last + line.lap or _is_silent(bus, at.timestamp()):
            continue
        phase = begun % lap
        if day - phase > line.last:
            continue  # it stays where its last round ended
        place = _place(line, phase + _SWING_S * math.sin(2 * math.pi * (phase / _PERIOD_S + chance(bus, "swing"))))
        if place is not None:
            yield Seen(bus, line.route, *place)


def _legs(stops: Sequence[Stop], metres_a_second: float, dwell_s: int) -> Iterator[Leg]:
    left = 0.0
    for one, other in pairwise(stops):
        reached = left + max(1.0, distance_m(one.lat, one.lon, other.lat, other.lon)) / metres_a_second
        yield Leg(left, reached, one, other)
        left = reached + dwell_s


def _place(line: Line, phase: float) -> tuple[float, float, float, float] | None:
    """Latitude, longitude, bearing and speed after so many seconds of a lap."""
    for way in line.ways:
        if phase < way[-1].end + LAYOVER_S:
            leg = next((one for one in way if phase < one.end), way[-1])
            part = min(max((phase - leg.begin) / (leg.end - leg.begin), 0.0), 1.0)
            lat = leg.one.lat + part * (leg.other.lat - leg.one.lat)
            lon = leg.one.lon + part * (leg.other.lon - leg.one.lon)
            north = leg.other.lat - leg.one.lat
            east = (leg.other.lon - leg.one.lon) * math.cos(math.radians(lat))
            metres = distance_m(leg.one.lat, leg.one.lon, leg.other.lat, leg.other.lon)
            speed = metres / (leg.end - leg.begin) * 3.6 if 0 < part < 1 else 0.0
            return lat, lon, math.degrees(math.atan2(east, north)) % 360.0, speed
        phase -= way[-1].end + LAYOVER_S
    return None


def _is_silent(bus: str, at: float) -> bool:
    begins = chance(bus, "silent", at // _HOUR_S) * (_HOUR_S - _SILENT_S)
    return begins <= at % _HOUR_S < begins + _SILENT_S


def _second(text: str) -> int:
    return int(text[:2]) * 3600 + int(text[3:]) * 60
