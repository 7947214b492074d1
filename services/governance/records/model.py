"""What happened to a complaint, and the complaint with everything that belongs to it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import takewhile
from uuid import UUID

from services.governance.cases.model import Complaint
from services.governance.deadlines.model import Clock, DeadlineCalculator, Terms
from services.governance.flood_cases.model import Link
from services.governance.history.model import Entry
from services.governance.photos.model import Photo
from services.governance.states.model import EDGES, Party, State, Transition

_BESIDE = frozenset({"smartcity.environment.v1.CleanupOpened"})
"""Types of lines that another pillar adds as soon as a case has come to an agency."""


class EventKind(StrEnum):
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
    REDACTED = "ComplaintRedacted"
    EVIDENCE_REVIEWED = "ComplaintEvidenceReviewed"


@dataclass(frozen=True)
class TakenOut:
    """What a redaction took out: whether the report's words, how many photos, how many notes."""

    words: bool
    photos: int
    notes: int


@dataclass(frozen=True)
class Reviewed:
    """How many photos of the evidence a verifier showed to the public, and how many they withheld."""

    shown: int
    withheld: int


@dataclass(frozen=True)
class Step:
    """One thing that happened: a line of the history, and the events that tell of it."""

    kind: EventKind
    before: State
    after: State
    note: str = ""
    public: bool = True
    photos: tuple[UUID, ...] = ()
    clock: Clock | None = None
    taken_out: TakenOut | None = None
    evidence: Reviewed | None = None

    def refuses(self, after: Complaint) -> bool:
        """Whether it is a resolution that explains why nothing can be done."""
        return self.kind is EventKind.RESOLVED and after.refusal


@dataclass(frozen=True)
class Change:
    """The complaint after, and the steps that led there."""

    complaint: Complaint
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class CaseContext:
    """Who acts on a case when, and what reckons its deadlines by which terms."""

    now: datetime
    parties: frozenset[Party]
    calculator: DeadlineCalculator
    terms: Terms


@dataclass(frozen=True)
class ExternalEvent:
    """Something that happened in another pillar and belongs into the history."""

    type: str
    by: str
    note: str = ""
    public: bool = True
    photos: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class CaseRecord:
    """A complaint, its history and what belongs to it, for somebody who is these parties to it."""

    complaint: Complaint
    parties: frozenset[Party]
    allowed: tuple[Transition, ...]
    history: tuple[Entry, ...] = ()
    photos: tuple[Photo, ...] = ()
    has_contact: bool = False
    mailed: bool = False
    """Whether a question is mailed to the reporter."""
    floods: tuple[Link, ...] = ()
    own_matter: bool = False
    """Whether it is one of the caller's at the desk, who decides nothing of it."""


@dataclass(frozen=True)
class Filter:
    """Which complaints to list; an empty field does not narrow."""

    states: tuple[State, ...] = ()
    """When empty all open ones, or with a code that case in whatever state."""
    agency: str = ""
    category: str = ""
    area: str = ""
    overdue: bool = False
    code: str = ""
    warning: str = ""
    """Only what belongs to the flood of this warning, in whatever state."""
    evidence: bool = False
    """Only with evidence that waits for a verifier; by the date of that, in whatever state."""


def question_open(state: State, history: Sequence[Entry]) -> bool:
    """Whether the reporter can still answer a question: also where the case went on before they did."""
    if (state, Transition.REPLY) not in EDGES:
        return False
    for entry in reversed(history):
        kind = entry.type.rpartition(".")[2]
        if kind in (EventKind.RESOLVED, EventKind.REOPENED):
            return False
        if kind == EventKind.STATUS_CHANGED and entry.by == Party.REPORTER:
            return False  # that was the answer
        if kind == EventKind.STATUS_CHANGED and entry.state == State.WAITING_FOR_REPORTER:
            return True
    return False


def beside(history: Sequence[Entry]) -> int:
    """How many of the last lines tell of nothing that a decision could rest on: of what the city opened by itself."""
    return sum(1 for _ in takewhile(lambda entry: entry.type in _BESIDE, reversed(history)))
