"""Who hears of their course by mail: what they hear of, and for how long what is kept. Pure rules."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

LINK_LIFE = timedelta(days=7)
"""How long the link of a confirmation can be followed. Then it is forgotten with the address."""
KEPT = timedelta(days=90)
"""How long it stays known that it has ended, and which mails were sent: longer than backups are kept."""
EXPIRY = timedelta(days=3)
"""A mail that has waited for so long helps nobody: its page tells it."""
LET_GO = timedelta(days=30)
"""So long after a course is over the addresses are forgotten of who took part."""


class State(Enum):
    """Whether news go to an address."""

    WAITING = "waiting"
    """For its owner to confirm it."""
    CONFIRMED = "confirmed"
    ENDED = "ended"


class Why(Enum):
    """What ended it."""

    UNSUBSCRIBED = "unsubscribed"
    UNDELIVERABLE = "undeliverable"
    """The mail server says that nobody has the address."""
    JOINED = "joined"
    """Another address was confirmed for the same enrolment."""
    OVER = "over"
    """The enrolment has ended, or the course is over for long."""


class News(Enum):
    """What a mail tells."""

    CONFIRMATION = "confirmation"
    MOVED_UP = "moved_up"
    """A seat became free for who waited."""
    CHANGED = "changed"
    CANCELLED = "cancelled"
    CERTIFIED = "certified"


@dataclass(frozen=True)
class Follower:
    """An address that hears of an enrolment. Nothing in it tells the address to who has no key."""

    id: UUID
    enrolment: UUID
    course: UUID
    state: State
    language: str
    address: bytes | None
    """Keyed digest of the address; None once it is over."""
    sealed: bytes
    """The address; empty once it is over."""
    created_at: datetime
    confirmed_at: datetime | None = None
    ended_at: datetime | None = None
    why: str = ""

    def fresh(self, now: datetime) -> bool:
        """Whether its confirmation can still be followed."""
        return self.state is State.WAITING and now - self.created_at <= LINK_LIFE

    def confirmed(self, now: datetime) -> "Follower":
        """It with an address that is its owner's."""
        return replace(self, state=State.CONFIRMED, confirmed_at=now)

    def over(self, why: Why, now: datetime) -> "Follower":
        """It without its address."""
        return replace(self, state=State.ENDED, address=None, sealed=b"", ended_at=now, why=why.value)


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
