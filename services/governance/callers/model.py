"""Who called. Personal data: not printed by ``repr``."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, repr=False)
class Caller:
    """A name and a number, as they were told."""

    name: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Read:
    """Somebody read who called, and why."""

    id: UUID
    call: UUID
    at: datetime
    role: str
    subject: str
    purpose: str
