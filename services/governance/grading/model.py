"""What grading means for services and clocks. Pure rules."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from services.governance.incidents.model import Assignment, Clock, Home, Incident
from services.kit.errors import invalid, precondition


class Grading(NamedTuple):
    """How an incident is to be graded; what is empty stays."""

    kind: str
    priority: int
    service: str
    unneeded: frozenset[str]
    """Services that are not needed any more."""


def changes(one: Incident, after: Incident) -> Iterator[str]:
    """What of it is otherwise, as the journal tells it."""
    if after.kind != one.kind:
        yield f"{one.kind}→{after.kind}"
    if after.priority != one.priority:
        yield f"P{one.priority}→P{after.priority}"


def wanted(asked: Grading, of_kind: Iterable[str]) -> set[str]:
    """The services that it is to need. Errors: UNNEEDED_AND_NEEDED."""
    if asked.service in asked.unneeded:
        message = f"One service more is {asked.service}; it cannot be needed no more as well."
        raise invalid("UNNEEDED_AND_NEEDED", message, field="unneeded_services")
    return {*of_kind} - asked.unneeded | ({asked.service} if asked.service else set())


def missing(clocks: Iterable[Clock], needed: set[str], incident: UUID) -> set[str]:
    """Those of them that the incident itself does not need yet."""
    return needed - {one.service for one in clocks if one.home == incident and one.needed}


def dropped(clocks: Iterable[Clock], services: Collection[str], incident: UUID) -> list[Clock]:
    """Clocks at an incident of services that are needed no more there; who is there already was needed."""
    gone = (one for one in clocks if one.service in services and one.needed and one.arrived_at is None)
    return [replace(one, unneeded_in=incident) for one in gone]


def revived(clocks: Iterable[Clock], services: Collection[str], incident: UUID) -> list[Clock]:
    """Clocks of services that are needed again where it was said that they are not."""
    return [replace(one, unneeded_in=None) for one in clocks if one.service in services and one.unneeded_in == incident]


def require_free(work: Iterable[Assignment], services: Collection[str]) -> None:
    """Nobody of these services works. Errors: SERVICE_AT_WORK."""
    if busy := [one.unit for one in work if one.service in services and one.ended_at is None]:
        message = f"Still at work on it: {', '.join(busy)}. Let them leave it first."
        raise precondition("SERVICE_AT_WORK", message, field="unneeded_services")


def graded(one: Clock, priority: int) -> int:
    """By which priority it is due where its incident is of this one now: as it was where somebody is there, or where a
    paper form told of it.
    """
    return priority if one.arrived_at is None and not one.paper else one.priority


def regained(one: Clock, homes: Mapping[UUID, Home]) -> int:
    """By which priority it is due once that is a matter of its own again where it is: as it was graded by there, and
    where it was graded elsewhere what is more urgent of that. What was told stays as it was told.
    """
    there = list(_priorities(one.home, homes))
    return one.priority if one.told_at or one.paper or one.priority in there else min(there)


def _priorities(incident: UUID | None, homes: Mapping[UUID, Home]) -> Iterator[int]:
    """Of an incident, and of what it was merged into."""
    while incident is not None and (home := homes.get(incident)) is not None:
        yield home.priority
        incident = home.merged_into


def earlier(one: Clock, first: datetime, before: datetime) -> Clock:
    """A call that came earlier than the first before is about its incident: it runs from then, but where somebody is
    there already.
    """
    if one.arrived_at is not None:
        return replace(one, called_at=one.called_at or before)
    return replace(one, due_at=one.due_at - (before - first))


def later(one: Clock, first: datetime, before: datetime, now: datetime) -> Clock:
    """The first call before was about something else: it runs from a later one."""
    due = one.due_at + (first - before)
    return replace(one, due_at=due, late_told=one.late_told and due <= now)


def retimed(one: Clock, priority: int, due: datetime, now: datetime) -> Clock:
    """It is of another priority, and keeps the time that it has run. That it is late is told anew where it may be."""
    return replace(one, priority=priority, due_at=due, late_told=one.late_told and due <= now)
