"""Who hears of their course by mail, and what they hear of. Pure rules."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

from services.kit.mail import follower

EXPIRY = timedelta(days=3)
"""A mail that has waited for so long helps nobody: its page tells it."""
LET_GO = timedelta(days=30)
"""So long after a course is over the addresses are forgotten of who took part."""


class News(Enum):
    """What a mail tells."""

    CONFIRMATION = "confirmation"
    MOVED_UP = "moved_up"
    """A seat became free for who waited."""
    CHANGED = "changed"
    CANCELLED = "cancelled"
    CERTIFIED = "certified"


@dataclass(frozen=True, kw_only=True)
class Follower(follower.Follower):
    """An address that hears of an enrolment."""

    enrolment: UUID
    course: UUID


@dataclass(frozen=True)
class Mail:
    """A mail whose turn has come."""

    id: UUID
    follower: UUID
    news: News
    change: UUID | None
    """Of the course that it tells of."""
    attempts: int
    created_at: datetime
