"""What each transition asks for and does to a complaint.

Pure: given a complaint, answers with the complaint after and what happened.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.governance.cases.model import Assignment, Complaint, is_open
from services.governance.history.model import Entry
from services.governance.records.model import CaseContext, Change, EventKind, Step, question_open
from services.governance.states.model import EDGES, Party, State, Transition, allowed
from services.kit.errors import forbidden, invalid, precondition

_NOTE_WANTED = {
    Transition.ASK: "Put the question to the reporter into `note`.",
    Transition.REJECT: "Say in `note` why the city does not take it up.",
    Transition.TRANSFER: "Say in `note` why another agency has to do it.",
    Transition.RESOLVE: "Say in `note` what was done, or why nothing can be done.",
    Transition.DECLINE: "Say in `note` why your agency cannot do it.",
}
_KINDS = {
    Transition.ASSIGN: EventKind.ASSIGNED,
    Transition.DECLINE: EventKind.ASSIGNED,
    Transition.RESOLVE: EventKind.RESOLVED,
    Transition.REOPEN: EventKind.REOPENED,
    Transition.RATE: EventKind.RATED,
}


@dataclass(frozen=True)
class TransitionInput:
    """What a transition needs beside the complaint. `photos`: checked evidence; `assignment`: where it shall go."""

    note: str = ""
    photos: tuple[UUID, ...] = ()
    refusal: bool = False
    assignment: Assignment | None = None
    original: Complaint | None = None
    rating: int = 0


def require(complaint: Complaint, transition: Transition, parties: frozenset[Party]) -> None:
    """Refuses a transition that the state table does not give them, and to withdraw what is not theirs alone."""
    edge = EDGES.get((complaint.state, transition))
    if edge is not None and edge.by & parties:
        if transition is Transition.WITHDRAW and complaint.supporters:
            message = "Others stand behind this case: it goes on for them. You can end your mails or erase your words."
            raise precondition("COMPLAINT_SUPPORTED", message, supporters=str(complaint.supporters))
        return
    can = ", ".join(allowed(complaint.state, parties)) or "none"
    details = {"state": complaint.state.value, "allowed": can, "field": "transition"}
    if edge is not None:
        takers = " or ".join(sorted(edge.by))
        raise forbidden("MOVE_NOT_YOURS", f"Only {takers} can {transition} this case. You can: {can}.", **details)
    message = f"A case that is {complaint.state} cannot {transition}. Moves you can make now: {can}."
    raise precondition("INVALID_TRANSITION", message, **details)


def require_question(complaint: Complaint, history: Sequence[Entry]) -> None:
    """Refuses an answer where nothing was asked. Errors: QUESTION_NOT_OPEN."""
    if not question_open(complaint.state, history):
        message = "No question waits for an answer: it was answered, or nothing was asked."
        raise precondition("QUESTION_NOT_OPEN", message, state=complaint.state.value)


def take(complaint: Complaint, transition: Transition, given: TransitionInput, context: CaseContext) -> Change:
    """Takes one edge of the state table. Errors: INVALID_TRANSITION, MOVE_NOT_YOURS, those of the transition."""
    require(complaint, transition, context.parties)
    _check_note(transition, given.note)
    match transition:
        case Transition.VERIFY:
            return _verify(complaint, given, context)
        case Transition.RESOLVE:
            _check_evidence(given)
        case Transition.REOPEN:
            _check_reopening(complaint, context.now)
        case Transition.TRANSFER:
            _check_transfer(complaint, given)
        case Transition.DECLINE:
            _check_declining(given)
        case Transition.MARK_DUPLICATE:
            _check_original(complaint, given.original)
        case _:
            pass
    return _along(complaint, transition, given, context)


def _verify(complaint: Complaint, given: TransitionInput, context: CaseContext) -> Change:
    verified = replace(complaint, state=State.VERIFIED, updated_at=context.now)
    first = Step(EventKind.STATUS_CHANGED, complaint.state, State.VERIFIED, given.note)
    assigned = _along(verified, Transition.ASSIGN, replace(given, note=""), context)
    return Change(assigned.complaint, (first, *assigned.steps))


def _along(complaint: Complaint, transition: Transition, given: TransitionInput, context: CaseContext) -> Change:
    after = replace(complaint, state=EDGES[complaint.state, transition].to, updated_at=context.now)
    if transition is not Transition.REPLY or complaint.state is State.WAITING_FOR_REPORTER:  # else its clocks go on
        after = _effects(after, transition, given, context)
    # What the reporter writes is theirs: the public reads it only if a verifier puts it into the released words.
    public = transition not in {Transition.REPLY, Transition.REOPEN, Transition.RATE}
    kind = _KINDS.get(transition, EventKind.STATUS_CHANGED)
    return Change(after, (Step(kind, complaint.state, after.state, given.note, public, given.photos),))


def _effects(after: Complaint, transition: Transition, given: TransitionInput, context: CaseContext) -> Complaint:
    now, calculator, terms, deadlines = context.now, context.calculator, context.terms, after.deadlines
    match transition:
        case Transition.ASSIGN:
            assignment = given.assignment or after.assignment
            # Whoever owes a first answer already has no more time for it by taking the case over.
            owes = assignment.agency == after.agency and deadlines.response is not None
            running = deadlines if owes else calculator.assigned(deadlines, now, terms)
            return replace(after, assignment=assignment, handed_by="", deadlines=running)
        case Transition.DECLINE:
            assert given.assignment is not None
            running = calculator.assigned(deadlines, now, terms)
            return replace(after, assignment=given.assignment, handed_by="", deadlines=running)
        case Transition.TRANSFER:
            assert given.assignment is not None
            running = calculator.assigned(calculator.resumed(deadlines, now), now, terms)
            # Handed on by who has not taken it, it still goes back to whoever had it last.
            by = after.handed_by or after.agency
            return replace(after, assignment=given.assignment, handed_by=by, escalation=0, deadlines=running)
        case Transition.START | Transition.REPLY | Transition.GO_ON:
            return replace(after, deadlines=calculator.responded(calculator.resumed(deadlines, now)))
        case Transition.ASK:
            return replace(after, deadlines=calculator.asked(deadlines, now, terms))
        case Transition.RESOLVE:
            due = deadlines.resolution
            # Waiting stands still: whoever resolves out of it had time left.
            on_time = due is None or now <= due
            return replace(
                after,
                resolved_at=now,
                on_time=on_time,
                refusal=given.refusal,
                deadlines=calculator.resolved(deadlines, now, terms),
            )
        case Transition.RATE:
            return replace(after, rating=given.rating, deadlines=calculator.closed(deadlines))
        case Transition.REOPEN:
            return replace(
                after,
                rating=0,
                resolved_at=None,
                on_time=False,
                refusal=False,
                deadlines=calculator.reopened(deadlines, now, terms),
            )
        case Transition.MARK_DUPLICATE:
            assert given.original is not None
            return replace(after, duplicate_of=given.original.code, deadlines=calculator.closed(deadlines))
        case _:
            return replace(after, deadlines=calculator.closed(deadlines))


def _check_note(transition: Transition, note: str) -> None:
    if transition in _NOTE_WANTED and not note:
        raise invalid("NOTE_REQUIRED", _NOTE_WANTED[transition], field="note")


def _check_evidence(given: TransitionInput) -> None:
    if not given.refusal and not given.photos:
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


def _check_transfer(complaint: Complaint, given: TransitionInput) -> None:
    if given.assignment is None:
        raise invalid("AGENCY_REQUIRED", "Name the agency that shall have the case in `agency`.", field="agency")
    if given.assignment.agency == complaint.agency:
        raise invalid("AGENCY_SAME", f"{complaint.agency} already has this case; name another agency.", field="agency")


def _check_declining(given: TransitionInput) -> None:
    if given.assignment is None:
        message = "Nobody knows which agency handed this case over. Transfer it to the one that has to do it."
        raise precondition("NOBODY_HANDED_OVER", message)


def _check_original(complaint: Complaint, original: Complaint | None) -> None:
    if original is None:
        raise invalid("DUPLICATE_OF_REQUIRED", "Name the other case in `duplicate_of`.", field="duplicate_of")
    if original.id == complaint.id:
        raise invalid("DUPLICATE_OF_ITSELF", "A case cannot duplicate itself.", field="duplicate_of")
    if original.exercise is not complaint.exercise:
        message = "A drill and what is real are never the same matter."
        raise precondition("DRILL_NOT_REAL", message, field="duplicate_of")
    if original.secret:  # whoever reported this one would learn of it, be theirs secret too
        message = "Nobody may be led to a secret case. Reject this one with a reason instead."
        raise precondition("DUPLICATE_OF_SECRET_CASE", message, field="duplicate_of")
    if not is_open(original):  # whoever is led there would find nothing that goes on, and not be the one to reopen it
        hint = f" Name {original.duplicate_of} instead." if original.duplicate_of else ""
        message = f"{original.code} is {original.state} and cannot stand for others; only an open case can.{hint}"
        raise precondition("DUPLICATE_OF_DEAD_CASE", message, field="duplicate_of", state=original.state.value)
