"""What can be done with contacts. Plaintext never leaves this room but to the reader, who is written down."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.kit.database import Transaction


@dataclass(frozen=True)
class Contact:
    """How to reach somebody; an empty field was not given."""

    name: str = ""
    email: str = ""
    phone: str = ""


async def keep(
    tx: Transaction, complaint_id: UUID, *, name: str, email: str, phone: str, supporter: UUID | None = None
) -> None:
    """Keeps the reporter's contact (or that of a supporter, by the id of the joining); nothing when all is empty.

    Errors: INVALID CONTACT_INVALID with `field` contact.email or contact.phone.
    """
    raise NotImplementedError


async def has_contact(tx: Transaction, complaint_id: UUID) -> bool:
    """Whether the reporter gave a contact that is not erased."""
    raise NotImplementedError


async def read(tx: Transaction, complaint_id: UUID, *, by: str, purpose: str) -> Contact:
    """The reporter's contact; the read is recorded in the same transaction. `by` is a role and agency."""
    raise NotImplementedError


async def erase(tx: Transaction, complaint_id: UUID) -> datetime:
    """Destroys the keys of the case's contacts, which makes every copy unreadable. Again is harmless."""
    raise NotImplementedError
