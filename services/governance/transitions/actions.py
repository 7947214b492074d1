"""What takes a case from state to state: one function per use case."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from services.governance.cases import actions as cases
from services.governance.cases.model import Assignment, Case, acting_as, require_desk, require_reporter
from services.governance.history import store as entries
from services.governance.keys.acting import Act
from services.governance.notifications import actions as notifications
from services.governance.notifications.model import Kind
from services.governance.photos import actions as photos
from services.governance.records import actions as records
from services.governance.records.model import CaseRecord, Change, ExternalEvent
from services.governance.states.model import EDGES, Party, Transition
from services.governance.support import store as support
from services.governance.transitions import model
from services.governance.transitions.model import TransitionInput
from services.kit.city import City
from services.kit.database import Transaction
from services.kit.errors import DomainError, forbidden, invalid
from services.kit.interest import require_disinterested

_NOTIFICATIONS = {
    Transition.VERIFY: Kind.ASSIGNED,
    Transition.ASSIGN: Kind.ASSIGNED,
    Transition.START: Kind.STARTED,
    Transition.ASK: Kind.ASKED,
    Transition.RESOLVE: Kind.RESOLVED,
    Transition.REJECT: Kind.REJECTED,
    Transition.TRANSFER: Kind.TRANSFERRED,
    Transition.MARK_DUPLICATE: Kind.DUPLICATE,
    Transition.REOPEN: Kind.REOPENED,
    Transition.CLOSE: Kind.CLOSED,
    Transition.DECLINE: Kind.ASSIGNED,
}
_MAILED = {Transition.RATE: Act.RATE, Transition.REOPEN: Act.REOPEN, Transition.REPLY: Act.REPLY}
"""What the reader of a mailed link may do as the reporter, where the link is for it."""
_NOTE_MOST = 2000
"""Characters of another pillar's note that are taken over; what comes in by an RPC is measured there."""
_BY_HAND = ("Ditetapkan petugas.", "Decided by staff.")


@dataclass(frozen=True)
class TransitionRequest:
    """What an officer or verifier asks for; `etag` is the version they saw."""

    transition: Transition
    etag: str
    note: str = ""
    agency: str = ""
    duplicate_of: str = ""
    photos: tuple[str, ...] = ()
    refusal: bool = False


@dataclass(frozen=True)
class Move:
    """What another pillar says becomes of a case."""

    transition: Transition
    agency: str
    """Whose work it is; empty: nobody said."""
    proof: Sequence[str] = ()
    """Ids of photos."""


async def transition(tx: Transaction, code: str, wanted: TransitionRequest) -> CaseRecord:
    """Takes a case along one edge of the state table, for the agency that has it or a verifier.

    Nobody moves what they reported themselves or stand behind, nor counts it by a duplicate.

    Errors: COMPLAINT_NOT_FOUND, NOT_YOUR_AGENCY, OWN_MATTER, STALE_ETAG, INVALID_TRANSITION, MOVE_NOT_YOURS, those of
    `model.take`.
    """
    if wanted.transition is Transition.MARK_DUPLICATE:  # the other one is judged as it is when this one ends
        await cases.lock(tx, code, wanted.duplicate_of)
    case = await cases.find(tx, code, lock=True)
    require_desk(case)
    await cases.require_disinterested(tx, case.complaint)
    await records.require_seen(tx, case.complaint, wanted.etag)
    model.require(case.complaint, wanted.transition, case.parties)
    original = await _original(tx, wanted)
    proof = await photos.evidence(tx, case.complaint, wanted.photos) if wanted.photos else []
    given = TransitionInput(
        note=wanted.note,
        photos=tuple(photo.id for photo in proof),
        refusal=wanted.refusal,
        assignment=_assignment(tx.runtime.city, case, wanted),
        original=original.complaint if original else None,
    )
    record = await _take(tx, case, wanted.transition, given)
    if original is not None:
        duplicate = case.complaint
        await support.absorb(tx, original.complaint.id, duplicate.id, duplicate.reporter, duplicate.supporters)
    return record


async def rate(tx: Transaction, code: str, link_key: str, rating: int, note: str, etag: str = "") -> CaseRecord:
    """The reporter rates a resolution, which closes the case. An officer of the agency that has it rates not the own
    agency's work, whoever reported it. Errors: LINK_KEY_REQUIRED, STALE_ETAG, OWN_MATTER.
    """
    return await _as_reporter(tx, code, link_key, etag, Transition.RATE, TransitionInput(note=note, rating=rating))


async def reopen(tx: Transaction, code: str, link_key: str, note: str, etag: str = "") -> CaseRecord:
    """The reporter is not content. Errors: LINK_KEY_REQUIRED, STALE_ETAG, REOPEN_WINDOW_PASSED."""
    return await _as_reporter(tx, code, link_key, etag, Transition.REOPEN, TransitionInput(note=note))


