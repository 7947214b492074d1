"""A proposal: its states, who answers it, and what it is linked to. Pure rules."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

from services.kit import codes
from services.kit.errors import DomainError, invalid, precondition
from services.society.processes.model import Phase, Process

LENGTH = 7
"""Characters of a code, the check character included."""
MOST_WAITING = 500
"""Proposals of a process that wait for an officer."""
A_PERSON = 10
"""Proposals of one login in a process, and of one network without logins in a process and a day."""
MOST_LINKS = 20
"""Things that a proposal is linked to."""
KEPT = timedelta(days=30)
"""For how long the words of what was taken back or kept back are kept."""
TOGETHER = timedelta(days=7)
"""Longer than two versions run beside each other."""
NETWORK_KEPT = timedelta(days=2)
"""For how long it is known from which network a proposal or support came."""


class State(Enum):
    """What became of it."""

    WAITING = "waiting"
    REFUSED = "refused"
    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    CHOSEN = "chosen"
    NOT_CHOSEN = "not_chosen"


HIDDEN = frozenset({State.WAITING, State.REFUSED})
"""What the author and the agency alone see, as they do what was over before it was published: see ``is_hidden``."""
ENDED = frozenset({State.MERGED, State.WITHDRAWN})
"""Where it can have come without having been published."""
LISTED = (
    State.OPEN, State.ACCEPTED, State.CHOSEN, State.NOT_CHOSEN, State.DECLINED, State.IN_PROGRESS, State.DONE,
)  # fmt: skip
UNANSWERED = frozenset({State.WAITING, State.OPEN})


class StepKind(Enum):
    """What happened."""

    MADE = "made"
    PUBLISHED = "published"
    REFUSED = "refused"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"
    CARRIED_ON = "carried_on"
    REPORTED = "reported"
    FINISHED = "finished"
    CLEANED_UP = "cleaned_up"
    PAID = "paid"
    RESOLVED = "resolved"
    CHOSEN = "chosen"
    NOT_CHOSEN = "not_chosen"
    PERMITTED = "permitted"

    @classmethod
    def _missing_(cls, value: object) -> "StepKind":
        """What a later version writes while it is rolled out is news of the work, and no page fails over it."""
        return cls.REPORTED


WORK = ("complaint", "cleanup")
"""Kinds of links whose end is that of work."""


class LinkKind(Enum):
    """What a proposal may be linked to."""

    COMPLAINT = "complaint"
    CLEANUP = "cleanup"
    PAYMENT = "payment"
    PERMIT = "permit"


@dataclass(frozen=True)
class Proposal:
    """One of them. Times are UTC; ``version`` counts its changes, of which support is none."""

    id: UUID
    version: int
    code: str
    process: UUID
    agency: str
    state: State
    title: str
    words: str
    area: str
    lon: float | None
    lat: float | None
    cost: int
    """In whole units of the city's currency; 0 where nobody said."""
    author: bytes | None
    """Keyed digest of the author's login, once they are erased of this proposal alone; None for who has the key."""
    network: bytes | None
    """Keyed digest of the network and the day, of authors without a login; forgotten after two days."""
    supporters: int
    created_at: datetime
    updated_at: datetime
    due_at: datetime | None
    """When it is to be answered at the latest; None once it is."""
    answer: str = ""
    answered_at: datetime | None = None
    merged_into: UUID | None = None
    ballot: UUID | None = None
    """That decided on it."""
    approvals: int = 0
    """How many approved of it there."""
    votes: int = 0
    """How many voted there."""
    never_shown: bool = False
    """It was taken back or joined to another before anybody but its author and the agency saw it."""


@dataclass(frozen=True)
class Step:
    """Something that happened to a proposal."""

    id: UUID
    proposal: UUID
    kind: StepKind
    state: State
    agency: str
    by: str
    """Subject of the officer; empty where none did it."""
    note: str
    reference: str
    at: datetime


_REVIEWS = {
    State.OPEN: (StepKind.PUBLISHED, frozenset({State.WAITING, State.REFUSED})),
    State.REFUSED: (StepKind.REFUSED, frozenset({State.WAITING, State.OPEN})),
    State.ACCEPTED: (StepKind.ACCEPTED, frozenset({State.OPEN, State.DECLINED, State.NOT_CHOSEN})),
    State.DECLINED: (StepKind.DECLINED, frozenset({State.OPEN, State.ACCEPTED, State.CHOSEN})),
}
"""What an officer may answer: what happened then, and from which states."""
_CARRIED = frozenset({State.ACCEPTED, State.CHOSEN})
_REPORTED = frozenset({State.ACCEPTED, State.CHOSEN, State.IN_PROGRESS, State.DONE})
_LAST = (
    frozenset(State) - UNANSWERED - _CARRIED - _REPORTED - {one for _, before in _REVIEWS.values() for one in before}
)
LEFT = (_LAST - {State.MERGED}) | {State.WAITING, State.REFUSED}
"""In which nothing need stay known of an author who is erased: no officer leads it anywhere from there, or not without
its words, which go along. Of all others it stays known who may not decide on it, or on what it was joined to.
"""


