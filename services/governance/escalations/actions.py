"""What a case does when something fell due by itself."""

from dataclasses import replace

from services.governance.cases import store as complaints
from services.governance.cases.model import Case
from services.governance.deadlines.model import Clock
from services.governance.escalations import model
from services.governance.notifications import actions as notifications
from services.governance.notifications.model import Kind
from services.governance.records import actions as records
from services.governance.states.model import State
from services.kit.database import Transaction


async def fall_due(tx: Transaction, case: Case) -> None:
    """Does what fell due by itself, and tells whom it concerns."""
    context = records.context(tx, case.complaint, case.parties)
    complaint = replace(case.complaint, deadlines=context.calculator.put_off(case.complaint.deadlines, tx.now))
    wakes = complaint.deadlines.wake
    if wakes is None or wakes >= tx.now:  # not due before the end of another day
        await complaints.update(tx, complaint)
        return
    change = model.due(complaint, len(tx.runtime.city.ladder(complaint.agency)), context)
    record = await records.save(tx, case, change, "system")
    # That a verifier looks late at evidence is no lateness of the agency's.
    late = [step.note for step in change.steps if step.clock not in (None, Clock.EVIDENCE)]
    if complaint.state is not State.CLOSED and record.complaint.state is State.CLOSED:
        await notifications.notify(tx, record.complaint, Kind.CLOSED)
    elif late:
        await notifications.notify(tx, record.complaint, Kind.ESCALATED, late[-1])
