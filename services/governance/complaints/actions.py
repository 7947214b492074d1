"""What can be done with a complaint that is filed: one function per use case."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from services.governance.complaints import access, filing, moves, store, story
from services.governance.complaints.access import Case
from services.governance.complaints.model import EDGES, Assignment, Class, Move, Party, State
from services.governance.complaints.moves import Change, Moment, Order
from services.governance.complaints.story import Foreign, Story
from services.governance.news import actions as news
from services.governance.news.model import Kind
from services.governance.photos import actions as photos
from services.kit.city import City
from services.kit.database import Transaction
from services.kit.errors import DomainError, forbidden, invalid, precondition
from services.kit.rpc import etag as etags

_NEWS = {
    Move.VERIFY: Kind.ASSIGNED,
    Move.ASSIGN: Kind.ASSIGNED,
    Move.START: Kind.STARTED,
    Move.ASK: Kind.ASKED,
    Move.RESOLVE: Kind.RESOLVED,
    Move.REJECT: Kind.REJECTED,
    Move.TRANSFER: Kind.TRANSFERRED,
    Move.MARK_DUPLICATE: Kind.DUPLICATE,
    Move.REOPEN: Kind.REOPENED,
    Move.CLOSE: Kind.CLOSED,
}
_NOTE_MOST = 2000
"""Characters of another pillar's note that are taken over; what comes in by an RPC is measured there."""
_BY_HAND = ("Ditetapkan petugas.", "Decided by staff.")


@dataclass(frozen=True)
class Transition:
    """What an officer or verifier asks for; `etag` is the version they saw."""

    move: Move
    etag: str
    note: str = ""
    agency: str = ""
    duplicate_of: str = ""
    photos: tuple[str, ...] = ()
    refusal: bool = False


async def get(tx: Transaction, code: str, link_key: str) -> Story:
    """Reads a case. Errors: COMPLAINT_NOT_FOUND."""
    return await story.tell(tx, await access.find(tx, code, link_key))


async def transition(tx: Transaction, code: str, wanted: Transition) -> Story:
    """Moves a case along one edge of the state table, for the agency that has it or a verifier.

    Errors: COMPLAINT_NOT_FOUND, NOT_YOUR_AGENCY, STALE_ETAG, INVALID_TRANSITION, MOVE_NOT_YOURS, and those of the move.
    """
    case = await access.find(tx, code, lock=True)
    access.require_desk(case)
    etags.require(wanted.etag, case.complaint.version)
    moves.require(case.complaint, wanted.move, case.parties)
    original = await _original(tx, case, wanted)
    proof = await photos.evidence(tx, case.complaint.id, wanted.photos) if wanted.photos else []
    order = Order(
        note=wanted.note,
        photos=tuple(photo.id for photo in proof),
        refusal=wanted.refusal,
        assignment=_assignment(tx.runtime.city, case, wanted),
        original=original.complaint if original else None,
    )
    told = await _move(tx, case, wanted.move, order)
    if original is not None:
        await store.absorb(tx, original.complaint, case.complaint)
    return told


async def rate(tx: Transaction, code: str, link_key: str, rating: int, note: str) -> Story:
    """The reporter rates a resolution, which closes the case. Errors: LINK_KEY_REQUIRED."""
    return await _as_reporter(tx, code, link_key, Move.RATE, Order(note=note, rating=rating))


async def reopen(tx: Transaction, code: str, link_key: str, note: str) -> Story:
    """The reporter is not content. Errors: LINK_KEY_REQUIRED, REOPEN_WINDOW_PASSED."""
    return await _as_reporter(tx, code, link_key, Move.REOPEN, Order(note=note))


async def reply(tx: Transaction, code: str, link_key: str, note: str) -> Story:
    """The reporter answers a question; the case goes on. Errors: LINK_KEY_REQUIRED."""
    return await _as_reporter(tx, code, link_key, Move.REPLY, Order(note=note))


async def withdraw(tx: Transaction, code: str, link_key: str) -> Story:
    """The reporter takes the complaint back. Errors: LINK_KEY_REQUIRED."""
    return await _as_reporter(tx, code, link_key, Move.WITHDRAW, Order())


async def release(tx: Transaction, code: str, etag: str, public_text: str, photo_ids: Sequence[str]) -> Story:
    """A verifier decides what the public may read and see: exactly these words and photos. Errors: PHOTO_UNKNOWN."""
    case = await access.find(tx, code, lock=True)
    if Party.VERIFIER not in case.parties:
        raise forbidden("VERIFIER_REQUIRED", "Only a verifier can make words and photos public.")
    etags.require(etag, case.complaint.version)
    await photos.release(tx, case.complaint.id, photo_ids)
    change = moves.release(case.complaint, public_text, _moment(tx, case))
    return await story.save(tx, case, change, access.by(tx.caller, frozenset({Party.VERIFIER})))


async def correct(tx: Transaction, code: str, etag: str, category: str, area_code: str) -> Story:
    """Corrects category or place; the agency follows from the rules.

    Errors: NOT_YOUR_AGENCY, STALE_ETAG, CORRECTION_TOO_LATE, CORRECTION_EMPTY, CATEGORY_UNKNOWN, AREA_UNKNOWN.
    """
    case = await access.find(tx, code, lock=True)
    access.require_desk(case)
    etags.require(etag, case.complaint.version)
    complaint, city = case.complaint, tx.runtime.city
    if not category and not area_code:
        raise invalid("CORRECTION_EMPTY", "Name a new `category` or a new `area_code`.", field="category")
    chosen = filing.choose(city, category or complaint.category, "")
    place = complaint.place
    if area_code and area_code != place.area:
        # The point that lies elsewhere is no longer where the matter is.
        place = replace(place, area=filing.known_area(city, area_code).code, lon=None, lat=None)
    assignment = filing.routed(city, chosen.id, place.area)
    moment = story.moment(tx, replace(complaint, category=chosen.id), case.parties)
    change = moves.correct(complaint, chosen.id, Class(chosen.class_), place, assignment, moment)
    if chosen.private and not complaint.secret:
        change = replace(change, complaint=replace(change.complaint, secret=True))
    return await story.save(tx, case, change, access.by(tx.caller, case.parties))


