"""What a deadline that passed does to a complaint. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from services.governance.cases.model import Complaint
from services.governance.deadlines.model import Clock
from services.governance.records.model import CaseContext, Change, EventKind, Step
from services.governance.states.model import State

_NAMES = {
    Clock.VERIFICATION: "verifikasi",
    Clock.RESPONSE: "tanggapan pertama",
    Clock.RESOLUTION: "penyelesaian",
    Clock.EVIDENCE: "pemeriksaan bukti",
}
_UNANSWERED = "Pelapor belum menjawab. Penanganan dilanjutkan tanpa jawaban; jawaban tetap diterima."


def escalate(complaint: Complaint, clock: Clock, ladder: Sequence[str], context: CaseContext) -> Change:
    """A deadline passed: the next step of the ladder (names of its steps, lowest first) is told.

    It is the agency's: nobody of it answers for evidence that a verifier has not looked at.
    """
    verifiers = clock is Clock.EVIDENCE
    step = complaint.escalation if verifiers else min(complaint.escalation + 1, len(ladder))
    deadlines = replace(complaint.deadlines, breached=complaint.deadlines.breached | {clock})
    after = replace(complaint, escalation=step, deadlines=deadlines, updated_at=context.now)
    told = f" Diteruskan kepada {ladder[step - 1]}." if step and not verifiers else ""
    note = f"Batas waktu {_NAMES[clock]} terlewati.{told}"
    return Change(after, (Step(EventKind.ESCALATED, complaint.state, complaint.state, note, clock=clock),))


def go_on(complaint: Complaint, context: CaseContext) -> Change:
    """The reporter has not answered in time: the agency has the case again, with the working time that was left."""
    going = context.calculator.resumed(complaint.deadlines, context.now)
    after = replace(complaint, state=State.IN_PROGRESS, deadlines=going, updated_at=context.now)
    return Change(after, (Step(EventKind.STATUS_CHANGED, complaint.state, after.state, _UNANSWERED),))