def new_code(prefix: str) -> str:
    """A code that nobody guesses wrongly: its last character checks the others."""
    return codes.new(f"{prefix}U", LENGTH)


def parse_code(prefix: str, text: str) -> str | None:
    """The code that somebody typed, as it is shown; None when it is none."""
    return codes.parse(f"{prefix}U", text)


def require_collecting(process: Process, now: datetime) -> None:
    """Lets proposals in while they are taken: not after the last moment, though the timer has not been since. Errors:
    PROCESS_NOT_COLLECTING.
    """
    if process.phase is not Phase.COLLECT or (process.due_at is not None and process.due_at <= now):
        message = "This process takes no proposals now; its page says in which phase it is."
        raise precondition("PROCESS_NOT_COLLECTING", message, state=process.phase.value)


def made_enough(*, named: bool) -> DomainError:
    """Somebody with a login has made as many as they may, or all without one behind a network have today."""
    if named:
        message = f"You have made {A_PERSON} proposals in this process; support others now."
        return precondition("OWN_PROPOSALS_FULL", message)
    message = f"{A_PERSON} proposals without a login came from this network today. Log in, or propose tomorrow."
    return precondition("NETWORK_PROPOSALS_FULL", message)


def require_affordable(process: Process, cost: int) -> None:
    """Refuses what costs more than there is. Errors: PROPOSAL_TOO_COSTLY."""
    if process.budget and cost > process.budget:
        message = f"The budget of this process is {process.budget:,}; propose what costs no more."
        raise invalid("PROPOSAL_TOO_COSTLY", message, field="cost")


def require_unvoted(one: Proposal, process: Process, to: State | None = None, *, voted: bool = False) -> None:
    """Lets nothing come to a ballot that is held, or leave it; what a vote decided stays where it binds, and what was
    not on its ballot comes not past it. ``to`` is what it is to become, ``voted`` whether a counted ballot has decided
    on proposals of the process. Errors: PROCESS_VOTING.
    """
    if process.held and State.ACCEPTED in (one.state, to):
        message = "The vote has begun: what it is about stays as it is until it is counted."
        raise precondition("PROCESS_VOTING", message, state=one.state.value)
    if to is not None and (one.state in (State.CHOSEN, State.NOT_CHOSEN) or (voted and to is State.ACCEPTED)):
        _require_unbound(one, process)


def require_decided(one: Proposal, process: Process, *, voted: bool) -> None:
    """Lets what is accepted be carried out only where no vote lies ahead, and none binds that was not about it.

    Errors: PROPOSAL_UNDECIDED, PROCESS_VOTING.
    """
    if one.state is not State.ACCEPTED:
        return
    if process.votes and not process.phase.after(Phase.VOTE):
        message = "Residents vote on it first; it is carried out if they choose it."
        raise precondition("PROPOSAL_UNDECIDED", message, state=one.state.value)
    if voted:
        _require_unbound(one, process)


def _require_unbound(one: Proposal, process: Process) -> None:
    """Lets only pass where a vote advises. Errors: PROCESS_VOTING."""
    if not process.advisory:
        message = f"The vote binds by {process.regulation}: its result stays."
        raise precondition("PROCESS_VOTING", message, state=one.state.value)


def priced(one: Proposal, process: Process, cost: int) -> Proposal:
    """It with what officers reckon that it costs; 0: as its author does. Errors: PROPOSAL_TOO_COSTLY,
    PROPOSAL_COST_REQUIRED.
    """
    made = replace(one, cost=cost or one.cost)
    require_affordable(process, made.cost)
    if process.votes and process.budget and not made.cost:
        message = "Residents vote on a budget, so say what it costs."
        raise invalid("PROPOSAL_COST_REQUIRED", message, field="cost")
    return made


