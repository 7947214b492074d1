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
    """Does what fell due by itself: each passed deadline goes one step up the agency's ladder, or the case closes."""
    context = records.context(tx, case.complaint, case.parties)
    complaint = replace(case.complaint, deadlines=context.calculator.put_off(case.complaint.deadlines, tx.now))
    wakes = complaint.deadlines.wake
    if wakes is None or wakes >= tx.now:  # not due before the end of another day
        await complaints.update(tx, complaint)
        return
    ladder = [step.name_id for step in tx.runtime.city.ladder(complaint.agency)]
    change = Change(complaint, ())
    for clock in complaint.deadlines.passed(tx.now):
        one = model.escalate(change.complaint, clock, ladder, context)
        change = Change(one.complaint, (*change.steps, *one.steps))
    closing = complaint.deadlines.auto_close
    if complaint.state is State.RESOLVED and closing is not None and closing < tx.now:
        change = transitions.take(complaint, Transition.CLOSE, TransitionInput(), context)
    record = await records.save(tx, case, change, "system")
    told = [step for step in change.steps if step.clock is not Clock.EVIDENCE]  # that is no lateness of the agency's
    if told:
        kind = Kind.CLOSED if record.complaint.state is State.CLOSED else Kind.ESCALATED
        await notifications.notify(tx, record.complaint, kind, told[-1].note)
