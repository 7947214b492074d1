"""Who follows a proposal: which steps they hear of, and for how long what is kept. Pure rules."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

from services.kit.errors import precondition
from services.society.proposals.model import Proposal, StepKind
from services.society.proposals.model import State as ProposalState

LINK_LIFE = timedelta(days=7)
"""How long the link of a confirmation can be followed. Then the follower is forgotten with the address."""
KEPT = timedelta(days=90)
"""How long it stays known that following has ended, and which mails were sent: longer than backups are kept."""
EXPIRY = timedelta(days=7)
"""A mail that has waited for so long helps nobody: its page tells it."""
LET_GO = timedelta(days=365)
"""When nothing happened to a proposal for so long, its followers and their addresses are forgotten."""
NOBODY = UUID(int=0)
"""Before the first follower of a proposal."""

OVER = frozenset({ProposalState.MERGED, ProposalState.WITHDRAWN})
"""Nothing more happens to such a proposal."""
TOLD = frozenset(StepKind) - {StepKind.MADE}
"""What followers hear of: all that everybody may see, and that it was taken away."""


class State(Enum):
    """Whether news go to an address."""

    WAITING = "waiting"
    """For its owner to confirm it."""
    CONFIRMED = "confirmed"
    ENDED = "ended"


class Why(Enum):
    """What ended it."""

    UNSUBSCRIBED = "unsubscribed"
    UNDELIVERABLE = "undeliverable"
    """The mail server says that nobody has the address."""
    JOINED = "joined"
    """The address followed the proposal already."""
    OVER = "over"
    """Nothing happened to the proposal for long."""


@dataclass(frozen=True)
class Follower:
    """Somebody who follows a proposal. Nothing in it tells the address to who has no key, or who supports what."""

    id: UUID
    proposal: UUID
    state: State
    language: str
    address: bytes | None
    """Keyed digest of the address; None once it is over."""
    sealed: bytes
    """The address; empty once it is over."""
    created_at: datetime
    confirmed_at: datetime | None = None
    ended_at: datetime | None = None
    why: str = ""
    joined: UUID | None = None
    """The one by which its address followed before."""

    def fresh(self, now: datetime) -> bool:
        """Whether its confirmation can still be followed."""
        return self.state is State.WAITING and now - self.created_at <= LINK_LIFE


@dataclass(frozen=True)
class Mail:
    """A mail whose turn has come."""

    id: UUID
    follower: UUID
    step: UUID | None
    """That it tells of; None for a confirmation."""
    attempts: int
    created_at: datetime


@dataclass(frozen=True)
class Telling:
    """A step on its way to the followers of its proposal."""

    step: UUID
    proposal: UUID
    after: UUID
    """The last follower that it has come to."""


def require_going_on(one: Proposal) -> None:
    """Lets only follow what something may still happen to. Errors: PROPOSAL_OVER."""
    if one.state in OVER:
        raise precondition("PROPOSAL_OVER", "Nothing more happens to this proposal.", state=one.state.value)
