"""Who somebody is that supports a proposal, as far as it can be known. Pure."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class Supporter:
    """Somebody who supports a proposal. Digests are of the proposal alone but for ``person``."""

    id: UUID
    proposal: UUID
    login: bytes | None
    session: bytes | None
    """Of the browser."""
    network: bytes | None
    """Of the network and the day, of who has no login; forgotten after two days."""
    counted: bool
    joined_at: datetime
    person: bytes | None = None
    """Of the login alone, and of nothing else that they do: by it they find again what they support."""


@dataclass(frozen=True)
class Person:
    """By what somebody is recognised."""

    login: bytes | None
    session: bytes | None
    network: bytes | None
    person: bytes | None


@dataclass(frozen=True)
class Joined:
    """What became of it."""

    code: str
    supporters: int
    counted: bool


def counts(person: Person, network_has: bool) -> bool:
    """Whether somebody new counts: with a login always, without one as the first of their network on a day."""
    return person.login is not None or person.network is None or not network_has
