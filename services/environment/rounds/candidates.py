"""What might be collected on a day, and what of it is searched for rounds. Pure.

A container joins when it is full, when it has been silent for long, when it is its kelurahan's day, or when the last
round missed it; a clean-up job when it is open; the place of a city event on the day after, in as many stops as trucks
it fills, and later what no round has taken along of it. What lies in a kelurahan with a flood warning stays out, and so
does what has no place.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from math import ceil
from typing import NamedTuple
from uuid import UUID

from services.environment.cleanups.model import Cleanup
from services.environment.fleet.model import WEEK, Depot, Fleet
from services.environment.fleet.model import Truck as FleetTruck
from services.environment.gatherings.model import LARGEST_M3, Gathering
from services.environment.rounds.model import Cause, Kind
from services.environment.routing.model import Point, Problem, Stop, Truck
from services.environment.things.model import Thing

_NOTHING: Mapping[UUID, float] = {}
MOST = 300
"""Stops that are searched for rounds; of more, those that matter least are left."""
LEAST_FILL = 10.0
"""Per cent: a container that says it is empty has something in it."""
_DAY_S = 86_400


class Level(NamedTuple):
    """How full a container was, in per cent, and when."""

    percent: float
    at: datetime


class Candidate(NamedTuple):
    """Something that might be collected."""

    kind: Kind
    subject: UUID
    code: str
    name: str
    area: str
    lon: float | None
    lat: float | None
    m3: float
    fill: float | None
    cause: Cause
    """Why it joins."""
    weight: int
    minutes: int
    left: Cause | None
    """Why it is left out before any search."""
    part: int = 1
    """Which of the stops that its subject has."""

    @property
    def key(self) -> str:
        """What it is called while rounds are searched for."""
        return f"{self.kind.value}:{self.subject}:{self.part}"


class Day(NamedTuple):
    """What is planned: a depot's day, as of now."""

    fleet: Fleet
    depot: Depot
    day: date
    zone: tzinfo
    now: datetime
    flooded: frozenset[str]

    def moment(self, seconds: int) -> datetime:
        """The moment so many seconds after midnight."""
        return datetime.combine(self.day, time(0), self.zone) + timedelta(seconds=seconds)

    @property
    def today(self) -> date:
        """The day of the city's calendar that it is now."""
        return self.now.astimezone(self.zone).date()

    @property
    def begun(self) -> int:
        """Seconds of the day that are over."""
        return max(0, ceil((self.now - self.moment(0)).total_seconds()))


def of_containers(
    day: Day, things: Sequence[Thing], levels: Mapping[UUID, Level], left: Mapping[UUID, float] = _NOTHING
) -> list[Candidate]:
    """The containers that join; those that need not are no candidates. ``left`` is what the last rounds missed, in
    cubic metres by subjects.
    """
    served = (one for one in things if day.fleet.serves(day.depot, one.area))
    found = [_container(day, one, levels.get(one.id), missed=left.get(one.id, 0) > 0) for one in served]
    return [one for one in found if one is not None]


def of_cleanups(day: Day, cleanups: Sequence[Cleanup]) -> list[Candidate]:
    """The clean-up jobs of the depot's kelurahan; those of which no kelurahan is known are the first depot's."""
    first = day.fleet.depots[0].id == day.depot.id
    return [
        _cleanup(day, one)
        for one in cleanups
        if not one.exercise and (day.fleet.serves(day.depot, one.area) or (not one.area and first))
    ]


def of_gatherings(
    day: Day, gatherings: Sequence[Gathering], left: Mapping[UUID, float] = _NOTHING
) -> list[Candidate]:  # fmt: skip
    """What city events left the day before in the depot's kelurahan, and what no round has taken along of earlier ones;
    ``left`` as of containers.
    """
    served = (one for one in gatherings if day.fleet.serves(day.depot, one.area))
    return [part for one in served for part in _gathering(day, one, _lying(day, one, left))]


