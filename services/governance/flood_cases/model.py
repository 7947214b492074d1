"""A flood that complaints belong to. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

MOST = 2_000
"""Complaints that one look links."""
KEPT = timedelta(days=365)
"""For how long it is known, after a warning, which cases it was about."""


@dataclass(frozen=True)
class Flood:
    """A flood warning, as complaints see it. Times are UTC."""

    id: UUID
    """Of the warning."""
    version: int
    story: str
    exercise: bool
    complaints: int
    """Linked so far."""
    created_at: datetime
    over_at: datetime | None = None


@dataclass(frozen=True)
class Link:
    """A flood that one complaint belongs to."""

    warning: UUID
    linked_at: datetime
    over_at: datetime | None


def grown(one: Flood, complaints: int) -> Flood:
    """So many more belong to it."""
    return replace(one, version=one.version + 1, complaints=one.complaints + complaints)


def is_told(before: int, after: int) -> bool:
    """Whether it is told that so many belong to it now, when so many did: each of the first ten, then at each ten, each
    hundred and so on. A flood of thousands is tens of events, and hides no other of its story.
    """
    return _rounded(before) != _rounded(after)


def _rounded(count: int) -> int:
    step: int = 10 ** (len(str(count)) - 1)
    return count // step * step


def shrunk(one: Flood) -> Flood:
    """One complaint does not belong to it after all."""
    return replace(one, version=one.version + 1, complaints=one.complaints - 1)


def over(one: Flood, now: datetime) -> Flood:
    """The warning is over; what belonged to it still does."""
    return one if one.over_at is not None else replace(one, version=one.version + 1, over_at=now)
