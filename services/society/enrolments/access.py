"""Whose enrolment is whose."""

from services.kit import ids
from services.kit.database import Transaction
from services.kit.errors import DomainError, not_found
from services.society.courses import store as courses
from services.society.courses.model import Course
from services.society.seating import store
from services.society.seating.model import Enrolment


async def seen(tx: Transaction, id_: str, *, lock: bool = False) -> tuple[Enrolment, Course]:
    """One of the caller's, or of their agency. Errors: ENROLMENT_NOT_FOUND, also for what is somebody else's."""
    parsed = ids.parse(id_)
    found = await store.get(tx, parsed, lock=lock) if parsed else None
    course = await courses.get(tx, found.course) if found else None
    if found is None or course is None or not (is_own(tx, found) or tx.allows(course.agency)):
        raise _unknown()
    return found, course


async def own(tx: Transaction, id_: str, *, lock: bool = False) -> tuple[Enrolment, Course]:
    """One of the caller's. Errors: ENROLMENT_NOT_FOUND."""
    found, course = await seen(tx, id_, lock=lock)
    if not is_own(tx, found):
        raise _unknown()
    return found, course


async def own_still(tx: Transaction, found: Enrolment) -> Enrolment:
    """One of the caller's, locked, as it is now: it may have been erased since. Errors: ENROLMENT_NOT_FOUND."""
    (now,) = await store.these(tx, [found.id])
    if not is_own(tx, now):
        raise _unknown()
    return now


def is_own(tx: Transaction, one: Enrolment) -> bool:
    """Whether it is the caller's."""
    return one.subject == tx.caller.subject != ""


def _unknown() -> DomainError:
    return not_found("ENROLMENT_NOT_FOUND", "There is no such enrolment for you.", field="id")
