"""A complaint, its states, and who may move it where. Pure: no I/O, no clock of its own, no protobuf."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.governance.complaints.clocks import Deadlines


class State(StrEnum):
    """Where a complaint stands."""

    FILED = "filed"
    VERIFIED = "verified"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    WAITING_FOR_REPORTER = "waiting_for_reporter"
    RESOLVED = "resolved"
    CLOSED = "closed"
    REJECTED = "rejected"
    TRANSFERRED = "transferred"
    DUPLICATE = "duplicate"
    REOPENED = "reopened"
    WITHDRAWN = "withdrawn"


OPEN = frozenset(State) - {State.RESOLVED, State.CLOSED, State.REJECTED, State.DUPLICATE, State.WITHDRAWN}
"""States in which the city still owes something."""

CORRECTABLE = frozenset({State.FILED, State.VERIFIED, State.ASSIGNED, State.TRANSFERRED, State.REOPENED})
"""States in which category and place can be corrected: nobody works on it yet."""


class Class(StrEnum):
    """Which clocks run (SP4N-LAPOR)."""

    ORDINARY = "ordinary"
    SUPERVISORY = "supervisory"
    INFORMATION = "information"
    ASPIRATION = "aspiration"


class Channel(StrEnum):
    """How a complaint reached the city; demo is seeded data."""

    PORTAL = "portal"
    API = "api"
    DEMO = "demo"


class Move(StrEnum):
    """A way to go from one state to another."""

    VERIFY = "verify"
    ASSIGN = "assign"
    START = "start"
    ASK = "ask"
    RESOLVE = "resolve"
    CLOSE = "close"
    REJECT = "reject"
    TRANSFER = "transfer"
    MARK_DUPLICATE = "mark_duplicate"
    RATE = "rate"
    REOPEN = "reopen"
    REPLY = "reply"
    WITHDRAW = "withdraw"


class Party(StrEnum):
    """What somebody is to one case. Nobody in particular is the public."""

    REPORTER = "reporter"
    AGENCY = "agency"
    VERIFIER = "verifier"
    SYSTEM = "system"


@dataclass(frozen=True)
class Edge:
    """An edge of the state table: where it leads and who may take it."""

    to: State
    by: frozenset[Party]


_REPORTER = frozenset({Party.REPORTER})
_VERIFIER = frozenset({Party.VERIFIER})
_DESK = frozenset({Party.AGENCY, Party.VERIFIER})
_CITY = _DESK | {Party.SYSTEM}
_TIMED = frozenset({Party.VERIFIER, Party.SYSTEM})


def _edges() -> dict[tuple[State, Move], Edge]:
    s, m = State, Move
    table = {
        s.FILED: {
            m.VERIFY: Edge(s.VERIFIED, _VERIFIER),
            m.REJECT: Edge(s.REJECTED, _VERIFIER),
            m.MARK_DUPLICATE: Edge(s.DUPLICATE, _VERIFIER),
            m.WITHDRAW: Edge(s.WITHDRAWN, _REPORTER),
        },
        s.VERIFIED: {
            m.ASSIGN: Edge(s.ASSIGNED, _TIMED),
            m.REJECT: Edge(s.REJECTED, _VERIFIER),
            m.MARK_DUPLICATE: Edge(s.DUPLICATE, _VERIFIER),
            m.WITHDRAW: Edge(s.WITHDRAWN, _REPORTER),
        },
        s.ASSIGNED: {
            m.START: Edge(s.IN_PROGRESS, _CITY),
            m.ASK: Edge(s.WAITING_FOR_REPORTER, _DESK),
            m.RESOLVE: Edge(s.RESOLVED, _CITY),
            m.REJECT: Edge(s.REJECTED, _VERIFIER),
            m.TRANSFER: Edge(s.TRANSFERRED, _DESK),
            m.MARK_DUPLICATE: Edge(s.DUPLICATE, _DESK),
            m.WITHDRAW: Edge(s.WITHDRAWN, _REPORTER),
        },
        s.IN_PROGRESS: {
            m.ASK: Edge(s.WAITING_FOR_REPORTER, _DESK),
            m.RESOLVE: Edge(s.RESOLVED, _CITY),
            m.TRANSFER: Edge(s.TRANSFERRED, _DESK),
            m.MARK_DUPLICATE: Edge(s.DUPLICATE, _DESK),
            m.WITHDRAW: Edge(s.WITHDRAWN, _REPORTER),
        },
        s.WAITING_FOR_REPORTER: {
            m.REPLY: Edge(s.IN_PROGRESS, _REPORTER),
            m.START: Edge(s.IN_PROGRESS, _CITY),  # the agency goes on without an answer
            m.RESOLVE: Edge(s.RESOLVED, _CITY),
            m.TRANSFER: Edge(s.TRANSFERRED, _DESK),
            m.MARK_DUPLICATE: Edge(s.DUPLICATE, _DESK),
            m.WITHDRAW: Edge(s.WITHDRAWN, _REPORTER),
        },
        s.RESOLVED: {
            m.RATE: Edge(s.CLOSED, _REPORTER),
            m.REOPEN: Edge(s.REOPENED, _REPORTER),
            m.CLOSE: Edge(s.CLOSED, _TIMED),
        },
        s.CLOSED: {
            m.REOPEN: Edge(s.REOPENED, _REPORTER),  # whoever rated badly may still insist, within the window
        },
        s.TRANSFERRED: {
            m.ASSIGN: Edge(s.ASSIGNED, _DESK),  # the other agency takes it
            m.REJECT: Edge(s.REJECTED, _VERIFIER),
            m.TRANSFER: Edge(s.TRANSFERRED, _DESK),  # or hands it on
            m.MARK_DUPLICATE: Edge(s.DUPLICATE, _DESK),
            m.WITHDRAW: Edge(s.WITHDRAWN, _REPORTER),
        },
        s.REOPENED: {
            m.ASSIGN: Edge(s.ASSIGNED, _VERIFIER),
            m.START: Edge(s.IN_PROGRESS, _CITY),
            m.ASK: Edge(s.WAITING_FOR_REPORTER, _DESK),
            m.RESOLVE: Edge(s.RESOLVED, _CITY),
            m.TRANSFER: Edge(s.TRANSFERRED, _DESK),
            m.MARK_DUPLICATE: Edge(s.DUPLICATE, _DESK),
            m.WITHDRAW: Edge(s.WITHDRAWN, _REPORTER),
        },
        s.REJECTED: {},
        s.DUPLICATE: {},
        s.WITHDRAWN: {},
    }
    return {(state, move): edge for state, moves in table.items() for move, edge in moves.items()}


EDGES: Mapping[tuple[State, Move], Edge] = _edges()
"""The one state table. What is not in it is refused."""


@dataclass(frozen=True)
class Place:
    """Where it is. `area` is the Kemendagri code of a kelurahan or desa, empty when not known; WGS 84 degrees."""

    area: str = ""
    lon: float | None = None
    lat: float | None = None
    landmark: str = ""


@dataclass(frozen=True)
class Assignment:
    """Which agency has it and why. `rule` counts from 1 in the profile's order; 0 after a hand-made choice."""

    agency: str
    rule: int
    why_id: str
    why_en: str


