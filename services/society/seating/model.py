"""Somebody's part in a course: a seat, or a place on the waiting list. Pure rules."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

from services.kit.errors import precondition
from services.society.courses import model as courses
from services.society.courses.model import Course

MOST_OF_ONE = 20
"""Courses that somebody takes part in or waits for at a time."""


class State(Enum):
    """Whether somebody takes part."""

    SEATED = "seated"
    WAITING = "waiting"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    MISSED = "missed"


LIVE = frozenset({State.SEATED, State.WAITING})


@dataclass(frozen=True)
class Enrolment:
    """One of them. Times are UTC."""

    id: UUID
    version: int
    course: UUID
    subject: str
    """Whose login; empty once it is erased."""
    place: int
    """In the order of asking, from 1 on."""
    state: State
    sealed: bytes
    """Their name; empty once it is erased."""
    name_shown: bool
    """Whether who verifies the certificate is told it."""
    attended: int
    certificate: str
    """Its number; empty without one."""
    created_at: datetime
    updated_at: datetime
    seated_at: datetime | None = None
    forget_at: datetime | None = None
    """When the name and whose it is are erased; None: not decided yet."""

    def moved(self, state: State, now: datetime, kept: timedelta | None = None) -> "Enrolment":
        """It in another state, and forgotten after so long."""
        return replace(
            self, state=state, version=self.version + 1, updated_at=now,
            seated_at=now if state is State.SEATED else self.seated_at,
            forget_at=self.forget_at if kept is None else now + kept,
        )  # fmt: skip

    def erased(self, now: datetime) -> "Enrolment":
        """It without name and without whose it is."""
        return replace(
            self, subject="", sealed=b"", name_shown=False, version=self.version + 1, updated_at=now, forget_at=None
        )


def moving_up(
    course: Course, first: Sequence[Enrolment], before: timedelta, now: datetime
) -> tuple[Course, list[Enrolment]]:
    """The course when those who wait the longest have the seats that are free, and these.

    ``first`` are those who wait the longest, in their order, at least as many as there is room for.
    """
    up = [one.moved(State.SEATED, now) for one in first[: courses.room(course, before, now)]]
    return courses.moved_up(course, len(up)), up


def withdrawn(course: Course, one: Enrolment, now: datetime, kept: timedelta) -> tuple[Course, Enrolment]:
    """The course without them. Errors: INVALID_TRANSITION, COURSE_OVER."""
    if one.state not in LIVE or course.state is not courses.State.PUBLISHED:
        raise precondition("INVALID_TRANSITION", f"It is {one.state.value}.", state=one.state.value)
    courses.require_not_over(course, now)
    return courses.left(course, seated=one.state is State.SEATED), one.moved(State.WITHDRAWN, now, kept)


def renamed(one: Enrolment, sealed: bytes, *, held: bool, begun: bool) -> Enrolment:
    """It with another name; not while a certificate is ``held``: paper with the former would be valid still. Once the
    course has ``begun`` who came is known by it: it is corrected only where a certificate was withdrawn, since the
    agency looks at each that it issues anew.

    Errors: CERTIFICATE_HOLDS, NAME_SETTLED, INVALID_TRANSITION.
    """
    if one.state not in LIVE:
        raise precondition("INVALID_TRANSITION", f"It is {one.state.value}.", state=one.state.value)
    if held:
        message = (
            "A certificate with this name holds. Ask the agency to withdraw it, correct the name, and have another."
        )
        raise precondition("CERTIFICATE_HOLDS", message)
    if begun and not one.certificate:
        message = "The course has begun. If the name is wrong, have the certificate withdrawn once it is issued."
        raise precondition("NAME_SETTLED", message)
    return replace(one, sealed=sealed)
