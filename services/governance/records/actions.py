"""Reads complaints with everything that belongs to them, and is the one way in which a change of one is saved."""

import secrets
from collections.abc import Sequence
from dataclasses import replace

from observability import semconv
from observability.telemetry import current_span, current_trace_id
from services.governance.cases import actions as cases
from services.governance.cases import store as complaints
from services.governance.cases.model import Case, Complaint, parties
from services.governance.contacts import store as contacts
from services.governance.deadlines.model import DeadlineCalculator, terms
from services.governance.history import model as histories
from services.governance.history import store as entries
from services.governance.history.model import SALT_BYTES, Entry
from services.governance.keys.acting import Act
from services.governance.photos import actions as photos
from services.governance.records import events, store
from services.governance.records.model import (
    CaseContext,
    CaseRecord,
    Change,
    ExternalEvent,
    Filter,
    Step,
    beside,
)
from services.governance.states.model import Party, allowed
from services.kit import codes, ids
from services.kit.caller import Scope
from services.kit.database import Transaction, paging
from services.kit.errors import invalid
from services.kit.interest import own_matter
from services.kit.rpc import etag as etags


async def get(tx: Transaction, code: str, link_key: str) -> CaseRecord:
    """A case with all of its history, as the caller may read it. Errors: COMPLAINT_NOT_FOUND."""
    known = codes.parse(tx.runtime.city.code_prefix, code)
    login = cases.login_of(tx.caller)
    found = await store.whole(tx, known, login) if known else None
    case = await cases.within(tx, found.complaint if found else None, link_key, Act.READ)
    assert found is not None
    own = bool(case.parties & {Party.AGENCY, Party.VERIFIER}) and _is_own(tx, found, login)
    return CaseRecord(
        complaint=case.complaint,
        parties=case.parties,
        allowed=() if own else tuple(allowed(case.complaint.state, case.parties)),
        history=tuple(found.history),
        photos=photos.shown(found.photos, inside=case.inside),
        has_contact=case.inside and found.has_contact,
        mailed=case.inside and found.mailed,
        floods=tuple(found.floods),
        own_matter=own,
    )


async def save(
    tx: Transaction, case: Case, change: Change, by: str, external: Sequence[ExternalEvent] = ()
) -> CaseRecord:
    """Writes what has changed, adds to the history and emits the events; the case must be locked."""
    before, after = case.complaint, change.complaint
    history = await entries.history(tx, before.id)
    known = len(history)
    version = before.version
    for event in external:
        history.append(_external_entry(tx, before, history[-1], event))
        version += 1
    for step in change.steps:
        history.append(entry(tx, after, history[-1], step, by))
        version = max(version + 1, emit(tx, after, step, version))
    after = replace(after, version=version, updated_at=tx.now)
    await complaints.update(tx, after)
    await entries.append(tx, before.id, history[known:])
    contact = await contacts.mail(tx, before.id)
    now_is = parties(tx.caller, after) | (case.parties & {Party.REPORTER})
    return CaseRecord(
        complaint=after,
        parties=case.parties,  # whoever handed the case on may still read the answer
        allowed=tuple(allowed(after.state, now_is)),
        history=tuple(history),
        photos=await photos.visible(tx, before.id, inside=case.inside),
        has_contact=contact is not None and contact.is_kept,
        mailed=contact is not None and contact.is_mailed,
    )


async def require_seen(tx: Transaction, complaint: Complaint, etag: str) -> None:
    """Refuses a change asked for another version, but for what the city itself has only added a line to since; the case
    must be locked. Errors: ETAG_REQUIRED, STALE_ETAG.
    """
    lines = beside(await entries.history(tx, complaint.id))  # each a version
    etags.require(etag, complaint.version, since=complaint.version - lines)


async def match_seen(tx: Transaction, complaint: Complaint, etag: str) -> None:
    """As ``require_seen``, where the version may be left out. Errors: STALE_ETAG."""
    if etag:
        await require_seen(tx, complaint, etag)


def context(tx: Transaction, complaint: Complaint, parties: frozenset[Party]) -> CaseContext:
    """Now, by the calendar of the city and the terms of the complaint's category."""
    city = tx.runtime.city
    return CaseContext(tx.now, parties, DeadlineCalculator(city.calendar), terms(city, complaint.category))


