"""A made-up world that gauges measure: tide, storms, rivers, pumps, air and waste. Pure.

Every value follows from the moment and from what pump stations were told, so that the past that is filled in and the
present that follows it fit, and two runs tell the same. Nothing in it is a forecast or a measurement: the tide has the
speeds of the real constituents and heights and phases that were made up. How high water stands follows from the marks
(thresholds) of each gauge, which are the city's: dry weather stays below them, a downpour goes above.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from hashlib import blake2b

from deploy.simulator.stations import Panel, Switching, offset, told

HOUR_S, DAY_S = 3600.0, 86_400.0
_CONSTITUENTS = {
    "M2": (28.9841042, 0.12, 40),
    "S2": (30.0, 0.07, 80),
    "K1": (15.0410686, 0.22, 310),
    "O1": (13.9430356, 0.10, 280),
}
"""Degrees an hour; metres and degrees that were made up for a shallow coast with one high water a day."""
_BELOW_MARK = 0.6
"""Metres between the mean of the sea and the lowest mark of its gauge."""
_RIVER_MM = 100.0
"""Of rain in the basin that lift a river from dry weather to a little above its highest mark."""
_STATION_MM = 30.0
"""Of rain for which a station has just enough pumps."""
_IDLE = 0.15
"""Of what a station can pump: what comes to it in dry weather."""
_RISES_S = 2 * HOUR_S
BLOCKED_S = 2 * HOUR_S
"""How long pumps are blocked."""
_AIR = {
    "pm2_5": (24, 16),
    "pm10": (44, 24),
    "so2": (18, 8),
    "no2": (24, 14),
    "co": (900, 450),
    "o3": (38, 30),
    "hc": (55, 25),
}
"""Micrograms a cubic metre: the mean, and by how much the day goes up and down."""
_CITY_H = 7
"""The city's clock is that far ahead of UTC."""


@dataclass(frozen=True)
class Storm:
    """Rain from a moment on (seconds since 1970), for so long, with so many millimetres a minute at its height."""

    start: float
    seconds: float
    peak: float

    def rain(self, at: float) -> float:
        """Millimetres a minute at a moment."""
        share = (at - self.start) / self.seconds
        return self.peak * math.sin(math.pi * share) ** 2 if 0 < share < 1 else 0.0

    def risen(self, at: float) -> float:
        """Millimetres of it that have come down the river at a moment."""
        since = (at - self.start) / _RISES_S
        return self.peak * self.seconds / 120 * since * math.exp(1 - since) if since > 0 else 0.0


@dataclass(frozen=True)
class Stream:
    """What a thing measures: values lie from ``least`` to ``most``, one comes every so many seconds."""

    thing: str
    kind: str
    """Of the thing, as the contract names it in lower case."""
    name: str
    observed: str
    """The property, as the contract names it in lower case."""
    unit: str
    least: float
    most: float
    period: int
    marks: Sequence[float] = ()
    """Thresholds that its values may go above."""
    pumps: int = 3
    """How many the station has; that many where nobody has told."""

    @property
    def low(self) -> float:
        """Its lowest mark; without any, somewhere in the upper half of what it can measure."""
        return min(self.marks, default=self.least + 0.6 * (self.most - self.least))

    @property
    def high(self) -> float:
        """Its highest mark."""
        return max(self.marks, default=self.low)