async def elsewhere(
    tx: Transaction, code: str, happened: Foreign, move: Move | None = None, proof: Sequence[str] = ()
) -> None:
    """Something happened in another pillar: a line of the history, and the move if the case still is where it leads on.

    Photos that are not evidence of the case prove nothing: the line is written without them and the case stays.
    """
    case = await access.find(tx, code, lock=True)
    order = Order()
    if move is Move.RESOLVE:
        happened = replace(happened, photos=await _proof(tx, case, proof))
        order = Order(note=happened.note[:_NOTE_MOST], photos=happened.photos)
        move = move if order.note and order.photos else None
    edge = EDGES.get((case.complaint.state, move)) if move else None
    if move is None or edge is None or Party.SYSTEM not in edge.by:
        await story.save(tx, case, Change(case.complaint, ()), happened.by, [happened])
        return
    bare = replace(happened, note="", photos=()) if move is Move.RESOLVE else happened
    await _move(tx, case, move, order, by=happened.by, foreign=[bare])


async def fall_due(tx: Transaction, case: Case) -> None:
    """Does what fell due by itself: each passed deadline goes one step up the agency's ladder, or the case closes."""
    complaint, moment = case.complaint, _moment(tx, case)
    ladder = [step.name_id for step in tx.runtime.city.ladder(complaint.agency)]
    change = Change(complaint, ())
    for clock in complaint.deadlines.passed(tx.now):
        one = moves.escalate(change.complaint, clock, ladder, moment)
        change = Change(one.complaint, (*change.steps, *one.steps))
    closing = complaint.deadlines.auto_close
    if complaint.state is State.RESOLVED and closing is not None and closing < tx.now:
        change = moves.take(complaint, Move.CLOSE, Order(), moment)
    told = await story.save(tx, case, change, "system")
    closed = told.complaint.state is State.CLOSED
    kind = Kind.CLOSED if closed else Kind.ESCALATED
    await news.tell(tx, complaint.id, kind, story.facts(tx, told.complaint, told.history[-1].note))


async def _as_reporter(tx: Transaction, code: str, link_key: str, move: Move, order: Order) -> Story:
    case = await access.find(tx, code, link_key, lock=True)
    access.require_reporter(case)
    # Whoever is an officer as well acts here as the reporter only.
    moves.require(case.complaint, move, frozenset({Party.REPORTER}))
    return await _move(tx, case, move, order)


async def _move(
    tx: Transaction, case: Case, move: Move, order: Order, by: str = "", foreign: Sequence[Foreign] = ()
) -> Story:
    takers = EDGES[case.complaint.state, move].by & case.parties
    change = moves.take(case.complaint, move, order, _moment(tx, case))
    told = await story.save(tx, case, change, by or access.by(tx.caller, takers), foreign)
    kind = Kind.REFUSED if order.refusal and move is Move.RESOLVE else _NEWS.get(move)
    if kind is not None:
        note = "" if move is Move.REOPEN else order.note
        await news.tell(tx, case.complaint.id, kind, story.facts(tx, told.complaint, note))
    return told


async def _proof(tx: Transaction, case: Case, photo_ids: Sequence[str]) -> tuple[UUID, ...]:
    try:
        return tuple(photo.id for photo in await photos.evidence(tx, case.complaint.id, photo_ids))
    except DomainError:
        return ()


def _moment(tx: Transaction, case: Case) -> Moment:
    return story.moment(tx, case.complaint, case.parties)


def _assignment(city: City, case: Case, wanted: Transition) -> Assignment | None:
    complaint = case.complaint
    if not wanted.agency:
        return None
    if wanted.move not in {Move.VERIFY, Move.ASSIGN, Move.TRANSFER}:
        raise invalid("AGENCY_NOT_EXPECTED", f"{wanted.move} takes no agency; use transfer.", field="agency")
    agency = city.agency(wanted.agency)
    if agency is None:
        message = f"There is no agency {wanted.agency[:60]!r}; the list is at /v1/agencies."
        raise invalid("AGENCY_UNKNOWN", message, field="agency")
    if agency.id == complaint.agency:
        return complaint.assignment
    if wanted.move is Move.ASSIGN and Party.VERIFIER not in case.parties:
        raise forbidden("MOVE_NOT_YOURS", "Your agency can take this case or transfer it, not assign it to another.")
    return Assignment(agency.id, 0, *_BY_HAND)


async def _original(tx: Transaction, case: Case, wanted: Transition) -> Case | None:
    if wanted.move is not Move.MARK_DUPLICATE or not wanted.duplicate_of:
        return None
    found = await access.find(tx, wanted.duplicate_of)
    if found.complaint.secret and not case.complaint.secret:
        message = "A case that everybody may see cannot point to a secret one. Reject it with a reason instead."
        raise precondition("DUPLICATE_OF_SECRET_CASE", message, field="duplicate_of")
    return found
