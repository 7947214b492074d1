"""A declaration of residence: its states, and what a move needs. Pure rules."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from uuid import UUID

from services.kit import codes
from services.kit.errors import precondition

LENGTH = 7
"""Characters of a code, the check character included."""
MOST_BEFORE = 12
"""Places where somebody lived before that are kept."""


class State(Enum):
    """Where a declaration stands."""

    WAITING = "waiting"
    VERIFIED = "verified"
    ENDED = "ended"


class Way(Enum):
    """By whose word somebody is verified."""

    NOBODY = ""
    OFFICER = "officer"
    PROVIDER = "provider"


@dataclass(frozen=True)
class Resident:
    """One of them. Times are UTC; ``version`` counts its changes. Nothing in it tells the number to who has no key."""

    id: UUID
    version: int
    state: State
    subject: str
    """Whose login; empty when it was erased."""
    sealed: bytes
    """Number and date of birth; empty once it has ended."""
    person: bytes | None
    """Keyed digest of the number; None once it has ended."""
    area: str
    elsewhere: bool
    """Whether the card was issued in another city."""
    way: Way
    note: str
    decided_by: str
    created_at: datetime
    verified_at: datetime | None = None
    ended_at: datetime | None = None
    code: str = ""
    """What its person says at the counter while it waits: the number alone does not tell whose login it is."""
    areas_before: tuple[str, ...] = ()
    """Where they lived before, as they were verified without a break until this; the newest last."""
    declared_before: tuple[datetime, ...] = ()
    """When they declared each of those."""


def new_code(prefix: str) -> str:
    """A code that nobody guesses."""
    return codes.new(f"{prefix}W", LENGTH)


def parse_code(prefix: str, text: str) -> str:
    """The code that somebody typed, as it is kept; empty when it is none."""
    return codes.parse(f"{prefix}W", text) or ""


def declare(
    id_: UUID, subject: str, sealed: bytes, person: bytes, area: str, code: str, now: datetime, *, elsewhere: bool
) -> Resident:
    """A new one, which waits."""
    way = Way.NOBODY
    return Resident(id_, 1, State.WAITING, subject, sealed, person, area, elsewhere, way, "", "", now, code=code)


def verify(one: Resident, area: str, way: Way, by: str, now: datetime) -> Resident:
    """Somebody's word is taken for it. Errors: INVALID_TRANSITION."""
    if one.state is not State.WAITING:
        message = "It is decided on already. Ask for a new declaration instead."
        raise precondition("INVALID_TRANSITION", message, state=one.state.value)
    return replace(
        one, state=State.VERIFIED, area=area, way=way, decided_by=by, verified_at=now, version=one.version + 1, code=""
    )


def carrying_on(one: Resident, before: Resident) -> Resident:
    """It after a verification of the same person that holds until now: it is known still where they lived on a day."""
    return replace(
        one,
        areas_before=(*before.areas_before, before.area)[-MOST_BEFORE:],
        declared_before=(*before.declared_before, before.created_at)[-MOST_BEFORE:],
    )


def end(one: Resident, note: str, by: str, now: datetime) -> Resident:
    """It is declined or holds no longer; the number is erased. Errors: INVALID_TRANSITION."""
    if one.state is State.ENDED:
        raise precondition("INVALID_TRANSITION", "It has ended already.", state=one.state.value)
    return replace(
        one, state=State.ENDED, sealed=b"", person=None, note=note, decided_by=by, ended_at=now, code="",
        version=one.version + 1, areas_before=(), declared_before=(),
    )  # fmt: skip
