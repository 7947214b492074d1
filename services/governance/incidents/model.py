"""An incident: its states, grading and merging; how it is closed is in ``settling``. Pure rules."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import NamedTuple
from uuid import UUID

from services.governance.sites.model import Site
from services.kit.errors import DomainError, invalid, precondition


class State(Enum):
    """Where an incident stands."""

    WAITING = "waiting"
    DISPATCHED = "dispatched"
    ON_SCENE = "on_scene"
    CLEARED = "cleared"
    CLOSED = "closed"
    MERGED = "merged"


OPEN = (State.WAITING, State.DISPATCHED, State.ON_SCENE, State.CLEARED)
"""What dispatchers have to do with."""


class Outcome(Enum):
    """How one ended."""

    NONE = ""
    RESOLVED = "resolved"
    HANDED_OFF = "handed_off"
    NOTHING_FOUND = "nothing_found"
    CALLED_OFF = "called_off"


@dataclass(frozen=True)
class Incident:
    """One of them. Times are UTC."""

    id: UUID
    version: int
    number: int
    state: State
    kind: str
    priority: int
    place: str
    area: str
    lon: float | None
    lat: float | None
    note: str
    exercise: bool
    warning: str
    story: str
    called_at: datetime
    """When its first call came: clocks run from then."""
    created_at: datetime
    updated_at: datetime
    merged_into: UUID | None = None
    outcome: Outcome = Outcome.NONE
    report: str = ""
    hurt: int = 0
    dead: int = 0
    closed_at: datetime | None = None
    paper: bool = False
    """Whether its call was entered from a paper form: nobody knows then when units were there."""

    @property
    def site(self) -> Site:
        """Where."""
        return Site(self.place, self.area, self.lon, self.lat)

    @property
    def open(self) -> bool:
        """Whether dispatchers have to do with it."""
        return self.state in OPEN


class Home(NamedTuple):
    """What the clocks of an incident go by that needs them: when its first call came, and how it was graded itself."""

    called_at: datetime
    priority: int
    merged_into: UUID | None


@dataclass(frozen=True)
class Clock:
    """The clock of one service that an incident needs. It runs from the call until the first unit is there.

    It goes along when its incident is merged into another, and comes back. So two of one service may be at an incident:
    the one that comes first (``in_order``) runs, and both stop when a unit is there.
    """

    id: UUID
    incident: UUID
    service: str
    priority: int
    """By which it is due: of its incident, or as it was graded where that was merged into."""
    due_at: datetime
    assigned_at: datetime | None = None
    arrived_at: datetime | None = None
    late_told: bool = False
    open: bool = True
    """Whether it matters any more."""
    origin: UUID | None = None
    """The incident that needs it, where that was merged into this one."""
    paper: bool = False
    """Whether the call was entered from a paper form: it counts nowhere, and calls for somebody as if the call had come
    when that was entered.
    """
    told_at: datetime | None = None
    """The arrival that was told for it, and counted; of clocks that stop together that is one."""
    told: int = 0
    """How often one was told."""
    called_at: datetime | None = None
    """When the call came from which it counts, where an earlier one was told of after somebody was there."""
    unneeded_in: UUID | None = None
    """The incident at which it was said that nobody of its service is needed any more."""

    @property
    def needed(self) -> bool:
        """Whether somebody of its service is needed still, or was."""
        return self.unneeded_in is None

    @property
    def home(self) -> UUID:
        """The incident that needs it, whatever that was merged into."""
        return self.origin or self.incident

    def since(self, home: Home) -> datetime:
        """When the call came from which it counts."""
        return self.called_at or home.called_at

    def late(self, now: datetime) -> bool:
        """Whether a unit was, or is, later than it should be."""
        return (self.arrived_at or now) > self.due_at if self.arrived_at or (self.open and self.needed) else False


@dataclass(frozen=True)
class Assignment:
    """A unit's work on an incident."""

    id: UUID
    incident: UUID
    origin: UUID
    """The incident that it was sent to, whatever that was merged into."""
    unit: str
    service: str
    assigned_at: datetime
    departed_at: datetime | None = None
    arrived_at: datetime | None = None
    ended_at: datetime | None = None


def regraded(one: Incident, kind: str, priority: int, now: datetime) -> Incident:
    """It is of another kind or priority. Errors: INCIDENT_OVER."""
    return _changed(_alive(one), now, kind=kind or one.kind, priority=priority or one.priority)


def relocated(one: Incident, to: Site, now: datetime) -> Incident:
    """It is somewhere else. Errors: INCIDENT_OVER, PLACE_UNCHANGED."""
    if to == one.site:
        raise invalid("PLACE_UNCHANGED", "This is where it is already.", field="place")
    return _changed(_alive(one), now, place=to.place, area=to.area, lon=to.lon, lat=to.lat)


def called_first(one: Incident, first: datetime, now: datetime) -> Incident:
    """Its first call is another one."""
    return _changed(one, now, called_at=first)


