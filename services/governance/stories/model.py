"""What of an event is told in a story. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

KEPT = timedelta(days=30)
EVENTS_MOST = 500
"""Of one story that are told."""
FACTS_MOST, VALUE_MOST = 12, 120


@dataclass(frozen=True)
class Told:
    """An event as a story tells it."""

    id: UUID
    correlation: str
    at: datetime
    type: str
    pillar: str
    agency: str
    facts: tuple[tuple[str, str], ...]
    trace_id: str
    cause: UUID | None
    exercise: bool


@dataclass(frozen=True)
class Story:
    """What happened, the earliest first."""

    correlation: str
    events: tuple[Told, ...]
    cut: bool

    @property
    def exercise(self) -> bool:
        """Whether it was a drill."""
        return any(one.exercise for one in self.events)
