"""A shift that is handed over. Pure rules."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.kit.errors import forbidden, precondition


@dataclass(frozen=True)
class Handover:
    """One of them, with how things stood."""

    id: UUID
    version: int
    note: str
    open_incidents: int
    busy_units: int
    unanswered: int
    by: str
    created_at: datetime
    accepted_by: str = ""
    accepted_at: datetime | None = None


def accepted(one: Handover, by: str, now: datetime) -> Handover:
    """Somebody else has it. Errors: INVALID_TRANSITION, OWN_SHIFT."""
    if one.accepted_at is not None:
        raise precondition("INVALID_TRANSITION", "This shift was taken over already.")
    if one.by == by:
        raise forbidden("OWN_SHIFT", "You handed it over yourself; whoever comes next takes it over.")
    return replace(one, accepted_by=by, accepted_at=now, version=one.version + 1)