@dataclass(frozen=True)
class Complaint:
    """One matter that a citizen brought to the city. Times are UTC."""

    id: UUID
    code: str
    version: int
    state: State
    kind: Class
    category: str
    place: Place
    text: str
    assignment: Assignment
    deadlines: Deadlines
    channel: Channel
    created_at: datetime
    updated_at: datetime
    link_hash: bytes
    reporter: str = ""
    """Subject of the login that filed it; empty without account."""
    secret: bool = False
    anonymous: bool = False
    exercise: bool = False
    public_text: str = ""
    escalation: int = 0
    supporters: int = 0
    rating: int = 0
    duplicate_of: str = ""
    """Code of the other complaint."""
    resolved_at: datetime | None = None
    on_time: bool = False
    refusal: bool = False

    @property
    def agency(self) -> str:
        """Id of the agency that has it."""
        return self.assignment.agency

    @property
    def released(self) -> bool:
        """Whether a verifier let the public read its words."""
        return bool(self.public_text)


def moves(complaint: Complaint, parties: frozenset[Party]) -> list[Move]:
    """What these parties may do with the complaint now, in the order of the table."""
    return [move for (state, move), edge in EDGES.items() if state is complaint.state and edge.by & parties]


def is_open(complaint: Complaint) -> bool:
    """Whether the city still owes something."""
    return complaint.state in OPEN
