"""The state table: where a complaint can stand, and who may take it from where to where. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


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


class Transition(StrEnum):
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
    DECLINE = "decline"
    RATE = "rate"
    REOPEN = "reopen"
    REPLY = "reply"
    GO_ON = "go_on"
    """Without the answer that was asked for."""
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
_SYSTEM = frozenset({Party.SYSTEM})


def _edges() -> dict[tuple[State, Transition], Edge]:
    s, m = State, Transition
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
            m.REPLY: Edge(s.ASSIGNED, _REPORTER),  # to what was asked before the case went on
            m.WITHDRAW: Edge(s.WITHDRAWN, _REPORTER),
        },
        s.IN_PROGRESS: {
            m.ASK: Edge(s.WAITING_FOR_REPORTER, _DESK),
            m.RESOLVE: Edge(s.RESOLVED, _CITY),
            m.TRANSFER: Edge(s.TRANSFERRED, _DESK),
            m.MARK_DUPLICATE: Edge(s.DUPLICATE, _DESK),
            m.REPLY: Edge(s.IN_PROGRESS, _REPORTER),
            m.WITHDRAW: Edge(s.WITHDRAWN, _REPORTER),
        },
        s.WAITING_FOR_REPORTER: {
            m.REPLY: Edge(s.IN_PROGRESS, _REPORTER),
            m.START: Edge(s.IN_PROGRESS, _DESK),  # the agency goes on without an answer; a truck that leaves does not
            m.GO_ON: Edge(s.IN_PROGRESS, _SYSTEM),
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
            m.REOPEN: Edge(s.REOPENED, _REPORTER),  # whoever rated badly may still do it, within the window
        },
        s.TRANSFERRED: {
            m.ASSIGN: Edge(s.ASSIGNED, _DESK),  # the other agency takes it
            m.DECLINE: Edge(s.ASSIGNED, _DESK),  # or gives it back
            m.REJECT: Edge(s.REJECTED, _VERIFIER),
            m.TRANSFER: Edge(s.TRANSFERRED, _DESK),  # or hands it on to a third
            m.MARK_DUPLICATE: Edge(s.DUPLICATE, _DESK),
            m.REPLY: Edge(s.TRANSFERRED, _REPORTER),
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
    return {(state, transition): edge for state, edges in table.items() for transition, edge in edges.items()}


EDGES: Mapping[tuple[State, Transition], Edge] = _edges()
"""The one state table. What is not in it is refused."""


def allowed(state: State, parties: frozenset[Party]) -> list[Transition]:
    """What these parties may do in this state, in the order of the table."""
    return [transition for (start, transition), edge in EDGES.items() if start is state and edge.by & parties]
