"""Who is reminded by mail that their permit ends: what they hear, and for how long what is kept. Pure rules."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

LINK_LIFE = timedelta(days=7)
"""How long the link of a confirmation can be followed. Then it is forgotten with the address."""
KEPT = timedelta(days=90)
"""How long it stays known that it has ended, and which mails were sent: longer than backups are kept."""
MOST_A_DAY = 5
"""Addresses that are asked for one permit within a day."""
EXPIRY = timedelta(days=7)
"""A mail that has waited for so long is not sent any more: the permit's page tells it."""


class State(Enum):
    """Whether a reminder goes to an address."""

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
    """Another address was confirmed for the same permit."""
    OVER = "over"
    """The permit is over, or its holder had the address erased."""


class News(Enum):
    """What a mail tells."""

    CONFIRMATION = "confirmation"
    ENDING = "ending"


@dataclass(frozen=True)
class Follower:
    """An address that is reminded of a permit. Nothing in it tells the address to who has no key."""

    id: UUID
    permit: UUID
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
    attempts: int
    created_at: datetime
