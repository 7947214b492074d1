"""A subscription to warnings: who may have which mail. Pure rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Self
from uuid import UUID

from services.environment.warnings.model import FloodWarning
from services.environment.warnings.model import State as WarningState
from services.kit.mail.follower import Follower, Why
from services.kit.mail.queue import MailState

MOST_AREAS = 10
"""Kelurahan of one subscription, as the contract has it."""
EXPIRY = timedelta(days=1)
"""A mail that has waited for so long helps nobody."""


@dataclass(frozen=True, kw_only=True)
class Subscription(Follower):
    """One of them."""

    areas: tuple[str, ...]
    """Kemendagri codes."""

    def over(self, why: Why, now: datetime) -> Self:
        """It without its address and its kelurahan."""
        return replace(super().over(why, now), areas=())


@dataclass(frozen=True)
class Mail:
    """A mail whose turn has come."""

    id: UUID
    subscription: UUID
    warning: UUID | None
    """None for a confirmation."""
    number: int
    """Of the warning's message that it tells of; the first is 1."""
    attempts: int
    created_at: datetime


@dataclass(frozen=True)
class Telling:
    """A message on its way to the subscribers of its kelurahan, one of these after the other."""

    warning: UUID
    number: int
    areas: tuple[str, ...]
    place: int
    after: UUID
    """The last subscription that it has come to in the kelurahan at that place."""


@dataclass(frozen=True)
class Tally:
    """How far a message has come: mails by their state."""

    number: int
    """Of the message."""
    began_at: datetime | None
    """None where it goes to nobody by mail."""
    goes_on: bool
    """Whether there may be subscribers that it has not come to."""
    states: Mapping[MailState, int]
    last_at: datetime | None
    """When the latest of them was sent."""

    def of(self, *states: MailState) -> int:
        """Mails in these states."""
        return sum(self.states.get(one, 0) for one in states)


NOBODY = UUID(int=0)
"""Before the first subscription of a kelurahan."""


def further(telling: Telling, found: Sequence[UUID], most: int) -> Telling | None:
    """How far a message has come when it came to these, of at most so many at once; None: to everybody."""
    if len(found) == most:
        return replace(telling, after=found[-1])
    if telling.place + 1 < len(telling.areas):
        return replace(telling, place=telling.place + 1, after=NOBODY)
    return None


class Turn(Enum):
    """What becomes of a mail whose turn has come."""

    SEND = "send"
    OVERTAKEN = "overtaken"
    OVER = "over"


def turn(number: int, warning: FloodWarning | None, now: datetime) -> Turn:
    """What becomes of a mail of the message of that number: only what is true now is sent.

    The end of a warning's time has no message: its last one says until when it holds.
    """
    if warning is None or warning.exercise or warning.over(now) or warning.state is WarningState.EXPIRED:
        return Turn.OVER
    return Turn.OVERTAKEN if number < warning.messages else Turn.SEND


def concerned(wanted: Sequence[str], warning: FloodWarning) -> list[str]:
    """The kelurahan of a subscription that a warning is about."""
    return [code for code in wanted if code in warning.areas]
