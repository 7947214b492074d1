"""What grading means for clocks. Pure rules."""

from dataclasses import replace
from datetime import datetime

from services.governance.incidents.model import Clock


def runs(one: Clock) -> bool:
    """Whether it is due by how its incident is graded: nobody is there yet, and no paper form told of it."""
    return one.arrived_at is None and not one.paper


def earlier(one: Clock, first: datetime, before: datetime) -> Clock:
    """A call that came earlier than the first before is about its incident: it runs from then, but where somebody is
    there already.
    """
    if one.arrived_at is not None:
        return replace(one, called_at=one.called_at or before)
    return replace(one, due_at=one.due_at - (before - first))


def retimed(one: Clock, priority: int, due: datetime, now: datetime) -> Clock:
    """It is of another priority, and keeps the time that it has run. That it is late is told anew where it may be."""
    return replace(one, priority=priority, due_at=due, late_told=one.late_told and due <= now)