@dataclass(frozen=True)
class World:
    """The world, with storms and blockages of one's own beside those that come by themselves."""

    storms: Sequence[Storm] = ()
    blockages: Mapping[str, float] = field(default_factory=dict)
    """When (seconds since 1970) the pumps of which station are blocked."""
    switched: dict[str, list[Switching]] = field(default_factory=dict)
    """What stations were told, the oldest first."""

    def value(self, stream: Stream, at: float) -> float:
        """What a stream measures at a moment (seconds since 1970)."""
        found = self._value(stream, at)
        whole = stream.observed == "pumps_running"
        return float(round(min(max(found, stream.least), stream.most), 0 if whole else 3))

    def _value(self, stream: Stream, at: float) -> float:
        thing, what = stream.thing, stream.observed
        if what == "rainfall":
            return sum(storm.rain(at) for storm in self._storms(at)) * (0.6 + 0.8 * chance(thing))
        if what == "pumps_running":
            return self.running(thing, stream.pumps, at)
        if what == "fill_level":
            cycle = (30 + 24 * chance(thing)) * HOUR_S
            return 97 * math.fmod(at + cycle * chance(thing, "begun"), cycle) / cycle
        if what in _AIR:
            mean, swing = _AIR[what]
            day = math.sin(
                (at / HOUR_S + _CITY_H - (7 if what == "o3" else 2)) * math.tau / (24 if what == "o3" else 12)
            )
            return (mean + swing * day) * (0.7 + 0.6 * chance(thing)) * (1 + 0.08 * wobble(thing, what, at))
        return self._level(stream, at) + 0.004 * wobble(thing, what, at)

    def running(self, thing: str, pumps: int, at: float) -> int:
        """How many pumps of a station run: none of those that are blocked, else as many as it was told or needs."""
        if self.blocked(thing, at):
            return 0
        last = told(self.switched.get(thing, ()), at)
        return math.ceil(self._need(at) * pumps) if last is None else min(last, pumps)

    def blocked(self, thing: str, at: float) -> float:
        """How far a blockage of a station's pumps has gone, 0 (none) to 1 (about to be cleared)."""
        since = at - self.blockages.get(thing, math.inf)
        return since / BLOCKED_S if 0 < since < BLOCKED_S else own_blockage(thing, at)

    def panel(self, stream: Stream) -> Panel:
        """What switches the pumps that a stream counts."""
        switched = self.switched.setdefault(stream.thing, [])
        return Panel(stream.pumps, switched, partial(self.blocked, stream.thing))

    def _level(self, stream: Stream, at: float) -> float:
        """Metres of water: the sea's, a pump station's, or a river's."""
        if stream.kind == "tide_gauge":
            return stream.low - _BELOW_MARK + tide(at)
        if stream.kind == "pump_station":
            dry = stream.least + 0.4 * (stream.low - stream.least)
            room = stream.low - dry
            level = dry + 0.2 * room * self._need(at) + 1.1 * room * math.sin(math.pi * self.blocked(stream.thing, at))
            few = offset(self.switched.get(stream.thing, ()), lambda then: self._need(then) * stream.pumps, at)
            return level + 0.4 * room * few
        dry = stream.least + (0.65 + 0.1 * chance(stream.thing)) * (stream.low - stream.least)
        return dry + 1.15 * (stream.high - dry) * sum(storm.risen(at) for storm in self._storms(at)) / _RIVER_MM

    def _need(self, at: float) -> float:
        """How much water comes to the pumps, as a part of what they can pump."""
        return min(1.0, _IDLE + sum(storm.risen(at) for storm in self._storms(at)) / _STATION_MM)

    def _storms(self, at: float) -> list[Storm]:
        day = int(at // DAY_S)
        return [*own_storms(day - 1), *own_storms(day), *self.storms]


def tide(at: float) -> float:
    """Height of the sea, metres above its mean."""
    hours = at / HOUR_S
    return sum(
        height * math.cos(math.radians(math.fmod(speed * hours - phase, 360)))
        for speed, height, phase in _CONSTITUENTS.values()
    )


@lru_cache(maxsize=64)
def own_storms(day: int) -> tuple[Storm, ...]:
    """The storms of a day (days since 1970, UTC): in the afternoon and evening, as a rule none or one."""
    made = []
    for number in range(2):
        if chance("storm", day, number) < 0.3:
            start = (day + (5 + 8 * chance("start", day, number)) / 24) * DAY_S
            peak = 0.2 + 1.2 * chance("peak", day, number) ** 2
            made.append(Storm(start, (40 + 80 * chance("length", day, number)) * 60, peak))
    return tuple(made)


def own_blockage(thing: str, at: float) -> float:
    """As ``World.blocked``, of blockages that come by themselves: one in ten days."""
    since = math.fmod(at + 10 * DAY_S * chance(thing, "blocked"), 10 * DAY_S)
    return since / BLOCKED_S if since < BLOCKED_S else 0.0


def boots(thing: str, at: float) -> bool:
    """Whether a device starts anew in this minute, which it does once a day."""
    day, minute = divmod(int(at // 60), 1440)
    return minute == int(1440 * chance(thing, "boot", day))


def chance(*of: object) -> float:
    """A number from 0 to 1 that is always the same for the same names."""
    return int.from_bytes(blake2b(repr(of).encode(), digest_size=8).digest(), "big") / (1 << 64)


def wobble(*of: object) -> float:
    """As ``chance``, from -1 to 1: what no instrument is free of."""
    return 2 * chance(*of) - 1


def moments(start: datetime, end: datetime, seconds: int) -> list[float]:
    """The moments after ``start`` and up to ``end``, so many seconds apart, in step with the clock."""
    first = (int(start.timestamp()) // seconds + 1) * seconds
    return [float(at) for at in range(first, int(end.timestamp()) + 1, seconds)]


def middles(start: datetime, end: datetime) -> list[float]:
    """The middles of the hours between two moments: what is measured then stands for the hour."""
    half = timedelta(seconds=HOUR_S / 2)
    return [at - half.total_seconds() for at in moments(start + half, end, int(HOUR_S))]


def downpour(now: datetime) -> Storm:
    """A storm that begins now and lifts rivers above their marks within two hours or so."""
    return Storm(now.astimezone(UTC).timestamp(), timedelta(minutes=90).total_seconds(), 2.4)
