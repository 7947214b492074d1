"""A complaint with everything that belongs to it, and the one way in which a change is saved."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from babel.dates import format_date

from observability import semconv
from observability.telemetry import current_span, current_trace_id
from services.governance.complaints import access, events, store
from services.governance.complaints.access import Case
from services.governance.complaints.clocks import Clocks, Terms
from services.governance.complaints.model import Complaint, Move, Party, moves
from services.governance.complaints.moves import Change, Moment, Step
from services.governance.contacts import actions as contacts
from services.governance.photos import actions as photos
from services.governance.photos.model import Photo
from services.governance.receipts import model as receipts
from services.governance.receipts import store as histories
from services.governance.receipts.model import SALT_BYTES, Entry
from services.kit.city import City
from services.kit.database import Transaction


@dataclass(frozen=True)
class Story:
    """A complaint, its history and what belongs to it, for somebody who is these parties to it."""

    complaint: Complaint
    parties: frozenset[Party]
    can: tuple[Move, ...]
    history: tuple[Entry, ...] = ()
    photos: tuple[Photo, ...] = ()
    has_contact: bool = False


def moment(tx: Transaction, complaint: Complaint, parties: frozenset[Party]) -> Moment:
    """Now, by the clocks of the city and of the complaint's category."""
    city = tx.runtime.city
    return Moment(tx.now, parties, Clocks(city.calendar), terms(city, complaint.category))


def terms(city: City, category: str) -> Terms:
    """What the city allows itself for a category."""
    found = city.category(category)
    return Terms(
        verification=city.clocks.verification,
        response=city.clocks.first_response,
        resolution=city.resolution_days(found) if found else None,
        auto_close=city.clocks.auto_close,
        reopen=city.clocks.reopen_days,
        waiting_suspends=city.clocks.waiting_suspends,
    )


async def tell(tx: Transaction, case: Case) -> Story:
    """The whole story of a case, for its reader."""
    complaint = case.complaint
    return Story(
        complaint=complaint,
        parties=case.parties,
        can=tuple(moves(complaint, case.parties)),
        history=tuple(await histories.history(tx, complaint.id)),
        photos=tuple(await photos.visible(tx, complaint.id, inside=case.inside)),
        has_contact=case.inside and await contacts.has_contact(tx, complaint.id),
    )


@dataclass(frozen=True)
class Foreign:
    """Something that happened in another pillar and belongs into the history."""

    type: str
    by: str
    note: str = ""
    public: bool = True
    photos: tuple[UUID, ...] = ()


async def save(tx: Transaction, case: Case, change: Change, by: str, foreign: Sequence[Foreign] = ()) -> Story:
    """Writes what has changed, adds to the history and emits the events; the case must be locked."""
    before, after = case.complaint, change.complaint
    history = await histories.history(tx, before.id)
    known = len(history)
    version = before.version
    for happened in foreign:
        history.append(_foreign(tx, before, history[-1], happened))
        version += 1
    for step in change.steps:
        history.append(entry(tx, after, history[-1], step, by))
        version = emit(tx, after, step, version)
    after = replace(after, version=version, updated_at=tx.now)
    await store.update(tx, after)
    await histories.append(tx, before.id, history[known:])
    now_is = access.parties(tx.caller, after) | (case.parties & {Party.REPORTER})
    return Story(
        complaint=after,
        parties=case.parties,  # whoever handed the case on may still read the answer
        can=tuple(moves(after, now_is)),
        history=tuple(history),
        photos=tuple(await photos.visible(tx, before.id, inside=case.inside)),
        has_contact=await contacts.has_contact(tx, before.id),
    )


def emit(tx: Transaction, complaint: Complaint, step: Step, version: int) -> int:
    """Emits the events of a step, each with a version of its own after the given one; answers the last."""
    current_span().set(semconv.CASE_CODE, complaint.code)  # the viewer finds the story by it
    for message in events.messages(step, complaint, tx.runtime.city):
        version += 1
        aggregate = str(complaint.id)
        tx.emit(message, aggregate=aggregate, version=version, correlation=aggregate, exercise=complaint.exercise)
    return version


def entry(tx: Transaction, complaint: Complaint, previous: Entry | None, step: Step, by: str) -> Entry:
    """The line of the history for a step."""
    return receipts.chain(
        previous,
        code=complaint.code,
        at=tx.now,
        type=events.type_of(step.happening),
        by=by,
        state=step.after.value,
        note=step.note,
        salt=secrets.token_bytes(SALT_BYTES),
        public=step.public,
        photos=step.photos,
        trace_id=current_trace_id() or "",
    )


def _foreign(tx: Transaction, complaint: Complaint, previous: Entry | None, happened: Foreign) -> Entry:
    return receipts.chain(
        previous,
        code=complaint.code,
        at=tx.now,
        type=happened.type,
        by=happened.by,
        state=complaint.state.value,
        note=happened.note,
        salt=secrets.token_bytes(SALT_BYTES),
        public=happened.public,
        photos=happened.photos,
        trace_id=current_trace_id() or "",
    )


def facts(tx: Transaction, complaint: Complaint, note: str = "") -> Mapping[str, str]:
    """What a mail about the case tells."""
    city = tx.runtime.city
    agency = city.agency(complaint.agency)
    due = complaint.deadlines.next_due
    return {
        "code": complaint.code,
        "agency": agency.name_id if agency else complaint.agency,
        "note": note,
        "due": format_date(due.astimezone(city.timezone), "d MMMM y", locale="id") if due else "",
        "other": complaint.duplicate_of,
    }
