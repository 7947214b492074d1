"""The forecast of a gauge: what it rests on, what lies ahead, and when that is above a limit. Pure. Times are UTC."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import Enum
from itertools import pairwise
from typing import NamedTuple
from uuid import UUID

from services.environment.criteria.model import Hazard, Level, Zone
from services.environment.datastreams.model import Correction
from services.environment.harmonics.model import Constituent, Forecast, Question, Series
from services.environment.observations.model import Bucket

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
REACH = timedelta(days=366)
"""How far back the hours are taken that a forecast is fitted to."""
HELD_OUT = 30 * 24
"""Hours, the last that were measured, in which the error is told."""
NEEDED = HELD_OUT + 30 * 24
"""Hours that a forecast needs: a month that tells the tides of moon and sun apart, and the one that is held out."""
SHOWN = timedelta(hours=48)
STEP = timedelta(minutes=10)
MADE = timedelta(hours=72)
"""How far a forecast reaches: one that is a day old still has what is shown."""
AGAIN_TOO_SHORT, AGAIN_FAILED = timedelta(minutes=2), HOUR
"""When what gave no forecast is looked at again."""


class State(Enum):
    """Whether there is a forecast."""

    WAITING = "waiting"
    TOO_SHORT = "too_short"
    FORECAST = "forecast"
    FAILED = "failed"


@dataclass(frozen=True)
class Tide:
    """The forecast of a gauge; ``id`` is the thing's, ``version`` counts its changes. Metres over the gauge's zero.

    ``hours`` were measured from ``first_at`` until ``last_at``, the last of them from ``held_at`` on were held out. The
    waves stand side by side in four columns. ``heights`` are those from ``start_at`` on, a ``STEP`` apart.
    """

    id: UUID
    version: int
    datastream: int
    state: State
    due_at: datetime
    made_at: datetime | None = None
    hours: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    held_at: datetime | None = None
    rmse: float = 0.0
    worst: float = 0.0
    names: tuple[str, ...] = ()
    amplitudes: tuple[float, ...] = ()
    phases: tuple[float, ...] = ()
    speeds: tuple[float, ...] = ()
    start_at: datetime | None = None
    heights: tuple[float, ...] = ()

    @property
    def constituents(self) -> list[Constituent]:
        """Its waves, the largest first."""
        return [Constituent(*one) for one in zip(self.names, self.amplitudes, self.phases, self.speeds, strict=True)]


class Height(NamedTuple):
    """The sea at a moment."""

    at: datetime
    height: float


class Turn(NamedTuple):
    """A high or a low water."""

    at: datetime
    height: float
    high: bool


class Limit(NamedTuple):
    """From which height on the sea means a level in a zone."""

    zone: Zone
    level: Level
    height: float
    made_up: bool


class Flood(NamedTuple):
    """A time in which the sea is expected above a limit."""

    limit: Limit
    start: datetime
    end: datetime
    goes_on: bool
    peak: Height


def levels(hours: Iterable[Bucket], datums: Sequence[Correction]) -> list[tuple[datetime, float]]:
    """Hours over the city's reference. Datums come the newest first."""
    return [(one.start, one.mean + zero(datums, one.start)) for one in hours]


def zero(datums: Sequence[Correction], at: datetime) -> float:
    """How high the gauge's zero lay over the reference; before the first datum that is known, where that says."""
    return next((one.shift for one in datums if one.since <= at), datums[-1].shift if datums else 0.0)


