"""Who is mailed of something: an address waits for its owner to confirm it, gets what it was given for, and is erased.
Pure rules; a noun's own follower adds what it is about.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Self
from uuid import UUID

LINK_LIFE = timedelta(days=7)
"""How long the link of a confirmation can be followed. Then it is forgotten with the address."""
KEPT = timedelta(days=90)
"""How long it stays known that it has ended, and which mails were sent: longer than backups are kept."""


class State(Enum):
    """Whether mails go to an address."""

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
    """Another goes on in its place."""
    OVER = "over"
    """What it was about is over, or whose it is had the address erased."""


@dataclass(frozen=True, kw_only=True)
class Follower:
    """An address that is mailed. Nothing in it tells the address to who has no key."""

    id: UUID
    state: State = State.WAITING
    language: str
    address: bytes | None
    """Keyed digest of the address; None once it is over."""
    sealed: bytes
    """The address; empty once it is over."""
    created_at: datetime
    confirmed_at: datetime | None = None
    ended_at: datetime | None = None
    why: str = ""
    joined: UUID | None = None
    """The one of the same address that goes on in its place: the links of both lead there."""

    def fresh(self, now: datetime) -> bool:
        """Whether its confirmation can still be followed."""
        return self.state is State.WAITING and now - self.created_at <= LINK_LIFE

    def confirmed(self, now: datetime) -> Self:
        """It with an address that is its owner's."""
        return replace(self, state=State.CONFIRMED, confirmed_at=now)

    def over(self, why: Why, now: datetime) -> Self:
        """It without its address."""
        return replace(self, state=State.ENDED, address=None, sealed=b"", ended_at=now, why=why.value)

    def join(self, other: Self, now: datetime) -> Self:
        """It, over, where another goes on in its place. Who reads the mails of another address has no link to that."""
        return replace(self.over(Why.JOINED, now), joined=other.id if other.address == self.address else None)
