"""What can be done with attendance: one function per use case."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from services.kit import ids
from services.kit.database import Transaction
from services.kit.database.table import Page
from services.kit.errors import invalid, not_found
from services.kit.interest import require_disinterested
from services.society.attendance import model, store
from services.society.attendance.model import Mark
from services.society.courses import access
from services.society.courses import store as courses
from services.society.seating import store as enrolments
from services.society.seating.model import Enrolment, State


async def mark(
    tx: Transaction, course: str, session: int, present: Sequence[str], absent: Sequence[str], note: str
) -> tuple[int, int]:
    """Notes who attended and who did not; how many are new, and how many corrected. Errors: those of
    ``MarkAttendance``.
    """
    found = await access.ours(tx, course, lock=True)
    model.require_markable(found, session, tx.now)
    wanted = _wanted(present, absent)
    marked = await _seated(tx, found.id, list(wanted))
    require_disinterested(tx.caller, *(one.subject for one in marked))
    before = await store.latest(tx, [one.id for one in marked])
    made: list[Mark] = []
    corrected = 0
    for one in marked:
        was = before.get(one.id, {}).get(session)
        if not model.is_news(was, wanted[one.id], note):
            continue
        corrected += was is not None
        told = note if was is not None and one.subject else ""  # nothing would erase words on somebody erased before
        made.append(Mark(ids.uuid7(), found.id, one.id, session, wanted[one.id], tx.caller.subject, told, tx.now))
        change = int(wanted[one.id]) - int(bool(was))
        if change:
            await enrolments.save(
                tx, replace(one, attended=one.attended + change, version=one.version + 1, updated_at=tx.now)
            )
    await store.add_all(tx, made)
    return len(made) - corrected, corrected


async def page(tx: Transaction, id_: str, size: int, token: str) -> Page[Mark]:
    """What was noted of somebody. Errors: ENROLMENT_NOT_FOUND, PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID."""
    parsed = ids.parse(id_)
    found = await enrolments.get(tx, parsed) if parsed else None
    course = await courses.get(tx, found.course) if found else None
    if found is None or course is None or not tx.allows(course.agency):
        raise _unknown("id")
    return await store.page(tx, found.id, size, token)


def _wanted(present: Sequence[str], absent: Sequence[str]) -> dict[UUID, bool]:
    wanted: dict[UUID, bool] = {}
    for given, there in ((present, True), (absent, False)):
        for each in given:
            parsed = ids.parse(each)
            if parsed is None:
                raise _unknown("present" if there else "absent")
            if wanted.setdefault(parsed, there) is not there:
                raise invalid("ATTENDANCE_AMBIGUOUS", "Nobody is on both lists.", field="absent")
    return wanted


async def _seated(tx: Transaction, course: UUID, wanted: Sequence[UUID]) -> list[Enrolment]:
    found = await enrolments.these(tx, wanted)
    if len(found) != len(wanted) or any(one.course != course or one.state is not State.SEATED for one in found):
        raise _unknown("present")
    return found


def _unknown(field: str) -> Exception:
    message = "There is no such enrolment with a seat in this course."
    return not_found("ENROLMENT_NOT_FOUND", message, field=field)
