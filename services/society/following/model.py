"""Who follows a proposal: which steps they hear of, and for how long what is kept. Pure rules."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.kit.errors import precondition
from services.kit.mail import follower
from services.society.proposals.model import Proposal, StepKind
from services.society.proposals.model import State as ProposalState

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


@dataclass(frozen=True, kw_only=True)
class Follower(follower.Follower):
    """Somebody who follows a proposal: nothing in it tells who supports what."""

    proposal: UUID


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
