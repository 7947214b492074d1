"""What can be done with notifications."""

from datetime import datetime, timedelta
from uuid import UUID

from services.governance.cases.model import Complaint
from services.governance.contacts import store as contacts
from services.governance.contacts.model import Mail, MailState
from services.governance.mailing import actions as mailing
from services.governance.notifications import store
from services.governance.notifications.model import AFTER, Kind, facts
from services.kit.database import Transaction

ASK_PAUSE = timedelta(minutes=10)
"""Whoever asks for a confirmation again sooner is not sent a second one."""


async def notify(tx: Transaction, complaint: Complaint, kind: Kind, note: str = "") -> None:
    """Queues one mail to each confirmed address the case has. `note`: question, answer or reason.

    An address that was never asked whether it is theirs who gave it is asked instead. Call it after
    `contacts.actions.keep`.
    """
    found = await contacts.mails(tx, complaint.id)
    told = [one.subject for one in found if one.mail is MailState.CONFIRMED]
    if told:
        await store.insert(tx, complaint.id, kind, facts(tx.runtime.city, complaint, note), told)
    for one in found:
        if one.mail is MailState.WAITING and one.ask_time is None:
            await ask(tx, complaint.code, one)


async def ask(tx: Transaction, code: str, contact: Mail) -> None:
    """Queues the confirmation of an address, unless one was asked for just now."""
    if contact.ask_time is not None and tx.now - contact.ask_time < ASK_PAUSE:
        return
    await contacts.asked(tx, contact.subject)
    await store.overtake_confirmation(tx, contact.complaint_id, contact.subject)
    await store.insert(tx, contact.complaint_id, Kind.CONFIRM, {"code": code}, [contact.subject])


async def send(tx: Transaction, complaint_id: UUID, kind: Kind, code: str, subject: UUID) -> None:
    """Queues to one contact a mail that was asked for."""
    await store.insert(tx, complaint_id, kind, {"code": code}, [subject])


async def ask_first(tx: Transaction, code: str, subject: UUID) -> None:
    """Queues the confirmation of an address that was never asked: of the version before this one."""
    found = await contacts.mail(tx, subject)
    if found is not None and found.mail is MailState.WAITING and found.ask_time is None:
        await ask(tx, code, found)


async def tell(tx: Transaction, complaint: Complaint, subject: UUID) -> None:
    """Queues to one contact where the case stands: news that came while its address waited went nowhere."""
    kind = AFTER.get(complaint.state)
    if kind is not None:
        kind = Kind.REFUSED if kind is Kind.RESOLVED and complaint.refusal else kind
        await store.insert(tx, complaint.id, kind, facts(tx.runtime.city, complaint), [subject])


async def next_mail(tx: Transaction, contact: Mail) -> datetime | None:
    """When the next mail goes to a contact that got as many as it gets today; None where none waits, or goes now."""
    confirming = contact.mail is MailState.WAITING
    if contact.address is None or not (confirming or contact.mail is MailState.CONFIRMED):
        return None
    if not await store.is_queued(tx, contact.complaint_id, contact.subject):
        return None
    return mailing.tomorrow(tx) if await mailing.is_full(tx, contact.address, confirming=confirming) else None


async def forget_notes(tx: Transaction, complaint_id: UUID) -> None:
    """Takes the notes out of the mails of a case that still wait."""
    await store.forget_notes(tx, complaint_id)
