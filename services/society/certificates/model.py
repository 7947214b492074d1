"""A certificate: its number, and whether it holds. Pure rules."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from uuid import UUID

from services.kit import codes
from services.kit.errors import precondition

LENGTH = 9
"""Characters of its number, the check character included: nobody comes upon one by trying (32^8)."""


class State(Enum):
    """Whether it holds."""

    VALID = "valid"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Certificate:
    """One of them. Whose it is says its enrolment, until that is erased."""

    id: UUID
    version: int
    code: str
    course: UUID
    enrolment: UUID
    state: State
    issued_by: str
    """Login of the officer; ``system`` where it was issued by itself."""
    issued_at: datetime
    reason: str = ""
    withdrawn_by: str = ""
    withdrawn_at: datetime | None = None
    told: bool = False
    """Whether its holder reads the reason: who wrote one before holders did was told that the agency alone does."""


def new_code(prefix: str) -> str:
    """A number that nobody has: certificates of a city are ``SMGC-…``."""
    return codes.new(f"{prefix}C", LENGTH)


def parse_code(prefix: str, text: str) -> str | None:
    """The number that somebody typed; None where its check character does not fit."""
    return codes.parse(f"{prefix}C", text)


def withdrawn(one: Certificate, reason: str, by: str, now: datetime) -> Certificate:
    """It holds no longer. Errors: INVALID_TRANSITION."""
    if one.state is not State.VALID:
        raise precondition("INVALID_TRANSITION", f"It is {one.state.value} already.", state=one.state.value)
    return replace(
        one,
        state=State.WITHDRAWN,
        reason=reason,
        withdrawn_by=by,
        withdrawn_at=now,
        told=True,
        version=one.version + 1,
    )


def require_reissuable(one: Certificate, held: str) -> None:
    """Lets only pass what was withdrawn, while its holder is known and has no later one. Errors: INVALID_TRANSITION."""
    if one.state is not State.WITHDRAWN or held != one.code:
        message = "It holds, or another was issued in its place, or its holder is erased."
        raise precondition("INVALID_TRANSITION", message, state=one.state.value)
