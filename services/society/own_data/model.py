"""A request for one's own data. Pure rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

PILLARS = ("governance", "economy", "living", "environment", "branding", "society")
"""Those that keep something of a person, in the order in which they are shown."""
KEPT = timedelta(days=365)
"""For how long a request and its answers are kept: they are somebody's proof."""
MOST_A_DAY = 20
"""Requests of one login: each has every pillar look through what it keeps."""
PATIENCE = timedelta(days=3)
"""Another request is taken when pillars have not answered for so long (UU PDP: 3 x 24 hours)."""


@dataclass(frozen=True)
class Asked:
    """A request."""

    id: UUID
    subject: str
    erase: bool
    missing: int
    """Pillars that have not answered."""
    created_at: datetime


class Told(NamedTuple):
    """What a pillar keeps of one kind."""

    kind: str
    held: int
    erased: int
    reason: str


@dataclass(frozen=True)
class Answer:
    """What a pillar has answered."""

    pillar: str
    kinds: tuple[Told, ...]
    at: datetime


LAST = UUID(int=(1 << 128) - 1)
"""After the newest of what somebody supports."""
MOST_OF_BEFORE = 10_000
"""Proposals with supports of before that are looked at for an export; all of them for an erasure."""


class Support(NamedTuple):
    """That somebody supports a proposal."""

    supporter: UUID
    proposal: UUID
    code: str
    taken: bool
    """Whether support of it is still taken."""
    since: datetime


class Own(NamedTuple):
    """What society keeps of somebody, as rows of its tables."""

    proposals: Sequence[Any]
    comments: Sequence[Any]
    supports: Sequence[Support]
    residences: Sequence[Any]
    consents: Sequence[Any]


Answers = Mapping[UUID, Mapping[str, Answer]]
"""By request and pillar."""
