"""What the audit of the ledger finds, and how far it has looked. Plain values."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

Fault = tuple[str, str]
"""Reason and place of a problem."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that does not add up: why, where (account, transfer, currency, refund, payment), and what in words."""

    reason: str
    where: str
    what: str


@dataclass
class Findings:
    """What does not add up, and how much was looked at."""

    problems: list[Problem] = field(default_factory=list)
    accounts: int = 0
    transfers: int = 0


@dataclass(frozen=True)
class State:
    """How far the audit has looked: at the journal by time (None: never), at the accounts by identifier."""

    audited_until: datetime | None
    swept_to: UUID
