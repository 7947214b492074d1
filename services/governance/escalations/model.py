"""What a deadline that passed does to a complaint. The portal knows the notes of here. Pure."""

from dataclasses import replace

from services.governance.cases.model import Complaint
from services.governance.deadlines.model import Clock
from services.governance.records.model import CaseContext, Change, EventKind, Step
from services.governance.states.model import State, Transition
from services.governance.transitions.model import TransitionInput, take

_NAMES = {
    Clock.VERIFICATION: "verifikasi",
    Clock.RESPONSE: "tanggapan pertama",
    Clock.RESOLUTION: "penyelesaian",
    Clock.EVIDENCE: "pemeriksaan bukti",
}
_OF_VERIFIERS = frozenset({Clock.VERIFICATION, Clock.EVIDENCE})
"""What is no lateness of the agency's, so that the history does not say how far up the agency it goes."""
_UNANSWERED = "Pelapor belum menjawab. Penanganan dilanjutkan tanpa jawaban; jawaban tetap diterima."


def escalate(complaint: Complaint, clock: Clock, highest: int, context: CaseContext) -> Change:
    """A deadline passed: the next step of the agency's ladder, of `highest` steps, is reached. Nobody is told by that.

    It is the agency's: nobody of it answers for evidence that a verifier has not looked at.
    """
    verifiers = clock is Clock.EVIDENCE
    step = complaint.escalation if verifiers else min(complaint.escalation + 1, highest)
    deadlines = replace(complaint.deadlines, breached=complaint.deadlines.breached | {clock})
    after = replace(complaint, escalation=step, deadlines=deadlines, updated_at=context.now)
    reached = f" Eskalasi tingkat {step}." if step and clock not in _OF_VERIFIERS else ""
    note = f"Tenggat {_NAMES[clock]} terlewati.{reached}"
    return Change(after, (Step(EventKind.ESCALATED, complaint.state, complaint.state, note, clock=clock),))


def due(complaint: Complaint, highest: int, context: CaseContext) -> Change:
    """What falls due by itself: each passed deadline goes one step up the ladder, of `highest` steps; the case closes,
    or waits no longer for its reporter, and the agency has it again with the working time that was left.
    """
    steps: list[Step] = []
    for clock in complaint.deadlines.passed(context.now):
        escalated = escalate(complaint, clock, highest, context)
        complaint = escalated.complaint
        steps += escalated.steps
    closing, waiting = complaint.deadlines.auto_close, complaint.deadlines.waiting
    if waiting is not None and waiting < context.now:
        last = take(complaint, Transition.GO_ON, TransitionInput(note=_UNANSWERED), context)
    elif complaint.state is State.RESOLVED and closing is not None and closing < context.now:
        last = take(complaint, Transition.CLOSE, TransitionInput(), context)
    else:
        return Change(complaint, tuple(steps))
    return Change(last.complaint, (*steps, *last.steps))