def emit(tx: Transaction, complaint: Complaint, step: Step, version: int, traceparent: str | None = None) -> int:
    """Emits the events of a step, each with a version of its own after the given one; answers the last.

    In the trace of the current span, or of ``traceparent`` where several share the transaction.
    """
    if traceparent is None:
        current_span().set(semconv.CASE_CODE, complaint.code)  # the viewer finds the traces of a case by it
    for message in events.messages(step, complaint, tx.runtime.city):
        version += 1
        aggregate = str(complaint.id)
        tx.emit(
            message,
            aggregate=aggregate,
            version=version,
            correlation=aggregate,
            exercise=complaint.exercise,
            traceparent=traceparent,
        )
    return version


def entry(
    tx: Transaction, complaint: Complaint, previous: Entry | None, step: Step, by: str, trace_id: str | None = None
) -> Entry:
    """The line of the history for a step; ``trace_id`` where it is not that of the current span."""
    return histories.chain(
        previous,
        code=complaint.code,
        at=tx.now,
        type=events.type_of(step.kind),
        by=by,
        state=step.after.value,
        note=step.note,
        salt=secrets.token_bytes(SALT_BYTES),
        public=step.public,
        photos=step.photos,
        trace_id=(current_trace_id() if trace_id is None else trace_id) or "",
        refuses=step.refuses(complaint),
    )


def _is_own(tx: Transaction, found: store.Whole, login: str) -> bool:
    behind = found.stands_behind or cases.marked(tx, found.marks, login)
    return own_matter(tx.caller, found.complaint.reporter, login if behind else "") is not None


def _external_entry(tx: Transaction, complaint: Complaint, previous: Entry | None, event: ExternalEvent) -> Entry:
    return histories.chain(
        previous,
        code=complaint.code,
        at=tx.now,
        type=event.type,
        by=event.by,
        state=complaint.state.value,
        note=event.note,
        salt=secrets.token_bytes(SALT_BYTES),
        public=event.public,
        photos=event.photos,
        trace_id=current_trace_id() or "",
    )


async def page(tx: Transaction, wanted: Filter, size: int, token: str) -> tuple[list[CaseRecord], str]:
    """One page of records without history, and the token of the next (empty on the last). Officers see their agency's.

    Errors: INVALID PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID, CATEGORY_UNKNOWN, AREA_UNKNOWN.
    """
    size = paging.page_size(size)
    found = _checked(tx, wanted)
    if found is None:
        return [], ""
    listed = await store.page(tx, found, paging.after(token, found), size + 1)
    records = [_brief(tx, complaint) for complaint in listed[:size]]
    if len(listed) <= size:
        return records, ""
    last = records[-1].complaint
    due = last.deadlines.evidence if found.evidence else last.deadlines.next_due
    return records, paging.token((due, last.id), found)


def _checked(tx: Transaction, wanted: Filter) -> Filter | None:
    """The filter within the caller's scope; None when nothing can match."""
    city = tx.runtime.city
    if tx.scope is not Scope.ANY:
        if not tx.caller.agency or wanted.agency not in {"", tx.caller.agency}:
            return None
        wanted = replace(wanted, agency=tx.caller.agency)
    if wanted.agency and city.agency(wanted.agency) is None:
        raise invalid("AGENCY_UNKNOWN", "There is no such agency; the list is at /v1/agencies.", field="agency")
    if wanted.category and city.category(wanted.category) is None:
        raise invalid("CATEGORY_UNKNOWN", "There is no such category; the list is at /v1/categories.", field="category")
    if wanted.area and city.area(wanted.area) is None:
        raise invalid("AREA_UNKNOWN", "There is no such area; the codes are at /v1/areas.", field="area_code")
    if wanted.warning and ids.parse(wanted.warning) is None:
        return None
    if wanted.code:
        code = codes.parse(city.code_prefix, wanted.code)
        return replace(wanted, code=code) if code else None
    return wanted


def _brief(tx: Transaction, complaint: Complaint) -> CaseRecord:
    own = parties(tx.caller, complaint)
    return CaseRecord(complaint, own, tuple(allowed(complaint.state, own)))