def problem(day: Day, candidates: Sequence[Candidate]) -> Problem:
    """What is searched for rounds: the candidates that no rule has left out, those that matter most."""
    fleet = day.fleet
    assert fleet.landfill is not None, "a fleet with depots has a landfill"
    fit = [one for one in candidates if one.left is None]
    most = sorted(fit, key=lambda one: (-one.weight, one.key))[:MOST]
    return Problem(
        depot=Point(day.depot.lon, day.depot.lat),
        landfill=Point(fleet.landfill.lon, fleet.landfill.lat),
        unload_seconds=fleet.landfill.minutes * 60,
        detour=fleet.detour,
        speed=fleet.speed_kmh / 3.6,
        stops=tuple(_stop(day, one) for one in most),
        trucks=tuple(_truck(day, one) for one in day.depot.trucks),
    )


def _container(day: Day, thing: Thing, level: Level | None, *, missed: bool) -> Candidate | None:
    fleet = day.fleet
    silent = level is None or day.now - level.at > timedelta(hours=fleet.silent_hours)
    fill = None if level is None or silent else max(0.0, min(100.0, level.percent))
    if silent:
        cause, weight = Cause.SILENT, 4
    elif fill is not None and fill >= fleet.full_percent:
        cause, weight = Cause.FULL, 5 + round(fill / 50)
    elif missed:
        cause, weight = Cause.MISSED, 3
    elif WEEK[day.day.weekday()] in fleet.days(thing.area):
        cause, weight = Cause.PICKUP_DAY, 2
    else:
        return None
    m3 = fleet.container.m3 * max(LEAST_FILL, 100.0 if fill is None else fill) / 100
    left = Cause.FLOODED if thing.area in day.flooded else None
    return Candidate(
        Kind.CONTAINER, thing.id, thing.code, thing.name, thing.area, thing.lon, thing.lat, m3, fill, cause, weight,
        fleet.container.minutes, left,
    )  # fmt: skip


def _cleanup(day: Day, one: Cleanup) -> Candidate:
    late = one.due_at is not None and one.due_at < day.moment(_DAY_S)
    left = None
    if one.waiting:
        left = Cause.WAITING
    elif one.area in day.flooded:
        left = Cause.FLOODED
    elif one.lon is None or one.lat is None:
        left = Cause.NO_PLACE
    load = day.fleet.cleanup
    return Candidate(
        Kind.CLEANUP, one.id, one.complaint, "", one.area, one.lon, one.lat, load.m3, None, Cause.OPEN_JOB,
        9 if late else 6, load.minutes, left,
    )  # fmt: skip


def _lying(day: Day, one: Gathering, left: Mapping[UUID, float]) -> float:
    """Cubic metres that a gathering's round is to take along: all of it on its day, and once that is over without any
    round that was to have it; else what the last of them missed.
    """
    whole = one.m3(day.fleet.cleanup.m3)
    if one.day == day.day:
        return whole
    return left.get(one.id, whole if one.day < day.today else 0.0)


def _gathering(day: Day, one: Gathering, m3: float) -> list[Candidate]:
    """A stop for each truck that it fills."""
    load, left = day.fleet.cleanup, None
    if one.area in day.flooded:
        left = Cause.FLOODED
    elif one.lon is None or one.lat is None:
        left = Cause.NO_PLACE
    cause = Cause.GATHERING if one.day == day.day else Cause.MISSED
    parts = ceil(m3 / max((truck.m3 for truck in day.depot.trucks), default=LARGEST_M3))
    return [
        Candidate(
            Kind.GATHERING, one.id, one.code, "", one.area, one.lon, one.lat, m3 / parts, None, cause, 7, load.minutes,
            left, part,
        )
        for part in range(1, parts + 1)
    ]  # fmt: skip


def _stop(day: Day, one: Candidate) -> Stop:
    window = day.fleet.window(one.area)
    early, late = (_seconds(window.since), _seconds(window.until)) if window else (0, _DAY_S)
    assert one.lon is not None
    assert one.lat is not None
    litres = ceil(one.m3 * 1000)
    return Stop(one.key, Point(one.lon, one.lat), litres, one.minutes * 60, early, late, one.weight)


def _truck(day: Day, one: FleetTruck) -> Truck:
    """A truck's day; of a day that has begun, what is left of it."""
    early = max(_seconds(one.since), day.begun)
    return Truck(one.id, int(one.m3 * 1000), early, _seconds(one.until), one.trips)


def _seconds(at: time) -> int:
    return at.hour * 3600 + at.minute * 60 + at.second