def voted(one: Proposal, ballot: UUID, approvals: int, votes: int, chosen: bool, now: datetime) -> Proposal:
    """A counted ballot chose it, or did not."""
    made = _changed(one, State.CHOSEN if chosen else State.NOT_CHOSEN, now)
    return replace(made, ballot=ballot, approvals=approvals, votes=votes)


def review(one: Proposal, to: State, note: str, now: datetime, due: datetime) -> tuple[Proposal, StepKind]:
    """An officer answers; what is published after it was kept back is to be answered until ``due``.

    Errors: PROPOSAL_STATE_UNKNOWN, INVALID_TRANSITION.
    """
    if to not in _REVIEWS:
        message = "An answer publishes, keeps back, accepts or declines: open, refused, accepted, declined."
        raise invalid("PROPOSAL_STATE_UNKNOWN", message, field="state")
    kind, before = _REVIEWS[to]
    if one.state not in before or (to is State.OPEN and not one.words):  # those are forgotten
        raise _over(one)
    until = (one.due_at or due) if to is State.OPEN else None
    return replace(_changed(one, to, now), answer=note, answered_at=now, due_at=until), kind


def withdraw(one: Proposal, now: datetime) -> Proposal:
    """Its author takes it back. Errors: INVALID_TRANSITION."""
    if one.state not in UNANSWERED:
        raise _over(one)
    return replace(_changed(one, State.WITHDRAWN, now), due_at=None, never_shown=is_hidden(one))


def merge(one: Proposal, into: Proposal, note: str, now: datetime) -> Proposal:
    """It is joined to another. Errors: PROPOSAL_MERGE_INVALID, INVALID_TRANSITION."""
    if one.state not in UNANSWERED:
        raise _over(one)
    if one.id == into.id or one.process != into.process or into.state not in (State.OPEN, State.ACCEPTED):
        message = "Name another proposal of the same process that is open or accepted."
        raise invalid("PROPOSAL_MERGE_INVALID", message, field="into")
    made = _changed(one, State.MERGED, now)
    return replace(
        made, merged_into=into.id, answer=note, answered_at=now, due_at=None, never_shown=is_hidden(one)
    )  # fmt: skip


def carry(one: Proposal, process: Process, kind: str, inside: bool, now: datetime, due: datetime) -> Proposal:
    """It goes on in the next process, open to support there, to be answered until ``due``. ``kind`` is that which
    follows, ``inside`` whether its area lies in that of the process.

    Errors: PROPOSAL_CARRY_INVALID, INVALID_TRANSITION.
    """
    if one.state not in _CARRIED:
        raise _over(one)
    if process.id == one.process or process.kind != kind or not kind or not inside:
        message = "It goes on in a process of the next kind whose area holds its own; /v1/process-kinds says which."
        raise invalid("PROPOSAL_CARRY_INVALID", message, field="process")
    if process.phase not in (Phase.COLLECT, Phase.REVIEW):
        message = "That process takes in nothing more; name one that collects or is under review."
        raise invalid("PROPOSAL_CARRY_INVALID", message, field="process")
    made = replace(_changed(one, State.OPEN, now), process=process.id, agency=process.agency)
    return replace(made, ballot=None, approvals=0, votes=0, due_at=due)


def report(one: Proposal, finished: bool, now: datetime) -> tuple[Proposal, StepKind]:
    """An officer tells how it is carried out. Errors: INVALID_TRANSITION."""
    if one.state not in _REPORTED:
        raise _over(one)
    kind = StepKind.FINISHED if finished else StepKind.REPORTED
    return _changed(one, State.DONE if finished else State.IN_PROGRESS, now), kind


def heard(one: Proposal, now: datetime) -> Proposal:
    """Something that it is linked to has come to its end."""
    return _changed(one, one.state, now)


def finished(one: Proposal, now: datetime) -> Proposal | None:
    """All work that it is linked to has ended: it is carried out; None where it is not being carried out."""
    return _changed(one, State.DONE, now) if one.state is State.IN_PROGRESS else None


def is_hidden(one: Proposal) -> bool:
    """Whether its author and the agency alone see it."""
    return one.state in HIDDEN or one.never_shown


def may_support(one: Proposal) -> bool:
    """Whether support counts: while it is open, or accepted and not decided on."""
    return one.state in (State.OPEN, State.ACCEPTED)


def _changed(one: Proposal, state: State, now: datetime) -> Proposal:
    return replace(one, state=state, version=one.version + 1, updated_at=now)


def _over(one: Proposal) -> DomainError:
    message = f"The proposal is {one.state.value}, which does not allow this."
    return precondition("INVALID_TRANSITION", message, state=one.state.value)
