"""A unit: its one state table, and what a move needs. Pure rules."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import NamedTuple
from uuid import UUID

from services.kit.errors import DomainError, precondition, stale

AHEAD = timedelta(minutes=1)
"""How far a phone's clock may be ahead of the city's."""
PAST = timedelta(minutes=10)
"""How late a position may come."""


class Crew(NamedTuple):
    """Who is the crew of a unit: a login of the unit's agency. Who goes to another agency is it no longer."""

    subject: str
    agency: str


class State(Enum):
    """What a unit does."""

    AVAILABLE = "available"
    DISPATCHED = "dispatched"
    EN_ROUTE = "en_route"
    ON_SCENE = "on_scene"
    RETURNING = "returning"
    OUT_OF_SERVICE = "out_of_service"


MOVES: dict[State, tuple[State, ...]] = {
    State.AVAILABLE: (State.OUT_OF_SERVICE,),
    State.DISPATCHED: (State.EN_ROUTE, State.ON_SCENE, State.AVAILABLE),
    State.EN_ROUTE: (State.ON_SCENE, State.RETURNING, State.AVAILABLE),
    State.ON_SCENE: (State.RETURNING, State.AVAILABLE, State.EN_ROUTE),
    State.RETURNING: (State.AVAILABLE, State.OUT_OF_SERVICE),
    State.OUT_OF_SERVICE: (State.AVAILABLE,),
}
"""The whole table, but for being sent, which an assignment does. Out of service at work: first it leaves the work.
From on scene back to en route: it was not there after all.
"""
FREE = (State.AVAILABLE, State.RETURNING)
"""From these a unit can be sent."""
AT_WORK = (State.DISPATCHED, State.EN_ROUTE, State.ON_SCENE)
"""In these it has an incident."""


@dataclass(frozen=True)
class Unit:
    """One of them. Times are UTC."""

    id: UUID
    version: int
    code: str
    name: str
    service: str
    agency: str
    state: State
    incident: UUID | None
    crew: str
    """Subject of who signed on; empty for nobody."""
    made_up: bool
    moved_at: datetime
    heard_at: datetime
    """When its crew was last heard of: by its button, or over the radio; positions aside, and signing on at work."""
    asked_at: datetime | None
    """Since when a welfare check waits for an answer."""
    escalated: bool
    created_at: datetime

    @property
    def crewed_by(self) -> Crew:
        """Who is its crew; of no subject where nobody is."""
        return Crew(self.crew, self.agency)

    @property
    def crew_mark(self) -> str:
        """Tells its crew, as it was last heard of, from those before, and nobody who they are; empty for nobody."""
        seen = f"{self.id} {self.crew} {self.heard_at.timestamp()}"
        return hashlib.sha256(seen.encode()).hexdigest()[:16] if self.crew else ""

    @property
    def heard(self) -> datetime | None:
        """When its crew was heard of, if ever."""
        return self.heard_at if self.heard_at > self.created_at else None

    @property
    def moves(self) -> tuple[State, ...]:
        """Where it can go."""
        return MOVES[self.state]


class Position(NamedTuple):
    """Where a unit was. Degrees."""

    unit: str
    at: datetime
    lon: float
    lat: float
    received: datetime


class Told(NamedTuple):
    """A position as a phone told it, and whose phone."""

    unit: str
    crew: Crew
    at: datetime
    lon: float
    lat: float


Answer = bool | DomainError
"""Whether the unit is there now, or why it was not taken."""


def create(id_: UUID, code: str, name: str, service: str, agency: str, now: datetime, *, made_up: bool = False) -> Unit:
    """A new one, which nobody has signed on to yet."""
    return Unit(
        id_, 1, code, name, service, agency, State.AVAILABLE, None, "", made_up, now, now, None, escalated=False,
        created_at=now,
    )  # fmt: skip


def sent(unit: Unit, incident: UUID, now: datetime) -> Unit:
    """It is sent to an incident. Errors: UNIT_NOT_FREE."""
    if unit.state not in FREE:
        message = f"{unit.code} cannot be sent now; send another one, or wait until it is free."
        raise precondition("UNIT_NOT_FREE", message, state=unit.state.value)
    return _changed(unit, state=State.DISPATCHED, incident=incident, moved_at=now)


def left(unit: Unit, now: datetime) -> Unit:
    """It is called away from its incident, which is no word of its crew."""
    return _changed(unit, state=State.AVAILABLE, incident=None, moved_at=now)


def move(unit: Unit, to: State, now: datetime) -> Unit:
    """It does something else; off work it has no incident. Errors: INVALID_TRANSITION with the moves that there are."""
    if to not in unit.moves:
        known = ", ".join(one.value for one in unit.moves)
        message = f"{unit.code} cannot go from {unit.state.value} to {to.value}; it can go to: {known}."
        raise precondition("INVALID_TRANSITION", message, state=unit.state.value)
    incident = unit.incident if to in AT_WORK else None
    return _heard(_changed(unit, state=to, incident=incident, moved_at=now), now)


def signed_on(unit: Unit, subject: str, now: datetime) -> Unit:
    """Somebody is its crew from now on. Of a unit at work that is no sign of life: it may be a mate at the station.

    Whoever is about to send it has nothing to think over: it stays the same version.
    """
    after = replace(unit, crew=subject)
    return after if unit.state in AT_WORK else _heard(after, now)


def require_seen(unit: Unit, crew_mark: str) -> None:
    """Lets only pass who means the crew that is there now, not heard of since they looked. Errors: STALE_ETAG."""
    if crew_mark not in ("", unit.crew_mark):
        raise stale(message=f"The crew of {unit.code} has signed on, or was heard of, since you looked. Look again.")


def require_off_work(unit: Unit) -> None:
    """Lets no crew leave a unit that has an incident. Errors: UNIT_NOT_FREE."""
    if unit.state in AT_WORK:
        message = f"{unit.code} is at work; tell first that it is free, or let the next crew sign on."
        raise precondition("UNIT_NOT_FREE", message, state=unit.state.value)


def signed_off(unit: Unit) -> Unit:
    """Nobody is its crew."""
    return _changed(unit, crew="")


def confirmed(unit: Unit, now: datetime) -> Unit:
    """The crew is well."""
    return _heard(_changed(unit), now)


def asked(unit: Unit, now: datetime) -> Unit:
    """Nobody has heard of it for too long: its crew is asked.

    A clock does that, and what the crew or a dispatcher is about to tell answers it: it stays the same version.
    """
    return replace(unit, asked_at=now, escalated=False)


def silent(unit: Unit) -> Unit:
    """It did not answer: dispatchers are told. It stays the same version, as when it was asked."""
    return replace(unit, escalated=True)


def diverted(unit: Unit, incident: UUID) -> Unit:
    """Its incident is another one now."""
    return _changed(unit, incident=incident)


def _changed(unit: Unit, **fields: object) -> Unit:
    return replace(unit, version=unit.version + 1, **fields)  # type: ignore[arg-type]


def _heard(unit: Unit, now: datetime) -> Unit:
    return replace(unit, heard_at=now, asked_at=None, escalated=False)
