"""Filing a complaint."""

from collections.abc import Sequence
from dataclasses import replace

import asyncpg

from services.governance.cases import store as complaints
from services.governance.cases.model import Class, Complaint, identified, parties
from services.governance.contacts import actions as contacts
from services.governance.contacts.model import contact as check_contact
from services.governance.deadlines.model import DeadlineCalculator, terms
from services.governance.filing.model import Filing, check_caller, locate
from services.governance.history import store as entries
from services.governance.keys import link
from services.governance.mailing import actions as mailing
from services.governance.notifications import actions as notifications
from services.governance.notifications.model import Kind
from services.governance.records import actions as records
from services.governance.records.model import CaseRecord, EventKind, Step
from services.governance.resources import resources
from services.governance.routing.model import choose, routed
from services.governance.states.model import Party, State, allowed
from services.kit import codes
from services.kit.caller import Caller
from services.kit.database import Transaction, Write
from services.kit.errors import DomainError
from services.kit.ids import uuid7

STEP = Step(EventKind.FILED, State.FILED, State.FILED)


def judged(tx: Transaction, caller: Caller, filing: Filing) -> Complaint | DomainError:
    """The complaint that a filing makes, its code aside, or why it makes none.

    INVALID with the field, FORBIDDEN DRILL_NOT_ALLOWED or CHANNEL_NOT_ALLOWED.
    """
    try:
        check_caller(caller, filing)
        check_contact(filing.contact.name, filing.contact.email, filing.contact.phone)
        return _complaint(tx, caller, filing)
    except DomainError as refusal:
        return refusal


def coded(tx: Transaction, complaint: Complaint, tries: int) -> Complaint:
    """The complaint with a new code. They hardly ever collide; after so many ``tries`` longer ones make room."""
    return replace(complaint, code=codes.new(tx.runtime.city.code_prefix, codes.SHORT + tries))


def filed(tx: Transaction, caller: Caller, filing: Filing, complaint: Complaint, traceparent: str | None) -> CaseRecord:
    """The record of a complaint that is being filed, with the first line of its history; its event is emitted."""
    trace_id = traceparent[3:35] if traceparent else ""
    first = records.entry(tx, complaint, None, STEP, "reporter", trace_id)
    records.emit(tx, complaint, STEP, 0, traceparent)
    own = parties(caller, complaint) | {Party.REPORTER}
    given = not filing.contact.is_empty
    return CaseRecord(complaint, own, tuple(allowed(complaint.state, own)), (first,), (), given)


async def write(tx: Transaction, filed: Sequence[CaseRecord], *writes: Write) -> None:
    """Writes complaints that are filed, their histories and events, and what is to be written with them.

    Raises SerializationError when a code was taken meanwhile.
    """
    try:
        await tx.together(
            *writes,
            complaints.added([each.complaint for each in filed]),
            entries.appended([(each.complaint.id, line) for each in filed for line in each.history]),
            tx.events(),
        )
    except asyncpg.UniqueViolationError as error:
        raise asyncpg.SerializationError("a code was taken") from error


async def reach(tx: Transaction, complaint: Complaint, filing: Filing) -> None:
    """Keeps how the reporter can be reached, and tells them; nothing when they gave nothing."""
    contact = filing.contact
    if not contact.is_empty:
        confirmed = filing.own_address and not await mailing.is_stopped(tx, contact.email)
        await contacts.keep(
            tx, complaint.id, name=contact.name, email=contact.email, phone=contact.phone, confirmed=confirmed
        )
        await notifications.notify(tx, complaint, Kind.FILED)


def _complaint(tx: Transaction, caller: Caller, filing: Filing) -> Complaint:
    city = tx.runtime.city
    location = locate(city, filing)
    category = choose(city, filing.category, filing.text)
    identity = uuid7()
    key = link.derive(resources(tx.runtime).link_secret, identity)
    return Complaint(
        id=identity,
        code="",
        version=1,
        state=State.FILED,
        kind=Class(category.class_),
        category=category.id,
        location=location,
        text=filing.text,
        assignment=routed(city, category.id, location.area),
        deadlines=DeadlineCalculator(city.calendar).filed(tx.now, terms(city, category.id)),
        channel=filing.channel,
        created_at=tx.now,
        updated_at=tx.now,
        link_hash=link.digest(key),
        reporter=caller.subject if identified(caller) else "",
        secret=filing.secret or category.private,
        anonymous=filing.anonymous,
        exercise=filing.exercise,
    )
