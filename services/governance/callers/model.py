"""Who called. Personal data: not printed by ``repr``."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.governance.contacts.model import dialable


@dataclass(frozen=True, repr=False)
class Caller:
    """A name and a number, as they were told."""

    name: str = ""
    phone: str = ""
    """As heard: no call waits for the rest of a number."""

    @property
    def phone_unclear(self) -> bool:
        """Whether a number was told that cannot be called, such as half of one."""
        return bool(self.phone) and not dialable(self.phone)


@dataclass(frozen=True)
class Read:
    """Somebody read who called, and why."""

    id: UUID
    call: UUID
    at: datetime
    role: str
    subject: str
    purpose: str
