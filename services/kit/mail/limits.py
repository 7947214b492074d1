"""How many confirmations an address gets, whoever types it. Pure rules: nobody can have somebody flooded."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

DAY = timedelta(days=1)
A_DAY = 3
"""Confirmations to one address in a day."""
REST = timedelta(days=30)
A_REST = 6
"""Confirmations to one address in this time, none of which was followed."""


@dataclass(frozen=True)
class Asked:
    """What an address was asked lately. ``stopped_at``: when its owner last said stop."""

    asked: Sequence[datetime] = ()
    stopped_at: datetime | None = None

    @property
    def forget_at(self) -> datetime:
        """When nothing of it counts any more."""
        return max([*self.asked, *([self.stopped_at] if self.stopped_at else [])]) + REST


def may_ask(before: Asked, now: datetime) -> bool:
    """Whether one confirmation more may go to an address.

    Who said stop gets one, by which they can come back, and the next not before ``REST`` is over.
    """
    lately = [at for at in before.asked if at > now - REST]
    stopped = before.stopped_at
    if stopped is not None and stopped > now - REST:
        return not any(at > stopped for at in lately)
    return len(lately) < A_REST and sum(at > now - DAY for at in lately) < A_DAY


def asked(before: Asked, now: datetime) -> Asked:
    """After one confirmation more."""
    return replace(before, asked=(*(at for at in before.asked if at > now - REST), now))
