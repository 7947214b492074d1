"""What can be done with contacts. Plaintext never leaves this room but to the reader, who is written down."""

from datetime import datetime
from uuid import UUID

import msgspec

from services.governance.contacts import model, store
from services.governance.contacts.model import Contact, Read
from services.governance.keys import cipher
from services.governance.resources import resources
from services.kit.database import Transaction
from services.kit.errors import invalid, not_found
from services.kit.ids import uuid7


async def keep(
    tx: Transaction, complaint_id: UUID, *, name: str, email: str, phone: str, supporter: UUID | None = None
) -> None:
    """Keeps the reporter's contact (or that of a supporter, by the id of the joining); nothing when all is empty.

    Errors: INVALID CONTACT_INVALID with `field` contact.name, contact.email or contact.phone.
    """
    given = model.contact(name, email, phone)
    if given.is_empty:
        return
    subject = supporter or complaint_id
    # Committed in the key store before our own commit: what we acknowledge can always be read.
    key = await resources(tx.runtime).keys.create(subject)
    sealed = cipher.seal(key, subject, msgspec.json.encode(given))
    await store.insert(
        tx,
        subject,
        complaint_id,
        supporter=supporter is not None,
        ciphertext=sealed,
        has_email=bool(given.email),
    )


async def has_contact(tx: Transaction, complaint_id: UUID) -> bool:
    """Whether the reporter gave a contact that is not erased."""
    return await store.ciphertext(tx, complaint_id) is not None


async def read(tx: Transaction, complaint_id: UUID, *, by: str, purpose: str) -> Contact:
    """The reporter's contact; the read is recorded in the same transaction. `by` is a role and agency.

    Errors: INVALID PURPOSE_MISSING; NOT_FOUND CONTACT_MISSING when none was given or it was erased.
    """
    purpose = " ".join(purpose.split())
    if not purpose:
        message = "Say why you need the contact; the reporter can read it."
        raise invalid("PURPOSE_MISSING", message, field="purpose")
    found = await address(tx, complaint_id)
    if found is None:
        raise not_found("CONTACT_MISSING", "The reporter gave no contact, or it was erased.")
    await store.add_read(tx, uuid7(), complaint_id, by=by, purpose=purpose)
    return found


async def address(tx: Transaction, subject: UUID) -> Contact | None:
    """The contact of a subject, for the mails that are sent, which is no read to write down; None when it is gone."""
    sealed = await store.ciphertext(tx, subject)
    if sealed is None:
        return None
    key = await resources(tx.runtime).keys.find(subject)
    return None if key is None else msgspec.json.decode(cipher.unseal(key, subject, sealed), type=Contact)


async def erase(tx: Transaction, complaint_id: UUID, *, supporters: bool = False) -> datetime:
    """Destroys the key of the reporter's contact (and those of supporters), which makes every copy unreadable.

    Again is harmless, and answers with the first time. Errors: NOT_FOUND CONTACT_MISSING when there never was one.
    """
    subjects = [one for one in await store.subjects(tx, complaint_id) if supporters or one == complaint_id]
    if not subjects:
        raise not_found("CONTACT_MISSING", "The reporter gave no contact.")
    # The key goes first: a crash now leaves a contact that nobody can read and that reads as erased.
    await resources(tx.runtime).keys.destroy(subjects)
    erased = await store.mark_erased(tx, subjects)
    assert erased is not None
    return erased


async def reads(tx: Transaction, complaint_id: UUID, before: UUID | None, size: int) -> list[Read]:
    """Who read the contact, newest first."""
    return await store.reads(tx, complaint_id, before, size)
