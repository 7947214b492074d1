"""A concession: asked for, granted until a day or declined. It ends by itself. Pure rules; days are the city's."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import Enum
from uuid import UUID

from services.kit import codes
from services.kit.errors import DomainError, invalid, precondition

LENGTH, _LETTER = 7, "N"
"""Characters of a code, the check character included, and what tells it from other codes of the city."""


class State(Enum):
    """What became of it."""

    WAITING = "waiting"
    GRANTED = "granted"
    DECLINED = "declined"


@dataclass(frozen=True)
class Concession:
    """One of them. Times are UTC; it holds on the days from its first to its last, if it has any."""

    id: UUID
    version: int
    state: State
    owner: str
    """Subject of who asked for it, and rides."""
    rider: str
    proof: str
    """What is to be shown, in their words; empty once it is decided on."""
    first_day: date | None
    last_day: date | None
    note: str
    decided_by: str
    created_at: datetime
    updated_at: datetime
    decided_at: datetime | None = None
    code: str = ""
    """What its person says at the counter while it waits: no proof tells whose login it is."""

    @property
    def until(self) -> date | None:
        """The last day that it holds; None where it holds on none, as when it is taken back on its first."""
        return self.last_day if self.first_day and self.holds(self.first_day) else None

    def holds(self, day: date) -> bool:
        """Whether it holds on a day."""
        return self.first_day is not None and self.last_day is not None and self.first_day <= day <= self.last_day


def new_code(city_prefix: str) -> str:
    """A code that nobody guesses."""
    return codes.new(f"{city_prefix}{_LETTER}", LENGTH)


def parse_code(city_prefix: str, text: str) -> str:
    """The code that somebody typed, as it is kept; empty when it is none."""
    return codes.parse(f"{city_prefix}{_LETTER}", text) or ""


def grant(one: Concession, last_day: date, days: int, note: str, by: str, now: datetime, today: date) -> Concession:
    """It is granted from today on. ``days`` is the longest that the city grants it for at once.

    Errors: INVALID_TRANSITION, CONCESSION_DAY_OVER, CONCESSION_TOO_LONG.
    """
    require_waiting(one)
    if last_day < today:
        raise invalid("CONCESSION_DAY_OVER", "This day is over. Give the last day of the proof.", field="last_day")
    latest = today + timedelta(days=days - 1)
    if last_day > latest:
        message = f"The city grants this class for {days} days at most. Give {latest} or an earlier day."
        raise invalid("CONCESSION_TOO_LONG", message, field="last_day")
    return _decided(replace(one, first_day=today, last_day=last_day), State.GRANTED, note, by, now)


def require_waiting(one: Concession) -> None:
    """Lets only pass what nobody has decided on. Errors: INVALID_TRANSITION."""
    if one.state is not State.WAITING:
        raise _over(one)


def decline(one: Concession, note: str, by: str, now: datetime, today: date) -> Concession:
    """It is not granted, or no longer: rides of the days before keep their price. Errors: INVALID_TRANSITION."""
    if one.state is State.DECLINED:
        raise _over(one)
    if one.last_day is not None:
        one = replace(one, last_day=min(one.last_day, today - timedelta(days=1)))
    return _decided(one, State.DECLINED, note, by, now)


def _decided(one: Concession, state: State, note: str, by: str, now: datetime) -> Concession:
    return replace(
        one,
        state=state,
        proof="",
        code="",
        note=note,
        decided_by=by,
        decided_at=now,
        updated_at=now,
        version=one.version + 1,
    )


def _over(one: Concession) -> DomainError:
    message = "It is decided on already. Ask for a new one instead."
    return precondition("INVALID_TRANSITION", message, state=one.state.value)
