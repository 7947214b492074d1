"""What staff put right in a complaint, and what a verifier lets the public read of it. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime

from services.governance.cases.model import Assignment, Class, Complaint, Location
from services.governance.deadlines.model import Terms
from services.governance.records.model import CaseContext, Change, EventKind, Reviewed, Step
from services.governance.states.model import CORRECTABLE, State
from services.kit.errors import precondition


@dataclass(frozen=True)
class Sorting:
    """What a case is about and where, and the agency that the rules lead to."""

    category: str
    kind: Class
    location: Location
    assignment: Assignment


@dataclass(frozen=True)
class Owed:
    """Since when its resolution is owed (the filing, or the last reopening), and by which terms until now."""

    since: datetime
    terms: Terms


def correct(complaint: Complaint, right: Sorting, owed: Owed, ruled: str, context: CaseContext) -> Change:
    """Corrects category or location. The agency follows from the rules; one that has the case already is told anew.

    One to which it was handed over keeps it, whether it has taken the case yet or not; ``ruled`` is the agency that the
    rules led to so far.
    """
    if complaint.state not in CORRECTABLE:
        message = f"A case that is {complaint.state} is corrected no more; transfer it instead."
        raise precondition("CORRECTION_TOO_LATE", message, state=complaint.state.value)
    by_hand = complaint.assignment.rule == 0 and complaint.agency != ruled  # else it was given back to whom it belongs
    kept = by_hand or complaint.state is State.TRANSFERRED
    assignment = complaint.assignment if kept else right.assignment
    after = replace(
        complaint,
        category=right.category,
        kind=right.kind,
        location=right.location,
        assignment=assignment,
        updated_at=context.now,
    )
    if right.category != complaint.category:
        counted = context.calculator.recounted(complaint.deadlines, owed.since, owed.terms, context.terms)
        after = replace(after, deadlines=counted)
    steps = [Step(EventKind.CORRECTED, complaint.state, complaint.state)]
    if complaint.state in {State.ASSIGNED, State.REOPENED}:
        if assignment.agency != complaint.agency:
            running = context.calculator.assigned(after.deadlines, context.now, context.terms)
            after = replace(after, state=State.ASSIGNED, escalation=0, deadlines=running)
        steps.append(Step(EventKind.ASSIGNED, complaint.state, after.state))
    return Change(after, tuple(steps))


def release(complaint: Complaint, public_text: str, context: CaseContext) -> Change:
    """Lets the public read these words; empty takes them back.

    Of a case whose words were taken out for good there are none: who read them before may hold them still.

    Errors: PRECONDITION WORDS_TAKEN_OUT.
    """
    if public_text and complaint.redacted_at is not None:
        message = "Its words were taken out for good, so that no words of it are made public; photos still can be."
        raise precondition("WORDS_TAKEN_OUT", message, field="public_text")
    after = replace(complaint, public_text=public_text, updated_at=context.now)
    return Change(after, (Step(EventKind.RELEASED, complaint.state, complaint.state),))


def review(complaint: Complaint, shown: int, withheld: int, now: datetime) -> Change:
    """So many photos of its evidence were shown to the public, and so many withheld."""
    step = Step(EventKind.EVIDENCE_REVIEWED, complaint.state, complaint.state, evidence=Reviewed(shown, withheld))
    return Change(replace(complaint, updated_at=now), (step,))


def hide(complaint: Complaint, context: CaseContext) -> Complaint:
    """The complaint kept from the public, who shall see no evidence of it either."""
    return replace(complaint, secret=True, deadlines=context.calculator.evidence_reviewed(complaint.deadlines))


def hidden(complaint: Complaint, context: CaseContext) -> Change:
    """The same of a case that is otherwise as it was."""
    after = replace(hide(complaint, context), updated_at=context.now)
    return Change(after, (Step(EventKind.CORRECTED, complaint.state, complaint.state),))
