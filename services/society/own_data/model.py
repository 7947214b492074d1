"""A request for one's own data. Pure rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

PILLARS = ("governance", "economy", "living", "environment", "branding", "society")
"""Those that keep something of a person, in the order in which they are shown."""
KEPT = timedelta(days=365)
"""For how long a request and its answers are kept: they are somebody's proof."""
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


Answers = Mapping[UUID, Mapping[str, Answer]]
"""By request and pillar."""