async def reply(tx: Transaction, code: str, link_key: str, note: str, etag: str = "") -> CaseRecord:
    """The reporter answers a question; what waits for it goes on.

    Errors: LINK_KEY_REQUIRED, STALE_ETAG, QUESTION_NOT_OPEN.
    """
    return await _as_reporter(tx, code, link_key, etag, Transition.REPLY, TransitionInput(note=note))


async def withdraw(tx: Transaction, code: str, link_key: str, etag: str = "") -> CaseRecord:
    """The reporter takes the complaint back. Errors: LINK_KEY_REQUIRED, STALE_ETAG."""
    return await _as_reporter(tx, code, link_key, etag, Transition.WITHDRAW, TransitionInput())


async def record_external(tx: Transaction, code: str, external: ExternalEvent, move: Move | None = None) -> None:
    """Adds what happened in another pillar to the history, and takes its move if the case is where that starts.

    Photos that are not evidence of the case, or are of before it was reopened, prove nothing: the line is written
    without them and the case stays. So it does where the move is of another agency than has the case by now.
    """
    case = await cases.find(tx, code, lock=True)
    given = TransitionInput()
    transition = move.transition if move and move.agency in ("", case.complaint.agency) else None
    if move and move.proof:
        external = replace(external, photos=await _proof(tx, case, move.proof))
    if transition is Transition.RESOLVE:
        given = TransitionInput(note=external.note[:_NOTE_MOST], photos=external.photos)
        transition = transition if given.note and given.photos else None
    edge = EDGES.get((case.complaint.state, transition)) if transition else None
    if transition is None or edge is None or Party.SYSTEM not in edge.by:
        await records.save(tx, case, Change(case.complaint, ()), external.by, [external])
        return
    bare = replace(external, note="", photos=()) if transition is Transition.RESOLVE else external
    await _take(tx, case, transition, given, by=external.by, external=[bare])


async def _as_reporter(
    tx: Transaction, code: str, link_key: str, etag: str, transition: Transition, given: TransitionInput
) -> CaseRecord:
    case = await cases.find(tx, code, link_key, act=_MAILED.get(transition), lock=True)
    require_reporter(case)
    if transition is Transition.RATE and Party.AGENCY in case.parties:
        require_disinterested(tx.caller, tx.caller.subject)
    await records.match_seen(tx, case.complaint, etag)
    # Whoever is an officer as well acts here as the reporter only.
    model.require(case.complaint, transition, frozenset({Party.REPORTER}))
    if transition is Transition.REPLY:
        model.require_question(case.complaint, await entries.history(tx, case.complaint.id))
    return await _take(tx, case, transition, given)


async def _take(
    tx: Transaction,
    case: Case,
    transition: Transition,
    given: TransitionInput,
    by: str = "",
    external: Sequence[ExternalEvent] = (),
) -> CaseRecord:
    takers = EDGES[case.complaint.state, transition].by & case.parties
    change = model.take(case.complaint, transition, given, records.context(tx, case.complaint, case.parties))
    record = await records.save(tx, case, change, by or acting_as(tx.caller, takers), external)
    kind = Kind.REFUSED if given.refusal and transition is Transition.RESOLVE else _NOTIFICATIONS.get(transition)
    if kind is not None:
        note = "" if transition is Transition.REOPEN else given.note
        await notifications.notify(tx, record.complaint, kind, note)
    return record


async def _proof(tx: Transaction, case: Case, photo_ids: Sequence[str]) -> tuple[UUID, ...]:
    try:
        return tuple(photo.id for photo in await photos.evidence(tx, case.complaint, photo_ids))
    except DomainError:
        return ()


def _assignment(city: City, case: Case, wanted: TransitionRequest) -> Assignment | None:
    complaint = case.complaint
    if not wanted.agency:
        back = complaint.handed_by if wanted.transition is Transition.DECLINE else ""
        return Assignment(back, 0, *_BY_HAND) if city.agency(back) and back != complaint.agency else None
    if wanted.transition not in {Transition.VERIFY, Transition.ASSIGN, Transition.TRANSFER}:
        raise invalid("AGENCY_NOT_EXPECTED", f"{wanted.transition} takes no agency; use transfer.", field="agency")
    agency = city.agency(wanted.agency)
    if agency is None:
        message = f"There is no agency {wanted.agency[:60]!r}; the list is at /v1/agencies."
        raise invalid("AGENCY_UNKNOWN", message, field="agency")
    if agency.id == complaint.agency:
        return complaint.assignment
    if wanted.transition is Transition.ASSIGN and Party.VERIFIER not in case.parties:
        raise forbidden("MOVE_NOT_YOURS", "Your agency can take this case or transfer it, not assign it to another.")
    return Assignment(agency.id, 0, *_BY_HAND)


async def _original(tx: Transaction, wanted: TransitionRequest) -> Case | None:
    if wanted.transition is not Transition.MARK_DUPLICATE or not wanted.duplicate_of:
        return None
    found = await cases.find(tx, wanted.duplicate_of)
    await cases.require_disinterested(tx, found.complaint)
    return found
