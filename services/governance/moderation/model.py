"""What staff put right in a complaint, and what a verifier lets the public read of it. Pure."""

from dataclasses import replace
from datetime import datetime

from services.governance.cases.model import Assignment, Class, Complaint, Location
from services.governance.records.model import CaseContext, Change, EventKind, Reviewed, Step
from services.governance.states.model import CORRECTABLE, State
from services.kit.errors import precondition


def correct(
    complaint: Complaint, category: str, kind: Class, location: Location, assignment: Assignment, context: CaseContext
) -> Change:
    """Corrects category or location. The agency follows from the rules; one that has the case already is told anew."""
    if complaint.state not in CORRECTABLE:
        message = f"A case that is {complaint.state} is corrected no more; transfer it instead."
        raise precondition("CORRECTION_TOO_LATE", message, state=complaint.state.value)
    after = replace(
        complaint, category=category, kind=kind, location=location, assignment=assignment, updated_at=context.now
    )
    if category != complaint.category:
        counted = context.calculator.recounted(complaint.deadlines, complaint.created_at, context.terms)
        after = replace(after, deadlines=counted)
    steps = [Step(EventKind.CORRECTED, complaint.state, complaint.state)]
    if complaint.state in {State.ASSIGNED, State.REOPENED}:
        if assignment.agency != complaint.agency:
            running = context.calculator.assigned(after.deadlines, context.now, context.terms)
            after = replace(after, state=State.ASSIGNED, escalation=0, deadlines=running)
        steps.append(Step(EventKind.ASSIGNED, complaint.state, after.state))
    return Change(after, tuple(steps))


def release(complaint: Complaint, public_text: str, context: CaseContext) -> Change:
    """Lets the public read these words; empty takes them back."""
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
