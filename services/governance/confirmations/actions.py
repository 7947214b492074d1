"""Confirming an address, ending mail to it, asking for a confirmation again."""

from dataclasses import dataclass

import asyncpg

from services.governance.cases import actions as cases
from services.governance.cases import store as complaints
from services.governance.cases.model import Complaint, require_reporter
from services.governance.contacts import actions as contacts
from services.governance.contacts import store
from services.governance.contacts.model import Contact, Mail, MailState
from services.governance.grants import actions as grants
from services.governance.grants.model import Held
from services.governance.keys import digests, mail
from services.governance.keys.acting import Act
from services.governance.keys.mail import Purpose
from services.governance.mailing import actions as mailing
from services.governance.mailing import store as addresses
from services.governance.mailing.model import LINK_LIFE
from services.governance.notifications import actions as notifications
from services.governance.resources import resources
from services.governance.support import actions as support
from services.kit.database import Transaction
from services.kit.errors import DomainError, not_found, precondition


@dataclass(frozen=True)
class Linked:
    """The contact behind a link or a key, and the case that it is of."""

    complaint: Complaint
    mail: Mail
    contact: Contact


async def linked(tx: Transaction, purpose: Purpose, token: str, *, lock: bool = False) -> Linked:
    """What a link leads to. Errors: NOT_FOUND MAIL_LINK_UNKNOWN, also where the contact was erased."""
    holder = mail.holder_of(resources(tx.runtime).link_secret, purpose, token)
    found = await store.mail(tx, holder[0]) if holder else None
    contact = await contacts.address(tx, found.subject) if found else None
    if found is None or contact is None or not contact.email:
        raise _unknown()
    # The case first, as everybody locks who changes something of it.
    complaint = await complaints.by_id(tx, found.complaint_id, lock=lock)
    if lock:
        found = await store.mail(tx, found.subject, lock=True)
    if complaint is None or found is None or not found.has_email:  # erased while we waited for the case
        raise _unknown()
    if holder != (found.subject, found.address_round):  # mailed to an address that was corrected since
        raise _unknown()
    return Linked(complaint, found, contact)


async def acting(tx: Transaction, token: str, act: Act) -> tuple[Complaint, Held]:
    """A link that acts, and the case of its contact. Errors: NOT_FOUND MAIL_LINK_UNKNOWN, also where it is for else."""
    held = await grants.look(tx, token)
    complaint = await complaints.by_id(tx, held.holder.complaint_id) if held and act in held.grant.acts else None
    if held is None or complaint is None:
        raise _unknown()
    return complaint, held


async def confirm(tx: Transaction, token: str) -> Complaint:
    """The owner of an address says that it is theirs: news go there. Again is harmless.

    Errors: MAIL_LINK_UNKNOWN, PRECONDITION MAIL_LINK_EXPIRED.
    """
    seen = (await linked(tx, Purpose.CONFIRM, token)).complaint
    locked = [one.code for one in await cases.originals(tx, seen)]
    await cases.lock(tx, seen.code, *locked)  # all whose supporters change, in the order in which everybody locks them
    one = await linked(tx, Purpose.CONFIRM, token, lock=True)
    if one.mail.mail is MailState.CONFIRMED:
        return one.complaint
    if one.mail.ask_time is None or tx.now - one.mail.ask_time > LINK_LIFE:
        message = f"This link is older than {LINK_LIFE.days} days. Ask for another on the page of the report."
        raise precondition("MAIL_LINK_EXPIRED", message)
    secret = resources(tx.runtime).link_secret
    address = digests.address(secret, one.contact.email)
    await store.confirm(tx, one.mail.subject, address, digests.mailbox(secret, one.contact.email))
    await addresses.resume(tx, address)
    if one.mail.supporter:
        originals = await cases.originals(tx, one.complaint)
        if [each.code for each in originals] != locked:
            raise asyncpg.SerializationError("it, or what it is a duplicate of, was marked as one meanwhile")
        await support.count_confirmed(tx, one.complaint, originals, one.mail.subject, address)
    await notifications.tell(tx, one.complaint, one.mail.subject)
    return one.complaint


