"""A correction of a destination: who says what, and who decides. Pure rules."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

from services.branding.destinations import model as destinations
from services.branding.destinations.model import Content
from services.kit.errors import forbidden, invalid, precondition

MOST_WAITING = 50
"""Corrections of one destination that wait: more tell an officer nothing new, and only fill the desk."""
MOST_OF_ONE = 20
"""Corrections of one login that wait. Who has none is bounded by their address, at the gateway."""
KEPT = timedelta(days=90)
"""How long who filed a correction, and their words, are kept when it is decided on; then nobody needs them any more."""


class State(Enum):
    """What became of a correction."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"


@dataclass(frozen=True)
class Correction:
    """One of them. Times are UTC; ``content`` is a destination's ``Content`` as JSON: what is empty stays.
    Of what was declined it is empty once nobody needs it any more, and so is ``note``.
    """

    id: UUID
    version: int
    state: State
    destination: UUID
    content: str
    reason: str
    """How they know: for officers alone; empty once nobody needs it any more."""
    by: str
    """Subject of who filed it; empty where nobody had logged in, and once nobody needs it any more."""
    created_at: datetime
    updated_at: datetime
    decided_at: datetime | None = None
    decided_by: str = ""
    note: str = ""

    @property
    def proposal(self) -> Content:
        """What should be said."""
        return destinations.read(self.content)


def worth(before: Content, proposal: Content, waiting: int, own: int) -> None:
    """Refuses what tells nothing, and what is too much; ``own`` of the login wait already.

    Errors: DESTINATION_CORRECTION_EMPTY, CORRECTION_KNOWN, CORRECTIONS_FULL, OWN_CORRECTIONS_FULL.
    """
    if proposal == Content():
        message = "Say what should be said: description, hours, prices, access, or whether it is in use."
        raise invalid("DESTINATION_CORRECTION_EMPTY", message, field="content")
    if destinations.merged(before, proposal) == before:
        raise invalid("CORRECTION_KNOWN", "That is what is said of it already.", field="content")
    if waiting >= MOST_WAITING:
        raise precondition("CORRECTIONS_FULL", "Many corrections of this place wait already. Try again later.")
    if own >= MOST_OF_ONE:
        message = f"{MOST_OF_ONE} of your corrections wait for an officer. File others when they are decided on."
        raise precondition("OWN_CORRECTIONS_FULL", message)


def decided(before: Correction, state: State, note: str, by: str, now: datetime) -> Correction:
    """An officer decides. Errors: INVALID_TRANSITION, OWN_CORRECTION."""
    if before.state is not State.WAITING:
        message = "It is decided on already, and stays so; file another one."
        raise precondition("INVALID_TRANSITION", message, state=before.state.value)
    if before.by == by:
        raise forbidden("OWN_CORRECTION", "It is your own; another officer has to decide on it.")
    return replace(
        before, state=state, note=note, decided_by=by, decided_at=now, updated_at=now, version=before.version + 1
    )
