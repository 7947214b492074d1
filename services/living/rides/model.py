"""A ride: a tap that counts, and where its payment stands. Pure rules; amounts are whole units."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import Enum
from typing import NamedTuple
from uuid import UUID

from services.kit import ids
from services.kit.errors import DomainError, precondition
from services.kit.numbers import typed
from services.living.cards.model import Owing
from services.living.fares.model import Basis

AHEAD = timedelta(minutes=5)
"""How far a validator's clock may be ahead."""

BOARDED = "passenger"
"""Who took a ride that its passenger boarded by the code in the vehicle."""


class State(Enum):
    """Where it stands."""

    DUE = "due"
    PAID = "paid"
    REFUSED = "refused"
    WRITTEN_OFF = "written_off"


class Verdict(Enum):
    """What became of a tap."""

    ACCEPTED = "accepted"
    REPEATED = "repeated"
    SEQUENCE_REUSED = "sequence_reused"
    CARD_UNKNOWN = "card_unknown"
    CARD_DENIED = "card_denied"
    OVER_LIMIT = "over_limit"
    TIME_INVALID = "time_invalid"
    NO_FARE = "no_fare"


class Tap(NamedTuple):
    """A card shown to a validator; ``card`` is a number as it is shown, empty for what is none."""

    card: str
    validator: str
    sequence: int
    route: str
    stop: str
    at: datetime
    along: bool = False
    """Whether it is for somebody who travels along: a concession is its owner's alone."""

    @property
    def key(self) -> tuple[str, int]:
        """By what it is known: a validator gives a sequence once."""
        return self.validator, self.sequence


class Answer(NamedTuple):
    """What economy says of a ride that it was asked for: the code of its payment, or why it could not be paid."""

    ride: UUID
    attempt: int
    payment: str = ""
    reason: str = ""


class Refund(NamedTuple):
    """What economy has given back so far, of the payment of a ride; whole units."""

    ride: UUID
    payment: str
    refunded: int


@dataclass(frozen=True)
class Ride:
    """One of them. Times are UTC, the day is the city's."""

    id: UUID
    version: int
    card: UUID | None
    """None once nobody needs to know whose it was."""
    owner: str
    validator: str
    sequence: int
    route: str
    stop: str
    tapped_at: datetime
    day: date
    offline: bool
    rider: str
    fare: int
    basis: Basis
    state: State
    attempt: int
    """How often it was asked for."""
    reason: str
    """Why it could not be paid."""
    payment: str
    """Code of the payment that settled it."""
    taken_by: str
    """Subject of who uploaded the tap; ``BOARDED`` of who boarded by the code in a vehicle, so that no name stays."""
    note: str
    decided_by: str
    """Subject of the officer who gave it up."""
    created_at: datetime
    updated_at: datetime
    asked_at: datetime
    settled_at: datetime | None = None
    refunded: int = 0
    """Of the fare, what was given back."""

    @property
    def request(self) -> str:
        """What economy is asked under: another one for each attempt, since an answer is final there."""
        return f"{self.id}.{self.attempt}"

    @property
    def owes(self) -> Owing:
        """What of it its card owes: as refused also while it is asked for again that could not be paid before."""
        if self.state is State.REFUSED or (self.state is State.DUE and self.attempt > 1):
            return Owing(0, self.fare)
        return Owing(self.fare if self.state is State.DUE else 0, 0)


def read_request(text: str) -> tuple[UUID, int] | None:
    """The ride and the attempt of a request; None for what is none of ours."""
    name, _, attempt = text.partition(".")
    known, number = ids.parse(name), typed(attempt, 9)
    return None if known is None or number is None else (known, number)


def settle(ride: Ride, answer: Answer, now: datetime) -> Ride:
    """Economy has taken the fare, or could not; as it is where the ride is not waiting for this."""
    if ride.state is not State.DUE or ride.attempt != answer.attempt:
        return ride
    if answer.reason:
        return _moved(ride, State.REFUSED, now, reason=answer.reason)
    return _moved(ride, State.PAID, now, payment=answer.payment, reason="", settled_at=now)


def refund(ride: Ride, told: Refund, now: datetime) -> Ride:
    """Economy has given back of what was paid; as it is where another payment settled it, or more is known."""
    if ride.state is not State.PAID or ride.payment != told.payment or told.refunded <= ride.refunded:
        return ride
    return _moved(ride, State.PAID, now, refunded=told.refunded)


def ask_again(ride: Ride, now: datetime) -> Ride:
    """It is asked for once more. Errors: INVALID_TRANSITION."""
    if ride.state is not State.REFUSED:
        raise _wrong(ride)
    return _moved(ride, State.DUE, now, attempt=ride.attempt + 1, asked_at=now)


def remind(ride: Ride, now: datetime) -> Ride:
    """It is asked for anew under the same request, which is paid once if both arrive. Errors: INVALID_TRANSITION."""
    if ride.state is not State.DUE:
        raise _wrong(ride)
    return _moved(ride, State.DUE, now, asked_at=now)


def write_off(ride: Ride, note: str, by: str, now: datetime) -> Ride:
    """It is given up. Errors: INVALID_TRANSITION."""
    if ride.state is not State.REFUSED:
        raise _wrong(ride)
    return _moved(ride, State.WRITTEN_OFF, now, note=note, decided_by=by, settled_at=now)


def _moved(ride: Ride, state: State, now: datetime, **more: object) -> Ride:
    return replace(ride, state=state, version=ride.version + 1, updated_at=now, **more)  # type: ignore[arg-type]


def _wrong(ride: Ride) -> DomainError:
    message = "Only a ride that could not be paid can be asked for again or given up."
    return precondition("INVALID_TRANSITION", message, state=ride.state.value)
