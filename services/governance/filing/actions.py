"""Filing a complaint."""

from dataclasses import replace

from services.governance.cases import store as complaints
from services.governance.cases.model import Class, Complaint, identified, parties
from services.governance.contacts import actions as contacts
from services.governance.deadlines.model import Clocks, terms
from services.governance.filing.model import Filing, check_caller, locate
from services.governance.keys import link
from services.governance.notifications import actions as notifications
from services.governance.notifications.model import Kind
from services.governance.records import actions as records
from services.governance.records.model import CaseRecord, EventKind, Step
from services.governance.resources import resources
from services.governance.routing.model import choose, routed
from services.governance.states.model import Party, State, allowed
from services.kit import codes
from services.kit.database import Transaction
from services.kit.ids import uuid7

_TRIES = 4


async def file(tx: Transaction, filing: Filing) -> CaseRecord:
    """Files a complaint. Errors: INVALID with the field, FORBIDDEN DRILL_NOT_ALLOWED or CHANNEL_NOT_ALLOWED."""
    check_caller(tx.caller, filing)
    complaint = _complaint(tx, filing)
    step = Step(EventKind.FILED, State.FILED, State.FILED)
    for attempt in range(_TRIES):
        # Random codes hardly ever collide; once they do, longer ones make room.
        code = codes.new(tx.runtime.city.code_prefix, codes.SHORT + attempt)
        complaint = replace(complaint, code=code)
        first = records.entry(tx, complaint, None, step, "reporter")
        if await complaints.insert(tx, complaint, first):
            break
    else:
        raise RuntimeError("no free complaint code was found")
    records.emit(tx, complaint, step, 0)
    given = not filing.contact.is_empty
    if given:
        contact = filing.contact
        await contacts.keep(tx, complaint.id, name=contact.name, email=contact.email, phone=contact.phone)
        await notifications.notify(tx, complaint, Kind.FILED)
    own = parties(tx.caller, complaint) | {Party.REPORTER}
    return CaseRecord(complaint, own, tuple(allowed(complaint.state, own)), (first,), (), given)


def _complaint(tx: Transaction, filing: Filing) -> Complaint:
    city, caller = tx.runtime.city, tx.caller
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
        deadlines=Clocks(city.calendar).filed(tx.now, terms(city, category.id)),
        channel=filing.channel,
        created_at=tx.now,
        updated_at=tx.now,
        link_hash=link.digest(key),
        reporter=caller.subject if identified(caller) else "",
        secret=filing.secret or category.private,
        anonymous=filing.anonymous,
        exercise=filing.exercise,
    )
