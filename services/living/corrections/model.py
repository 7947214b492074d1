"""A correction of a facility: what somebody says is wrong, and what becomes of it. Pure rules."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

from services.kit.errors import DomainError, forbidden, invalid, precondition
from services.living.facilities import model as facilities
from services.living.facilities.model import Facility, FacilityAccess, Proposal

MOST_WAITING = 50
"""Corrections of one facility that wait: more tell an officer nothing new, and only fill the desk."""

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
    """One of them. Times are UTC; what is empty or None of the facility is not to change."""

    id: UUID
    version: int
    state: State
    facility: UUID
    agency: str
    """Whose officers decide."""
    name: str
    lon: float | None
    lat: float | None
    area: str
    hours: str
    access: FacilityAccess
    closed: bool | None
    reason: str
    """How they know: for officers alone; empty once nobody needs it any more."""
    by: str
    """Subject of who filed it; empty where nobody had logged in, and once nobody needs it any more."""
    created_at: datetime
    updated_at: datetime
    decided_at: datetime | None = None
    decided_by: str = ""
    note: str = ""
    """Of the officer who decided."""
    before: tuple[str, ...] = ()
    """What the facility said before it was accepted: the fields' texts, in the order of ``facilities.said``."""

    @property
    def proposal(self) -> Proposal:
        """What is to change."""
        return Proposal(self.name, self.lon, self.lat, self.area, self.hours, self.access, self.closed)


def worth(facility: Facility, proposal: Proposal, waiting: int, own: int) -> None:
    """Refuses a proposal that tells nothing, and one too many of a facility, or of the caller (``own``).

    Errors: FACILITY_CORRECTION_EMPTY, CORRECTION_KNOWN, CORRECTIONS_FULL, OWN_CORRECTIONS_FULL.
    """
    if not facilities.said(proposal):
        message = "Say what is wrong: the name, the point, the hours, the access, or whether it is in use."
        raise invalid("FACILITY_CORRECTION_EMPTY", message, field="facility")
    if not facilities.fields_changed(facility, facilities.proposed(facility, proposal)):
        raise invalid("CORRECTION_KNOWN", "That is what is said of it already.", field="facility")
    if waiting >= MOST_WAITING:
        message = "Many corrections of this facility wait for an officer already. Try again when they are decided on."
        raise precondition("CORRECTIONS_FULL", message)
    if own >= MOST_OF_ONE:
        message = f"{MOST_OF_ONE} of your corrections wait for an officer. File others when they are decided on."
        raise precondition("OWN_CORRECTIONS_FULL", message)


def accept(correction: Correction, facility: Facility, note: str, by: str, now: datetime) -> Correction:
    """It is right. Errors: OWN_CORRECTION, INVALID_TRANSITION."""
    before = tuple(facilities.worded(facility, one) for one in facilities.said(correction.proposal))
    return replace(_decided(correction, State.ACCEPTED, note, by, now), before=before)


def decline(correction: Correction, note: str, by: str, now: datetime) -> Correction:
    """It is not. Errors: OWN_CORRECTION, INVALID_TRANSITION."""
    return _decided(correction, State.DECLINED, note, by, now)


def _decided(correction: Correction, state: State, note: str, by: str, now: datetime) -> Correction:
    if correction.state is not State.WAITING:
        raise _over(correction)
    if correction.by == by:
        raise forbidden("OWN_CORRECTION", "It is your own; another officer of the agency has to decide on it.")
    return replace(
        correction,
        state=state,
        note=note,
        decided_by=by,
        decided_at=now,
        updated_at=now,
        version=correction.version + 1,
    )


def _over(correction: Correction) -> DomainError:
    message = "It is decided on already, and stays so; file another one."
    return precondition("INVALID_TRANSITION", message, state=correction.state.value)
