"""What each move asks for and does to a complaint.

Pure: given a complaint, answers with the complaint after and what happened.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.governance.complaints.clocks import Clock, Clocks, Terms
from services.governance.complaints.model import (
    CORRECTABLE,
    EDGES,
    Assignment,
    Class,
    Complaint,
    Move,
    Party,
    Place,
    State,
    moves,
)
from services.kit.errors import forbidden, invalid, precondition

_NOTE_WANTED = {
    Move.ASK: "Put the question to the reporter into `note`.",
    Move.REJECT: "Say in `note` why the city does not take it up.",
    Move.TRANSFER: "Say in `note` why another agency has to do it.",
    Move.RESOLVE: "Say in `note` what was done, or why nothing can be done.",
}


class Happening(StrEnum):
    """What can happen to a complaint; the value is the name of the event."""

    FILED = "ComplaintFiled"
    ASSIGNED = "ComplaintAssigned"
    STATUS_CHANGED = "ComplaintStatusChanged"
    ESCALATED = "ComplaintEscalated"
    RESOLVED = "ComplaintResolved"
    REOPENED = "ComplaintReopened"
    RATED = "ComplaintRated"
    CORRECTED = "ComplaintCorrected"
    RELEASED = "ComplaintReleased"


_HAPPENING = {
    Move.ASSIGN: Happening.ASSIGNED,
    Move.RESOLVE: Happening.RESOLVED,
    Move.REOPEN: Happening.REOPENED,
    Move.RATE: Happening.RATED,
}


@dataclass(frozen=True)
class Step:
    """One thing that happened: a line of the history, and the events that tell of it."""

    happening: Happening
    before: State
    after: State
    note: str = ""
    public: bool = True
    photos: tuple[UUID, ...] = ()
    clock: Clock | None = None


@dataclass(frozen=True)
class Change:
    """The complaint after, and the steps that led there."""

    complaint: Complaint
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Order:
    """What a move needs beside the complaint. `photos` are checked evidence; `assignment` is where it shall go."""

    note: str = ""
    photos: tuple[UUID, ...] = ()
    refusal: bool = False
    assignment: Assignment | None = None
    original: Complaint | None = None
    rating: int = 0


@dataclass(frozen=True)
class Moment:
    """Who moves it when, by which clocks."""

    now: datetime
    parties: frozenset[Party]
    clocks: Clocks
    terms: Terms


def require(complaint: Complaint, move: Move, parties: frozenset[Party]) -> None:
    """Refuses a move that the state table does not give these parties."""
    edge = EDGES.get((complaint.state, move))
    if edge is not None and edge.by & parties:
        return
    allowed = ", ".join(moves(complaint, parties)) or "none"
    details = {"state": complaint.state.value, "allowed": allowed, "field": "transition"}
    if edge is not None:
        takers = " or ".join(sorted(edge.by))
        raise forbidden("MOVE_NOT_YOURS", f"Only {takers} can {move} this case. You can: {allowed}.", **details)
    message = f"A case that is {complaint.state} cannot {move}. Moves you can make now: {allowed}."
    raise precondition("INVALID_TRANSITION", message, **details)


def take(complaint: Complaint, move: Move, order: Order, moment: Moment) -> Change:
    """Takes one edge of the state table. Errors: INVALID_TRANSITION, MOVE_NOT_YOURS and what the move asks for."""
    require(complaint, move, moment.parties)
    _check_note(move, order.note)
    match move:
        case Move.VERIFY:
            return _verify(complaint, order, moment)
        case Move.RESOLVE:
            _check_evidence(order)
        case Move.REOPEN:
            _check_reopening(complaint, moment.now)
        case Move.TRANSFER:
            _check_transfer(complaint, order)
        case Move.MARK_DUPLICATE:
            _check_original(complaint, order.original)
        case _:
            pass
    return _along(complaint, move, order, moment)


def _verify(complaint: Complaint, order: Order, moment: Moment) -> Change:
    verified = replace(complaint, state=State.VERIFIED, updated_at=moment.now)
    first = Step(Happening.STATUS_CHANGED, complaint.state, State.VERIFIED, order.note)
    assigned = _along(verified, Move.ASSIGN, replace(order, note=""), moment)
    return Change(assigned.complaint, (first, *assigned.steps))


def _along(complaint: Complaint, move: Move, order: Order, moment: Moment) -> Change:
    after = replace(complaint, state=EDGES[complaint.state, move].to, updated_at=moment.now)
    after = _effects(after, move, order, moment)
    # What the reporter writes is theirs: the public reads it only if a verifier puts it into the released words.
    public = move not in {Move.REPLY, Move.REOPEN, Move.RATE}
    happening = _HAPPENING.get(move, Happening.STATUS_CHANGED)
    return Change(after, (Step(happening, complaint.state, after.state, order.note, public, order.photos),))


def _effects(after: Complaint, move: Move, order: Order, moment: Moment) -> Complaint:
    now, clocks, terms, deadlines = moment.now, moment.clocks, moment.terms, after.deadlines
    match move:
        case Move.ASSIGN:
            after = replace(after, assignment=order.assignment or after.assignment)
            return replace(after, deadlines=clocks.assigned(deadlines, now, terms))
        case Move.TRANSFER:
            assert order.assignment is not None
            running = clocks.assigned(clocks.resumed(deadlines, now), now, terms)
            return replace(after, assignment=order.assignment, escalation=0, deadlines=running)
        case Move.START | Move.REPLY:
            return replace(after, deadlines=clocks.responded(clocks.resumed(deadlines, now)))
        case Move.ASK:
            waiting = clocks.suspended(deadlines, now) if terms.waiting_suspends else clocks.responded(deadlines)
            return replace(after, deadlines=waiting)
        case Move.RESOLVE:
            due = deadlines.resolution
            # Waiting stands still: whoever resolves out of it had time left.
            on_time = due is None or now <= due
            return replace(
                after, resolved_at=now, on_time=on_time, refusal=order.refusal, deadlines=clocks.resolved(now, terms)
            )
        case Move.RATE:
            return replace(after, rating=order.rating, deadlines=clocks.closed(deadlines))
        case Move.REOPEN:
            return replace(
                after, rating=0, resolved_at=None, on_time=False, refusal=False, deadlines=clocks.reopened(now, terms)
            )
        case Move.MARK_DUPLICATE:
            assert order.original is not None
            return replace(after, duplicate_of=order.original.code, deadlines=clocks.closed(deadlines))
        case _:
            return replace(after, deadlines=clocks.closed(deadlines))


def escalate(complaint: Complaint, clock: Clock, ladder: Sequence[str], moment: Moment) -> Change:
    """A deadline passed: the next step of the ladder (names of its steps, lowest first) is told."""
    step = min(complaint.escalation + 1, len(ladder))
    deadlines = replace(complaint.deadlines, breached=complaint.deadlines.breached | {clock})
    after = replace(complaint, escalation=step, deadlines=deadlines, updated_at=moment.now)
    names = {Clock.VERIFICATION: "verifikasi", Clock.RESPONSE: "tanggapan pertama", Clock.RESOLUTION: "penyelesaian"}
    told = f" Diteruskan kepada {ladder[step - 1]}." if step else ""
    note = f"Batas waktu {names[clock]} terlewati.{told}"
    return Change(after, (Step(Happening.ESCALATED, complaint.state, complaint.state, note, clock=clock),))


def correct(
    complaint: Complaint, category: str, kind: Class, place: Place, assignment: Assignment, moment: Moment
) -> Change:
    """Corrects category or place. The agency follows from the rules; one that has the case already is told anew."""
    if complaint.state not in CORRECTABLE:
        message = f"A case that is {complaint.state} is corrected no more; transfer it instead."
        raise precondition("CORRECTION_TOO_LATE", message, state=complaint.state.value)
    after = replace(complaint, category=category, kind=kind, place=place, assignment=assignment, updated_at=moment.now)
    if category != complaint.category:
        counted = moment.clocks.recounted(complaint.deadlines, complaint.created_at, moment.terms)
        after = replace(after, deadlines=counted)
    steps = [Step(Happening.CORRECTED, complaint.state, complaint.state)]
    if complaint.state in {State.ASSIGNED, State.REOPENED}:
        if assignment.agency != complaint.agency:
            running = moment.clocks.assigned(after.deadlines, moment.now, moment.terms)
            after = replace(after, state=State.ASSIGNED, escalation=0, deadlines=running)
        steps.append(Step(Happening.ASSIGNED, complaint.state, after.state))
    return Change(after, tuple(steps))


def release(complaint: Complaint, public_text: str, moment: Moment) -> Change:
    """Lets the public read these words; empty takes them back."""
    after = replace(complaint, public_text=public_text, updated_at=moment.now)
    return Change(after, (Step(Happening.RELEASED, complaint.state, complaint.state),))


def _check_note(move: Move, note: str) -> None:
    if move in _NOTE_WANTED and not note:
        raise invalid("NOTE_REQUIRED", _NOTE_WANTED[move], field="note")


def _check_evidence(order: Order) -> None:
    if not order.refusal and not order.photos:
        message = (
            "A resolution needs at least one photo as evidence: upload it to the case and name its id in `photos`. "
            "If nothing can be done, set `refusal` and give the reason in `note`."
        )
        raise invalid("EVIDENCE_REQUIRED", message, field="photos")


def _check_reopening(complaint: Complaint, now: datetime) -> None:
    until = complaint.deadlines.reopen_until
    if until is None:
        raise precondition("INVALID_TRANSITION", "Only a resolved case can be reopened.", state=complaint.state.value)
    if now > until:
        message = "The time to reopen this case is over; file a new complaint and name this code in it."
        raise precondition("REOPEN_WINDOW_PASSED", message, until=until.isoformat())


def _check_transfer(complaint: Complaint, order: Order) -> None:
    if order.assignment is None:
        raise invalid("AGENCY_REQUIRED", "Name the agency that shall have the case in `agency`.", field="agency")
    if order.assignment.agency == complaint.agency:
        raise invalid("AGENCY_SAME", f"{complaint.agency} already has this case; name another agency.", field="agency")


def _check_original(complaint: Complaint, original: Complaint | None) -> None:
    if original is None:
        raise invalid("DUPLICATE_OF_REQUIRED", "Name the other case in `duplicate_of`.", field="duplicate_of")
    if original.id == complaint.id:
        raise invalid("DUPLICATE_OF_ITSELF", "A case cannot duplicate itself.", field="duplicate_of")
    if original.state in {State.DUPLICATE, State.REJECTED, State.WITHDRAWN}:
        hint = f" Name {original.duplicate_of} instead." if original.duplicate_of else ""
        message = f"{original.code} is {original.state} and cannot stand for others.{hint}"
        raise precondition("DUPLICATE_OF_DEAD_CASE", message, field="duplicate_of", state=original.state.value)