def question(known: Sequence[tuple[datetime, float]], period: int, latitude: float, now: datetime) -> Question | None:
    """What is asked of the fit; None where there are too few hours."""
    if len(known) < NEEDED:
        return None
    series = Series(
        tuple(int(at.timestamp()) for at, _ in known), tuple(round(level, 4) for _, level in known), period, latitude
    )
    step = int(STEP.total_seconds())
    return Question(series, HELD_OUT, int(now.timestamp()) // step * step, step, MADE // STEP + 1)


def looked_at(tide: Tide, known: Sequence[tuple[datetime, float]]) -> Tide:
    """The tide, with what was measured when it was looked at."""
    first, last = (known[0][0], known[-1][0] + HOUR) if known else (None, None)
    return replace(tide, hours=len(known), first_at=first, last_at=last, version=tide.version + 1)


def too_short(tide: Tide, now: datetime) -> Tide:
    """There is no forecast: too little was measured."""
    return Tide(
        tide.id, tide.version, tide.datastream, State.TOO_SHORT, now + AGAIN_TOO_SHORT, hours=tide.hours,
        first_at=tide.first_at, last_at=tide.last_at,
    )  # fmt: skip


def forecast(tide: Tide, asked: Question, found: Forecast, lies: float, now: datetime) -> Tide:
    """The tide with a forecast. ``lies`` is how high the gauge's zero lies over the reference now."""
    waves = found.constituents
    return replace(
        tide,
        state=State.FORECAST,
        due_at=now + DAY,
        made_at=now,
        held_at=_moment(asked.series.hours[-asked.held_out]),
        rmse=found.rmse,
        worst=found.worst,
        names=tuple(one.name for one in waves),
        amplitudes=tuple(one.amplitude for one in waves),
        phases=tuple(one.phase for one in waves),
        speeds=tuple(one.speed for one in waves),
        start_at=_moment(asked.start),
        heights=tuple(round(one - lies, 4) for one in found.heights),
    )


def failed(tide: Tide, now: datetime) -> Tide:
    """It could not be made; what there is holds as far as it reaches."""
    return replace(
        tide,
        state=State.FORECAST if ahead(tide, now) else State.FAILED,
        due_at=now + AGAIN_FAILED,
        version=tide.version + 1,
    )


def ahead(tide: Tide, now: datetime) -> list[Height]:
    """What is shown of a forecast: from now on, or less where it is old."""
    if tide.start_at is None:
        return []
    first = max(0, (now - tide.start_at) // STEP)
    start = tide.start_at
    return [
        Height(start + place * STEP, tide.heights[place])
        for place in range(first, min(first + SHOWN // STEP + 1, len(tide.heights)))
    ]


def hourly(heights: Iterable[Height]) -> list[Height]:
    """Those at full hours."""
    return [one for one in heights if one.at.minute == 0]


def turns(heights: Sequence[Height]) -> list[Turn]:
    """High and low waters; one that stands a while is told at its beginning."""
    moved = [*heights[:1], *(one for before, one in pairwise(heights) if before.height != one.height)]
    return [
        Turn(one.at, one.height, one.height > before.height)
        for before, one, after in zip(moved, moved[1:], moved[2:], strict=False)
        if (one.height - before.height) * (after.height - one.height) < 0
    ]


def floods(heights: Sequence[Height], limits: Iterable[Limit]) -> list[Flood]:
    """When the sea is expected at a limit or above, by the time, the least level first."""
    found = [flood for limit in limits for flood in _floods(heights, limit)]
    return sorted(found, key=lambda one: (one.start, one.limit.level.rank, one.limit.zone.id))


def _floods(heights: Sequence[Height], limit: Limit) -> Iterator[Flood]:
    start, peak = None, None
    for before, one in pairwise([Height(heights[0].at, limit.height - 1), *heights] if heights else []):
        if one.height >= limit.height:
            start = start or _crossing(before, one, limit.height)
            peak = one if peak is None or one.height > peak.height else peak
        elif start is not None and peak is not None:
            yield Flood(limit, start, _crossing(before, one, limit.height), False, peak)
            start, peak = None, None
    if start is not None and peak is not None:
        yield Flood(limit, start, heights[-1].at, True, peak)


def _crossing(one: Height, other: Height, height: float) -> datetime:
    """When the sea passes a height on its way between two moments, to the second."""
    seconds = (other.at - one.at).total_seconds() * (height - one.height) / (other.height - one.height)
    return one.at + timedelta(seconds=round(seconds))


def limits(zones: Iterable[Zone], thing: str, datastream: str, rules: Iterable[tuple[str, float, bool]]) -> list[Limit]:
    """What a gauge's heights mean, by the zone, the least first. ``rules`` are names, limits, and what is made up."""
    found = [
        Limit(zone, level, height, made_up or zone.made_up)
        for zone in zones
        if zone.hazard is Hazard.ROB
        for name, height, made_up in rules
        if (level := zone.level_of(thing, datastream, name)) is not None
    ]
    return sorted(found, key=lambda one: (one.zone.id, one.level.rank, one.height))


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
