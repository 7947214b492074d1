"""A hand-off: what is owed, how it escalates, and how it ends. Pure rules."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

from services.kit.errors import precondition

MOST_ESCALATIONS = 12
"""After so many nobody is told again: it stands on the board all the time."""


class State(Enum):
    """Where it stands."""

    ASKED = "asked"
    ACKNOWLEDGED = "acknowledged"
    WITHDRAWN = "withdrawn"
    """It was taken back. It is written as ACKNOWLEDGED, then, and ``withdrawn_at``: processes of the version before
    cannot read another state, and so neither escalate it nor wait for it.
    """


MOVES: Mapping[State, tuple[State, ...]] = {
    State.ASKED: (State.ACKNOWLEDGED, State.WITHDRAWN),
    # Wrong parties acknowledge as well. As long as that stood, the incident would seem to be in their hands.
    State.ACKNOWLEDGED: (State.WITHDRAWN,),
    State.WITHDRAWN: (),
}
"""From where to where; it escalates while it is ASKED."""


@dataclass(frozen=True)
class HandOff:
    """One of them. Times are UTC."""

    id: UUID
    version: int
    incident: UUID
    party: str
    state: State
    """As it is written; it stands where ``told`` says."""
    created_at: datetime
    due_at: datetime
    next_at: datetime
    """When it escalates, the first time or again."""
    escalations: int = 0
    acknowledged_at: datetime | None = None
    """Or when it was withdrawn before that: then it has no ``reference``. Pages of the version before ask for it."""
    reference: str = ""
    exercise: bool = False
    withdrawn_at: datetime | None = None

    @property
    def told(self) -> State:
        """Where it stands."""
        return State.WITHDRAWN if self.withdrawn_at else self.state


def asked(id_: UUID, incident: UUID, party: str, minutes: int, now: datetime, *, exercise: bool) -> HandOff:
    """It was told to them just now."""
    due = now + timedelta(minutes=minutes)
    return HandOff(id_, 1, incident, party, State.ASKED, now, due, due, exercise=exercise)


def acknowledged(one: HandOff, reference: str, now: datetime) -> HandOff:
    """They have it. Errors: INVALID_TRANSITION, HAND_OFF_WITHDRAWN."""
    _require(one, State.ACKNOWLEDGED)
    return replace(one, state=State.ACKNOWLEDGED, reference=reference, acknowledged_at=now, version=one.version + 1)


def withdrawn(one: HandOff, now: datetime, *, party_told: bool) -> HandOff:
    """They are not to come. Who has acknowledged may be on the way, and has to be told that first.

    Errors: HAND_OFF_ACKNOWLEDGED, HAND_OFF_WITHDRAWN.
    """
    _require(one, State.WITHDRAWN)
    if one.told is State.ACKNOWLEDGED and not party_told:
        message = "They have acknowledged it and may be on their way. Tell them that nobody needs them, and say so."
        raise precondition("HAND_OFF_ACKNOWLEDGED", message, field="party_told")
    return replace(
        one, state=State.ACKNOWLEDGED, acknowledged_at=one.acknowledged_at or now, withdrawn_at=now,
        version=one.version + 1,
    )  # fmt: skip


def moves(one: HandOff, *, open_: bool) -> tuple[State, ...]:
    """Where it can go from where it stands. Whether what its incident goes on in is ``open_``."""
    return () if is_kept(one, open_=open_) else MOVES[one.told]


def is_kept(one: HandOff, *, open_: bool) -> bool:
    """Whether they had acknowledged it before that was closed, which may have been as theirs: so it stays."""
    return one.told is State.ACKNOWLEDGED and not open_


def escalated(one: HandOff, now: datetime) -> HandOff:
    """They have not answered. It is told again after as long as they had at first."""
    again = now + (one.due_at - one.created_at)
    last = one.escalations + 1 >= MOST_ESCALATIONS
    return replace(
        one, escalations=one.escalations + 1, next_at=datetime.max.replace(tzinfo=now.tzinfo) if last else again,
        version=one.version + 1,
    )  # fmt: skip


def _require(one: HandOff, to: State) -> None:
    if to in MOVES[one.told]:
        return
    if one.told is State.WITHDRAWN:
        message = "It was withdrawn already. Should they come after all, hand the incident off to them anew."
        raise precondition("HAND_OFF_WITHDRAWN", message, state=one.told.value)
    raise precondition("INVALID_TRANSITION", "It is acknowledged already.", state=one.told.value)
