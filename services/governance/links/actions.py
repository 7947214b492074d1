"""Asking for links that act."""

from uuid import UUID

from services.governance.cases import actions as cases
from services.governance.cases import store as complaints
from services.governance.cases.model import require_reporter
from services.governance.contacts import actions as contacts
from services.governance.contacts import store as contact_rows
from services.governance.contacts.model import Contact, MailState, contact
from services.governance.grants import actions as grants
from services.governance.grants.model import Standing
from services.governance.keys import digests
from services.governance.keys.acting import is_token
from services.governance.links import store
from services.governance.links.model import PAUSE
from services.governance.mine import store as mine
from services.governance.notifications import actions as notifications
from services.governance.notifications.model import Kind
from services.governance.resources import resources
from services.kit.database import Transaction
from services.kit.errors import DomainError, exhausted, invalid, not_found, precondition
from services.kit.mail.sealing import UnreadableError

_MOST = 50
"""Contacts of the version before whose address is looked at for one request."""


async def ask(tx: Transaction, code: str, link_key: str) -> None:
    """The reporter of a case, by key, login or a link that has expired, asks for a new one to their address.

    The links before it end when it is sent.
    Errors: COMPLAINT_NOT_FOUND, LINK_KEY_REQUIRED, MAIL_LINK_UNKNOWN, MAIL_LINK_ENDED, CONTACT_MISSING, PRECONDITION
    ADDRESS_NOT_CONFIRMED, EXHAUSTED MAIL_LINK_JUST_SENT.
    """
    subject = await _asker(tx, code, link_key)
    found, complaint = await contact_rows.mail(tx, subject), await complaints.by_id(tx, subject)
    if found is None or complaint is None or not found.has_email:
        raise not_found("CONTACT_MISSING", "You gave no e-mail address, or it was erased.")
    if found.mail is not MailState.CONFIRMED:
        message = "No mail goes to this address before it is confirmed: ask for the confirmation on the case's page."
        raise precondition("ADDRESS_NOT_CONFIRMED", message)
    if not await store.may_ask(tx, subject, tx.now - PAUSE):
        message = "A link was sent within the last ten minutes. Look into your mail, or ask again later."
        asked = await store.asked_at(tx, subject) or tx.now
        raise exhausted("MAIL_LINK_JUST_SENT", message, wait=asked + PAUSE - tx.now)
    await notifications.send(tx, complaint.id, Kind.LINK, complaint.code, subject)


async def _asker(tx: Transaction, code: str, link_key: str) -> UUID:
    if not is_token(link_key):
        case = await cases.find(tx, code, link_key)
        require_reporter(case)
        return case.complaint.id
    held = await grants.look(tx, link_key)
    if held is None or held.holder.supporter:
        raise not_found("MAIL_LINK_UNKNOWN", "This link leads nowhere: it is not whole, or its contact was erased.")
    if held.standing is Standing.ENDED:
        held.require(held.grant.acts)
    return held.holder.subject


async def ask_all(tx: Transaction, email: str) -> None:
    """Somebody asks for the links to all cases of an address. Whether it is known shows neither answer nor time.

    Errors: INVALID EMAIL_INVALID.
    """
    try:
        given = contact("", email, "").email
    except DomainError:
        given = ""
    if not given:
        raise invalid("EMAIL_INVALID", "This is not an e-mail address. Write it like nama@contoh.id.", field="email")
    secret = resources(tx.runtime).link_secret
    await store.ask(tx, digests.address(secret, given), digests.mailbox(secret, given))


async def answer(tx: Transaction, mailbox: bytes, address: bytes) -> None:
    """Queues the links to the cases of an address, where it is confirmed for one; else nothing goes anywhere."""
    await _know(tx, address)
    newest = await mine.of_mailbox(tx, mailbox, None, 1)
    if newest and await store.may_ask_all(tx, newest[0].id, tx.now - PAUSE):
        await notifications.send(tx, newest[0].complaint_id, Kind.LINKS, newest[0].code, newest[0].id)


async def _know(tx: Transaction, address: bytes) -> None:
    """Fills in the digests of contacts of the version before."""
    for subject in await mine.unknown(tx, address, _MOST):
        found = await _readable(tx, subject)
        if found is not None and found.email:
            await mine.know(tx, subject, digests.mailbox(resources(tx.runtime).link_secret, found.email))


async def _readable(tx: Transaction, subject: UUID) -> Contact | None:
    try:
        return await contacts.address(tx, subject)
    except UnreadableError:
        return None
