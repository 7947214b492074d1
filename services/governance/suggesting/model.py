"""The order of units and of similar incidents, with reasons. Pure.

The distance is a straight line: no roads are known here. So it is an advice, and each reason is shown.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from services.governance.incidents.model import Incident
from services.governance.protocol.model import Protocol
from services.governance.sites.model import Site, metres
from services.governance.units.model import FREE, Position, State, Unit
from services.kit.city import City

NEAR_M = 3_000
"""What is called near."""
MOST = 3
"""Units of each service, and similar incidents, that are shown."""


class Reason(StrEnum):
    """What speaks for or against a unit."""

    NEAR = "near"
    FRESH = "position_fresh"
    OLD = "position_old"
    UNKNOWN = "position_unknown"
    RETURNING = "returning"
    UNCREWED = "nobody_signed_on"
    IN_DRILL = "in_a_drill"
    STANDS_IN_FLOOD = "stands_in_flood"
    CROSSES_FLOOD = "crosses_flood"
    PLACE_APPROXIMATE = "place_approximate"
    PLACE_UNKNOWN = "place_unknown"


class Goal(NamedTuple):
    """Where units go to. Degrees; of an incident of which the kelurahan alone is known, the middle of that."""

    point: tuple[float, float] | None
    approximate: bool = False


@dataclass(frozen=True)
class Suggestion:
    """A unit that could go."""

    unit: Unit
    metres: float | None
    age: timedelta | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Similar:
    """An open incident that may be the same matter."""

    incident: Incident
    metres: float | None
    apart: timedelta


class Floods:
    """Outlines of kelurahan that are flooded, without that of the incident: who helps there must go there."""

    def __init__(self, outlines: Mapping[str, Any]) -> None:
        """Polygons by the code of the kelurahan."""
        self._outlines = outlines

    def of(self, start: tuple[float, float], end: tuple[float, float] | None) -> Reason | None:
        """Whether a unit stands in a flood, or its straight line crosses one."""
        if not self._outlines:
            return None
        import shapely

        here = shapely.Point(start)
        if any(each.intersects(here) for each in self._outlines.values()):
            return Reason.STANDS_IN_FLOOD
        if end is None:
            return None
        line = shapely.LineString((start, end))
        return Reason.CROSSES_FLOOD if any(each.intersects(line) for each in self._outlines.values()) else None


def goal(city: City, site: Site) -> Goal:
    """Where units go to that are sent to a place."""
    area = city.area(site.area)
    if site.point is None and area is not None:
        return Goal((area.lon, area.lat), approximate=True)
    return Goal(site.point)


def suggested(
    goal: Goal, units: Iterable[Unit], at: Mapping[str, Position], floods: Floods, protocol: Protocol,
    now: datetime, *, drills: Collection[str] = (),
) -> list[Suggestion]:  # fmt: skip
    """Units that can go, the most suitable of each service first: crewed, in no drill, no flood between, position
    fresh, near. ``drills`` are the codes of those that can be called away from one.
    """
    fresh = timedelta(seconds=protocol.fresh_seconds)
    found = [
        _one(goal, unit, at.get(unit.code), floods, fresh, now)
        for unit in units
        if unit.state in FREE or unit.code in drills
    ]
    found.sort(key=_place)
    services = list(dict.fromkeys(one.unit.service for one in found))
    return [one for name in sorted(services) for one in [each for each in found if each.unit.service == name][:MOST]]


def similar(incident: Incident, others: Iterable[Incident], protocol: Protocol) -> list[Similar]:
    """Open incidents of the same kind that are near in place and time, the likeliest first."""
    longest = timedelta(minutes=protocol.similar_minutes)
    found: list[Similar] = []
    for one in others:
        apart = abs(one.called_at - incident.called_at)
        if one.id == incident.id or one.kind != incident.kind or apart > longest or one.exercise != incident.exercise:
            continue
        away = metres(incident.site.point, one.site.point)
        near = away <= protocol.similar_metres if away is not None else one.area == incident.area != ""
        if near:
            found.append(Similar(one, away, apart))
    found.sort(key=lambda one: (one.metres if one.metres is not None else float("inf"), one.apart))
    return found[:MOST]


def _one(goal: Goal, unit: Unit, at: Position | None, floods: Floods, fresh: timedelta, now: datetime) -> Suggestion:
    reasons: list[Reason] = []
    age = now - at.at if at else None
    away = metres((at.lon, at.lat), goal.point) if at else None
    if at is None or age is None:
        reasons.append(Reason.UNKNOWN)
    else:
        reasons.append(Reason.FRESH if age <= fresh else Reason.OLD)
        if flood := floods.of((at.lon, at.lat), goal.point):
            reasons.append(flood)
    if goal.point is None:
        reasons.append(Reason.PLACE_UNKNOWN)
    elif goal.approximate:
        reasons.append(Reason.PLACE_APPROXIMATE)
    if away is not None and away <= NEAR_M:
        reasons.insert(0, Reason.NEAR)
    if unit.state is State.RETURNING:
        reasons.append(Reason.RETURNING)
    if unit.state not in FREE:
        reasons.append(Reason.IN_DRILL)
    if not unit.crew:
        reasons.append(Reason.UNCREWED)
    return Suggestion(unit, away, age, tuple(reasons))


_AGAINST: Sequence[Collection[Reason]] = (
    (Reason.UNCREWED,),
    (Reason.IN_DRILL,),
    (Reason.STANDS_IN_FLOOD, Reason.CROSSES_FLOOD),
    (Reason.UNKNOWN,),
    (Reason.OLD,),
)
"""What weighs more than any distance, the gravest first."""


def _place(one: Suggestion) -> tuple[Any, ...]:
    against = tuple(any(reason in one.reasons for reason in each) for each in _AGAINST)
    return (*against, one.metres if one.metres is not None else float("inf"), one.unit.code)