async def stop(tx: Transaction, purpose: Purpose, token: str) -> Complaint:
    """Ends all mail to the address behind a link (STOP: its owner says so; BOUNCE: its server does). Again is harmless.

    Errors: MAIL_LINK_UNKNOWN.
    """
    one = await linked(tx, purpose, token, lock=True)
    address = digests.address(resources(tx.runtime).link_secret, one.contact.email)
    why = MailState.UNSUBSCRIBED if purpose is Purpose.STOP else MailState.UNDELIVERABLE
    await mailing.stop(tx, one.mail.subject, address, why)
    return one.complaint


async def own(tx: Transaction, code: str, link_key: str) -> tuple[Mail | None, Contact | None]:
    """Mail and contact of whoever holds a key of a case, reporter or supporter; None where there is none, or no more.

    Errors: COMPLAINT_NOT_FOUND, LINK_KEY_REQUIRED.
    """
    subject = await contacts.supporter_of(tx, code, link_key)
    if subject is None:
        case = await cases.find(tx, code, link_key)
        require_reporter(case)
        subject = case.complaint.id
    return await store.mail(tx, subject), await contacts.address(tx, subject)


async def ask_again(tx: Transaction, code: str, link_key: str) -> MailState:
    """Sends the holder of a key another confirmation, as often as the address may get one.

    Errors: COMPLAINT_NOT_FOUND, LINK_KEY_REQUIRED, NOT_FOUND CONTACT_MISSING.
    """
    one = await _own_locked(tx, code, link_key)  # its owner may follow the link of the one before just now
    if one is None or not one.mail.has_email:
        raise not_found("CONTACT_MISSING", "You gave no e-mail address, or it was erased.")
    if one.mail.mail is MailState.CONFIRMED:
        return MailState.CONFIRMED
    await notifications.ask(tx, one.complaint.code, one.mail)
    return MailState.WAITING


async def correct(
    tx: Transaction, code: str, link_key: str, email: str, told: tuple[str, str] | None
) -> MailState | None:
    """Puts a contact right: its address (empty: it stays), and name and telephone where these are ``told``. Another
    address is confirmed anew, and the former one is done with. How mail stands; None where there is no address.

    Errors: COMPLAINT_NOT_FOUND, LINK_KEY_REQUIRED, NOT_FOUND CONTACT_MISSING, INVALID CONTACT_INVALID, PRECONDITION
    ADDRESS_CORRECTED_OFTEN.
    """
    one = await _own_locked(tx, code, link_key)
    if one is None or one.mail.erase_time is not None:
        raise not_found("CONTACT_MISSING", "You gave no contact, or it was erased.")
    found = one.mail
    if found.address_round >= mail.ROUNDS - 1 and email not in ("", one.contact.email):
        message = "The address was corrected several times already. Follow the report on its page instead."
        raise precondition("ADDRESS_CORRECTED_OFTEN", message)
    if await contacts.put_right(tx, found.subject, one.contact, email, told):
        await grants.end(tx, [found.subject])
        fresh = await store.mail(tx, found.subject)
        assert fresh is not None
        await notifications.ask(tx, one.complaint.code, fresh)
        return MailState.WAITING
    return found.mail if found.has_email else None


async def _own_locked(tx: Transaction, code: str, link_key: str) -> Linked | None:
    """As ``own``, with the case, both locked, and as it is then."""
    found, _ = await own(tx, code, link_key)
    complaint = await complaints.by_id(tx, found.complaint_id, lock=True) if found else None
    found = await store.mail(tx, found.subject, lock=True) if found else None
    contact = await contacts.address(tx, found.subject) if found else None
    return Linked(complaint, found, contact) if complaint and found and contact else None


def _unknown() -> DomainError:
    message = "This link leads nowhere: it is not whole, or nobody has the address any more that it was for."
    return not_found("MAIL_LINK_UNKNOWN", message)
