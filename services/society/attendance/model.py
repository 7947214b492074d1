"""What is noted of somebody's attendance: once, and corrected with a note. Pure rules."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.kit.errors import invalid, precondition
from services.society.courses.model import Course, State


@dataclass(frozen=True)
class Mark:
    """One note; the newest of a session counts."""

    id: UUID
    course: UUID
    enrolment: UUID
    session: int
    present: bool
    by: str
    note: str
    at: datetime


def require_markable(course: Course, session: int, now: datetime) -> None:
    """Lets only pass what has begun, of a course that takes place.

    Errors: SESSION_UNKNOWN, SESSION_NOT_BEGUN, INVALID_TRANSITION.
    """
    if course.state not in (State.PUBLISHED, State.FINISHED):
        raise precondition("INVALID_TRANSITION", f"It is {course.state.value}.", state=course.state.value)
    if now < course.session(session).start:
        raise precondition("SESSION_NOT_BEGUN", "That session has not begun yet.")


def is_news(before: bool | None, present: bool, note: str) -> bool:
    """Whether it says something else than before. Errors: CORRECTION_NOTE_REQUIRED."""
    if before is present:
        return False
    if before is not None and not note:
        message = "Somebody is noted otherwise already; say why it is corrected."
        raise invalid("CORRECTION_NOTE_REQUIRED", message, field="note")
    return True
