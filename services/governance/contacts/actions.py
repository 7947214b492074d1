"""What can be done with contacts. Plaintext never leaves this room but to the reader, who is written down."""

from datetime import datetime
from uuid import UUID

import msgspec

from services.governance.contacts import model, store
from services.governance.contacts.model import Contact, MailState, Read
from services.governance.keys import digests, link
from services.governance.resources import resources
from services.kit import codes
from services.kit.database import Transaction
from services.kit.errors import invalid, not_found
from services.kit.ids import uuid7
from services.kit.mail import sealing


async def keep(
    tx: Transaction, complaint_id: UUID, *, name: str, email: str, phone: str, supporter: UUID | None = None,
    confirmed: bool = False,
) -> None:  # fmt: skip
    """Keeps the reporter's contact (or that of a supporter, by the id of the joining); nothing when all is empty.

    `confirmed`: whether we know already that the address is theirs. Errors: INVALID CONTACT_INVALID with `field`
    contact.name, contact.email or contact.phone.
    """
    given = model.contact(name, email, phone)
    if given.is_empty:
        return
    subject = supporter or complaint_id
    # Committed in the key store before our own commit: what we acknowledge can always be read.
    ours = resources(tx.runtime)
    key = await ours.keys.create(subject)
    await store.insert(
        tx,
        subject,
        complaint_id,
        ciphertext=sealing.seal(key, subject, msgspec.json.encode(given)),
        address=digests.address(ours.link_secret, given.email) if given.email else None,
        mailbox=digests.mailbox(ours.link_secret, given.email) if given.email else None,
        link_hash=link.digest(link.derive(ours.link_secret, supporter)) if supporter else None,
        mail=MailState.CONFIRMED if confirmed else MailState.WAITING,
    )


async def put_right(tx: Transaction, subject: UUID, before: Contact, email: str, told: tuple[str, str] | None) -> bool:
    """Puts another e-mail address (empty: it stays) in the place of a contact's, and name and telephone where they are
    ``told``; whether the address is another one. The contact must be locked.

    Errors: INVALID CONTACT_INVALID with `field` email, or as of ``keep`` where they are told; NOT_FOUND
    CONTACT_MISSING.
    """
    given = model.put_right(before, email, told)
    if given == before:
        return False
    ours = resources(tx.runtime)
    key = await ours.keys.find(subject)
    if key is None:
        raise not_found("CONTACT_MISSING", "You gave no contact, or it was erased.")
    sealed = sealing.seal(key, subject, msgspec.json.encode(given))
    if given.email == before.email:
        await store.reseal(tx, subject, sealed)
        return False
    await store.readdress(
        tx,
        subject,
        ciphertext=sealed,
        address=digests.address(ours.link_secret, given.email),
        mailbox=digests.mailbox(ours.link_secret, given.email),
    )
    return True


async def supporter_of(tx: Transaction, code: str, link_key: str) -> UUID | None:
    """The supporter of a case whose own key this is, also where the case is secret; None when it is nobody's."""
    known = codes.parse(tx.runtime.city.code_prefix, code)
    return await store.of_supporter(tx, known, link.digest(link_key)) if known and link_key else None


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


async def own(tx: Transaction, supporter: UUID) -> Contact:
    """A supporter's contact, for themselves: no read to write down. Errors: NOT_FOUND CONTACT_MISSING."""
    found = await address(tx, supporter)
    if found is None:
        raise not_found("CONTACT_MISSING", "You gave no contact, or it was erased.")
    return found


async def address(tx: Transaction, subject: UUID) -> Contact | None:
    """The contact of a subject, for the mails that are sent, which is no read to write down; None when it is gone."""
    sealed = await store.ciphertext(tx, subject)
    if sealed is None:
        return None
    key = await resources(tx.runtime).keys.find(subject)
    return None if key is None else msgspec.json.decode(sealing.unseal(key, subject, sealed), type=Contact)


async def round_of(tx: Transaction, subject: UUID) -> int:
    """How often the address of a contact was corrected."""
    found = await store.mail(tx, subject)
    return found.address_round if found else 0


async def erase(tx: Transaction, complaint_id: UUID, *, supporters: bool = False) -> datetime:
    """Destroys the key of the reporter's contact (and those of supporters), which makes every copy unreadable.

    Again is harmless, and answers with the first time. Errors: NOT_FOUND CONTACT_MISSING when there never was one.
    """
    return await _erase(
        tx, [one for one in await store.subjects(tx, complaint_id) if supporters or one == complaint_id]
    )


async def erase_supporter(tx: Transaction, supporter: UUID) -> datetime:
    """The same for one supporter's contact."""
    return await _erase(tx, [supporter])


async def erase_all(tx: Transaction, subjects: list[UUID]) -> None:
    """The same for contacts of several cases."""
    await _erase(tx, subjects)


async def erase_outdated(tx: Transaction, before: datetime, most: int) -> int:
    """The same for contacts of cases that were over before a moment; how many."""
    found = await store.outdated(tx, before, most)
    if found:
        await _erase(tx, found)
    return len(found)


async def _erase(tx: Transaction, subjects: list[UUID]) -> datetime:
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
