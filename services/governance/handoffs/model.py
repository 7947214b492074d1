"""A hand-off: what is owed, and how it escalates. Pure rules."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

from services.kit.errors import precondition

MOST_ESCALATIONS = 12
"""After so many nobody is told again: it stands on the board all the time."""


class State(Enum):
    """Where it stands."""

    ASKED = "asked"
    ACKNOWLEDGED = "acknowledged"


@dataclass(frozen=True)
class HandOff:
    """One of them. Times are UTC."""

    id: UUID
    version: int
    incident: UUID
    party: str
    state: State
    created_at: datetime
    due_at: datetime
    next_at: datetime
    """When it escalates, the first time or again."""
    escalations: int = 0
    acknowledged_at: datetime | None = None
    reference: str = ""
    exercise: bool = False


def asked(id_: UUID, incident: UUID, party: str, minutes: int, now: datetime, *, exercise: bool) -> HandOff:
    """It was told to them just now."""
    due = now + timedelta(minutes=minutes)
    return HandOff(id_, 1, incident, party, State.ASKED, now, due, due, exercise=exercise)


def acknowledged(one: HandOff, reference: str, now: datetime) -> HandOff:
    """They have it. Errors: INVALID_TRANSITION."""
    if one.state is not State.ASKED:
        raise precondition("INVALID_TRANSITION", "It is acknowledged already.", state=one.state.value)
    return replace(one, state=State.ACKNOWLEDGED, reference=reference, acknowledged_at=now, version=one.version + 1)


def escalated(one: HandOff, now: datetime) -> HandOff:
    """They have not answered. It is told again after as long as they had at first."""
    again = now + (one.due_at - one.created_at)
    last = one.escalations + 1 >= MOST_ESCALATIONS
    return replace(
        one, escalations=one.escalations + 1, next_at=datetime.max.replace(tzinfo=now.tzinfo) if last else again,
        version=one.version + 1,
    )  # fmt: skip
