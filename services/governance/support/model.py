"""Who somebody is that joins, as far as it can be known, and what became of it. Pure."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Origin:
    """What the gateway says of where a joining comes from; digests are empty where it does not know."""

    session: str = ""
    network: str = ""
    own_address: bool = False
    """Whether the contact's e-mail address is the verified one of the caller's login."""


@dataclass(frozen=True)
class Person:
    """By what a person is recognised among those who joined a case. Digests are of the case alone."""

    login: str
    """Subject of the login; empty without one."""
    session: bytes | None
    """Of the browser."""
    network: bytes | None
    """Of the network and the day."""


@dataclass(frozen=True)
class Supporter:
    """Somebody who joined a case."""

    id: UUID
    counted: bool
    """Whether they are among the case's number of supporters."""


@dataclass(frozen=True)
class Joined:
    """What became of a joining."""

    code: str
    supporters: int
    counted: bool
    supporter: UUID | None = None
    """Whose contact was kept; None when there is none."""