def stands(one: Incident, work: Sequence[Assignment], now: datetime) -> Incident:
    """It stands where the units that work on it, or did, say; of what was merged into it those that were there since
    its own call came.
    """
    work = [each for each in work if each.incident == one.id or each.ended_at is None or each.ended_at >= one.called_at]
    live = [each for each in work if each.ended_at is None]
    if any(each.arrived_at for each in live):
        state = State.ON_SCENE
    elif live:
        state = State.DISPATCHED
    elif any(each.arrived_at for each in work):
        state = State.CLEARED
    else:
        state = State.WAITING
    return one if state is one.state or not one.open else _changed(one, now, state=state)


def merged(one: Incident, into: Incident, now: datetime) -> Incident:
    """It is the same matter as another. Errors: INCIDENT_OVER, INCIDENT_ITSELF, DRILL_NOT_REAL."""
    if one.id == into.id:
        raise invalid("INCIDENT_ITSELF", "An incident cannot be merged into itself.", field="into")
    require_alike(one.exercise, into.exercise)
    _alive(into)
    return _changed(_alive(one), now, state=State.MERGED, merged_into=into.id)


def unmerged(one: Incident, now: datetime) -> Incident:
    """It is a matter of its own again. Errors: INCIDENT_NOT_MERGED."""
    if one.state is not State.MERGED:
        raise precondition("INCIDENT_NOT_MERGED", "It was not merged into another.", state=one.state.value)
    return _changed(one, now, state=State.WAITING, merged_into=None)


def touched(one: Incident, now: datetime) -> Incident:
    """Something about it changed that is not in its row."""
    return _changed(one, now)


def clock(id_: UUID, one: Incident, service: str, target: timedelta) -> Clock:
    """The clock of a service that it needs."""
    return Clock(id_, one.id, service, one.priority, one.called_at + target, paper=one.paper)


def moved(one: Clock, to: UUID) -> Clock:
    """It is at another incident, as what it belongs to was merged into that, or is a matter of its own again."""
    return replace(one, incident=to, origin=None if one.home == to else one.home)


def returned(one: Clock, to: UUID, family: Collection[UUID]) -> Clock:
    """It comes back. That it is not needed was said of another matter, where it was said at none of its ``family``."""
    return replace(moved(one, to), unneeded_in=one.unneeded_in if one.unneeded_in in family else None)


def answered(clocks: Iterable[Clock], work: Sequence[Assignment], homes: Mapping[UUID, Home]) -> list[Clock]:
    """The clocks at an incident as its units say, were it open; ``homes`` are what needs them."""
    found: list[Clock] = []
    for one in in_order(_answered(each, work, each.since(homes[each.home])) for each in clocks):
        waits = one.needed and one.arrived_at is None
        runs = waits and not any(each.open and each.service == one.service for each in found)
        found.append(replace(one, open=runs))
    return found


def _answered(one: Clock, work: Sequence[Assignment], called: datetime) -> Clock:
    """Who left without having been there is no answer, nor who had left before the call came; what is not needed asks
    for none.
    """
    asked = work if one.needed else ()
    there = [each for each in asked if each.service == one.service and (each.ended_at is None or each.arrived_at)]
    there = [each for each in there if each.ended_at is None or each.ended_at >= called]
    if not there:
        return waiting(one)
    arrived = min((each.arrived_at for each in there if each.arrived_at), default=None)
    return replace(one, assigned_at=min(each.assigned_at for each in there), arrived_at=arrived)


def waiting(one: Clock) -> Clock:
    """Nobody is sent to it, or not any more: then that it is late is told anew."""
    return replace(one, assigned_at=None, arrived_at=None, late_told=one.late_told and one.assigned_at is None)


def in_order(clocks: Iterable[Clock]) -> list[Clock]:
    """What is due first comes first, but after those of calls as they came what a paper form told of."""
    return sorted(clocks, key=lambda one: (one.paper, one.due_at, one.service))


def of_each_service(clocks: Iterable[Clock]) -> list[Clock]:
    """One of each service: the one that runs, or else the first that is needed."""
    found: dict[str, Clock] = {}
    for one in sorted(in_order(clocks), key=lambda one: (not one.open, not one.needed)):
        found.setdefault(one.service, one)
    return in_order(found.values())


def require_alike(one: bool, other: bool) -> None:
    """Lets only pass what is both a drill, or both real: nobody comes to a drill. Errors: DRILL_NOT_REAL."""
    if one is not other:
        raise precondition("DRILL_NOT_REAL", "A drill and what is real are never the same matter.")


def _alive(one: Incident) -> Incident:
    if not one.open:
        raise over(one)
    return one


def over(one: Incident) -> DomainError:
    """It goes on no more by itself."""
    where = " It goes on where it was merged into." if one.state is State.MERGED else ""
    return precondition("INCIDENT_OVER", f"This incident is {one.state.value}.{where}", state=one.state.value)


def _changed(one: Incident, now: datetime, **fields: object) -> Incident:
    return replace(one, updated_at=now, version=one.version + 1, **fields)  # type: ignore[arg-type]
