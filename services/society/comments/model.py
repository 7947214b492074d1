"""A comment: waiting, shown or kept back. Pure rules."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

from services.kit.errors import invalid, precondition
from services.society.proposals.model import HIDDEN as HIDDEN_PROPOSALS
from services.society.proposals.model import Proposal
from services.society.proposals.model import State as ProposalState

MOST_WAITING = 100
"""Comments on a proposal that wait to be read."""
A_PERSON = 5
"""Comments on a proposal that wait, of one login, and of one network without logins and a day."""
KEPT = timedelta(days=30)
"""For how long what is kept back is kept."""


class State(Enum):
    """Whether everybody sees it."""

    WAITING = "waiting"
    SHOWN = "shown"
    HIDDEN = "hidden"


@dataclass(frozen=True)
class Comment:
    """One of them. Times are UTC."""

    id: UUID
    version: int
    proposal: UUID
    code: str
    """Of the proposal."""
    agency: str
    """For which it waits: the one that answers the proposal. The database takes it along when that is carried on."""
    state: State
    words: str
    author: bytes | None
    """Keyed digest of the author's login; None without one."""
    network: bytes | None
    """Keyed digest of the network and the day, without a login; forgotten after two days."""
    note: str
    decided_by: str
    created_at: datetime
    decided_at: datetime | None = None


def require_open(proposal: Proposal) -> None:
    """Lets comments in on what everybody sees and nobody took away. Errors: COMMENTS_CLOSED."""
    if proposal.state in HIDDEN_PROPOSALS | {ProposalState.MERGED, ProposalState.WITHDRAWN}:
        message = "Nobody can comment on this proposal now."
        raise precondition("COMMENTS_CLOSED", message, state=proposal.state.value)


def require_room(waiting: int, of_person: int) -> None:
    """Refuses more than an officer can read. Errors: COMMENTS_FULL."""
    if waiting >= MOST_WAITING or of_person >= A_PERSON:
        raise precondition("COMMENTS_FULL", "Comments wait to be read already; write again when they are.")


def moderate(one: Comment, to: State, note: str, by: str, now: datetime) -> Comment:
    """An officer shows it or keeps it back. Errors: COMMENT_STATE_UNKNOWN, NOTE_REQUIRED, INVALID_TRANSITION."""
    if to is State.WAITING:
        raise invalid("COMMENT_STATE_UNKNOWN", "A comment is shown or hidden.", field="state")
    if to is State.HIDDEN and not note:
        raise invalid("NOTE_REQUIRED", "Say why it is kept back.", field="note")
    if one.state is to or not one.words:
        raise precondition("INVALID_TRANSITION", f"It is {one.state.value} already.", state=one.state.value)
    return replace(one, state=to, note=note, decided_by=by, decided_at=now, version=one.version + 1)
