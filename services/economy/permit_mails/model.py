"""Who is reminded by mail that their permit ends, and what they hear. Pure rules."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

from services.kit.mail import follower

MOST_A_DAY = 5
"""Addresses that are asked for one permit within a day."""
EXPIRY = timedelta(days=7)
"""A mail that has waited for so long is not sent any more: the permit's page tells it."""


class News(Enum):
    """What a mail tells."""

    CONFIRMATION = "confirmation"
    ENDING = "ending"


@dataclass(frozen=True, kw_only=True)
class Follower(follower.Follower):
    """An address that is reminded of a permit."""

    permit: UUID


@dataclass(frozen=True)
class Mail:
    """A mail whose turn has come."""

    id: UUID
    follower: UUID
    news: News
    attempts: int
    created_at: datetime
