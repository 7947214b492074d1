"""What a case does when something fell due by itself."""

from dataclasses import replace

from services.governance.cases import store as complaints
from services.governance.cases.model import Case
from services.governance.deadlines.model import Clock
from services.governance.escalations import model
from services.governance.notifications import actions as notifications
from services.governance.notifications.model import Kind
from services.governance.records import actions as records
from services.governance.records.model import Change
from services.governance.states.model import State, Transition
from services.governance.transitions import model as transitions
from services.governance.transitions.model import TransitionInput
from services.kit.database import Transaction


async def fall_due(tx: Transaction, case: Case) -> None:
    """Does what fell due by itself: each passed deadline goes one step up the agency's ladder, the case closes, or it
    waits no longer for its reporter.
    """
    context = records.context(tx, case.complaint, case.parties)
    complaint = replace(case.complaint, deadlines=context.calculator.put_off(case.complaint.deadlines, tx.now))
    wakes = complaint.deadlines.wake
    if wakes is None or wakes >= tx.now:  # not due before the end of another day
        await complaints.update(tx, complaint)
        return
    ladder = [step.name_id for step in tx.runtime.city.ladder(complaint.agency)]
    change = Change(complaint, ())
    for clock in complaint.deadlines.passed(tx.now):
        change = _then(change, model.escalate(change.complaint, clock, ladder, context))
    closing, waiting = complaint.deadlines.auto_close, complaint.deadlines.waiting
    if waiting is not None and waiting < tx.now:
        change = _then(change, model.go_on(change.complaint, context))
    if complaint.state is State.RESOLVED and closing is not None and closing < tx.now:
        change = transitions.take(complaint, Transition.CLOSE, TransitionInput(), context)
    record = await records.save(tx, case, change, "system")
    # That a verifier looks late at evidence is no lateness of the agency's.
    late = [step.note for step in change.steps if step.clock not in (None, Clock.EVIDENCE)]
    if complaint.state is not State.CLOSED and record.complaint.state is State.CLOSED:
        await notifications.notify(tx, record.complaint, Kind.CLOSED)
    elif late:
        await notifications.notify(tx, record.complaint, Kind.ESCALATED, late[-1])


def _then(change: Change, one: Change) -> Change:
    return Change(one.complaint, (*change.steps, *one.steps))
