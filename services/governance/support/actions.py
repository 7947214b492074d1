"""Joining a case ("me too"), and counting those who did."""

from collections.abc import Sequence
from uuid import UUID

from services.governance.cases import actions as cases
from services.governance.cases import store as complaints
from services.governance.cases.model import Complaint, identified, is_open
from services.governance.contacts import actions as contacts
from services.governance.contacts import store as contact_rows
from services.governance.contacts.model import Contact, contact
from services.governance.keys import digests
from services.governance.mailing import actions as mailing
from services.governance.notifications import actions as notifications
from services.governance.resources import resources
from services.governance.support import store
from services.governance.support.model import Joined, Origin, Person, Supporter
from services.kit.database import Transaction
from services.kit.errors import precondition
from services.kit.ids import uuid7


async def join(tx: Transaction, code: str, given: Contact, origin: Origin) -> Joined:
    """Adds the caller to a case; joining again adds nothing but a contact that was not given before.

    Whoever has no login counts unless somebody of their network joined on the same day: then they count once they
    have confirmed the address that they give.
    Errors: COMPLAINT_NOT_FOUND, PRECONDITION COMPLAINT_NOT_OPEN, INVALID CONTACT_INVALID.
    """
    complaint = (await cases.find(tx, code, lock=True)).complaint
    if not is_open(complaint):
        message = f"This case is {complaint.state}; file a new complaint if the matter goes on."
        raise precondition("COMPLAINT_NOT_OPEN", message, state=complaint.state.value)
    checked = contact(given.name, given.email, given.phone)
    person = _person(tx, complaint, origin.session, origin.network)
    if person.login and person.login == complaint.reporter:
        return Joined(complaint.code, complaint.supporters, counted=False)
    supporter, new = await _same(tx, complaint, person), 0
    if supporter is None:
        supporter = Supporter(uuid7(), await _counts(tx, complaint, person))
        if not supporter.counted and not checked.email:
            return Joined(complaint.code, complaint.supporters, counted=False)  # nothing could ever make them count
        await store.add(tx, complaint.id, supporter, person)
        new = int(supporter.counted)
    kept = await _keep(tx, complaint, supporter, checked, own_address=origin.own_address)
    return Joined(complaint.code, complaint.supporters + new, supporter.counted, supporter.id if kept else None)


async def count_confirmed(
    tx: Transaction, complaint: Complaint, originals: Sequence[Complaint], supporter: UUID, address: bytes
) -> None:
    """A supporter has confirmed their address: they count, unless its owner is in the case already. So they do at those
    that it is a duplicate of: their numbers have taken up who counted when it became one.

    All must be locked.
    """
    known = await store.twin(tx, complaint.id, supporter, address)
    counted = [one.id for one in originals if known or not await store.twin(tx, one.id, supporter, address)]
    await store.count(tx, [complaint.id, *counted], supporter, counts=not known)


def _person(tx: Transaction, complaint: Complaint, session: str, network: str) -> Person:
    secret, known = resources(tx.runtime).link_secret, identified(tx.caller)
    return Person(
        tx.caller.subject if known else "",
        digests.of_case(secret, complaint.id, "session", session) if session else None,
        digests.of_case(secret, complaint.id, "network", network) if network and not known else None,
    )


async def _same(tx: Transaction, complaint: Complaint, person: Person) -> Supporter | None:
    """Who has joined before and was erased since does not count anew."""
    mark = cases.marked(tx, await complaints.marks(tx, complaint.id), person.login) if person.login else ""
    # Two cases that are one by now may have been joined before and after.
    if mark and not await complaints.stands_behind(tx, complaint.id, person.login):
        await store.adopt(tx, complaint.id, mark, person.login)
    return await store.same(tx, complaint.id, person)


async def _counts(tx: Transaction, complaint: Complaint, person: Person) -> bool:
    return person.network is None or not await store.network_joined(tx, complaint.id, person.network)


async def _keep(
    tx: Transaction, complaint: Complaint, supporter: Supporter, given: Contact, *, own_address: bool
) -> bool:
    """Keeps the contact, unless the supporter gave one before. Answers whether there is one of theirs."""
    known = await contact_rows.mail(tx, supporter.id)
    if known is not None or given.is_empty:
        return known is not None
    confirmed = own_address and not await mailing.is_stopped(tx, given.email)
    await contacts.keep(
        tx, complaint.id, name=given.name, email=given.email, phone=given.phone, supporter=supporter.id,
        confirmed=confirmed,
    )  # fmt: skip
    mail = await contact_rows.mail(tx, supporter.id)
    if mail is not None and mail.has_email and not confirmed:
        await notifications.ask(tx, complaint.code, mail)
    return True
