"""What people do with their part in a course: one function per use case."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from services.kit import ids
from services.kit.database import Transaction
from services.kit.database.table import Page
from services.kit.errors import conflict, precondition
from services.kit.rpc import etag as etags
from services.society.attendance import store as attendance
from services.society.certificates import store as certificates
from services.society.course_mails import keys
from services.society.course_mails import store as followers
from services.society.courses import access as offers
from services.society.courses import model
from services.society.courses import store as courses
from services.society.courses.model import Course
from services.society.enrolments import access
from services.society.seating import actions as seating
from services.society.seating import names, store
from services.society.seating.model import LIVE, MOST_OF_ONE, Enrolment, State, renamed
from services.society.terms import profile


async def create(tx: Transaction, course: str, name: str, *, name_shown: bool) -> tuple[Enrolment, Course]:
    """The caller asks for a seat. Errors: those of ``CreateEnrolment``."""
    names.require(tx.runtime)
    profile.required(tx.runtime.city)
    await tx.one_at_a_time(f"enrolments of {tx.caller.subject}")  # so that each counts the others
    before = await offers.known(tx, course, lock=True)
    if await store.live(tx, before.id, tx.caller.subject) is not None:
        raise conflict("ENROLLED_ALREADY", "You are enrolled in this course already.")
    if await store.live_of(tx, tx.caller.subject) >= MOST_OF_ONE:
        message = f"Nobody takes part in more than {MOST_OF_ONE} courses at a time."
        raise precondition("ENROLMENTS_TOO_MANY", message)
    if before.free and before.waiting:
        before = await seating.fill(tx, before)
    asked, seated = model.asked(before, tx.now)
    id_ = ids.uuid7()
    made = Enrolment(
        id=id_,
        version=1,
        course=asked.id,
        subject=tx.caller.subject,
        place=asked.asked,
        state=State.SEATED if seated else State.WAITING,
        sealed=names.seal(tx.runtime, id_, name),
        name_shown=name_shown,
        attended=0,
        certificate="",
        created_at=tx.now,
        updated_at=tx.now,
        seated_at=tx.now if seated else None,
    )
    await courses.save(tx, asked)
    await store.add(tx, made)
    if seated:
        seating.tell_taken(tx, asked, made, moved_up=False)
    return made, asked


async def get(tx: Transaction, id_: str) -> tuple[Enrolment, Course]:
    """One of the caller's, or of their agency. Errors: ENROLMENT_NOT_FOUND, also for what is somebody else's."""
    return await access.seen(tx, id_)


async def news_email(tx: Transaction, one: Enrolment) -> str:
    """Where news of the caller's go; nowhere in a city that mails none. One that was asked is not told: nobody learns
    how often others were.
    """
    if not access.is_own(tx, one) or not keys.is_open(tx.runtime):
        return ""
    for found in await followers.confirmed(tx, [one.id]):
        return keys.of(tx.runtime).known(found.id, found.sealed)
    return ""


async def page(tx: Transaction, course: str, size: int, token: str) -> tuple[Page[Enrolment], dict[UUID, Course]]:
    """The caller's, with their courses; in one course, or (empty) in all.

    Errors: COURSE_NOT_FOUND, PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID.
    """
    one = (await offers.known(tx, course)).id if course else None
    found = await store.own(tx, tx.caller.subject, one, size, token)
    return found, await courses.several(tx, {one.course for one in found.rows})


async def participants(tx: Transaction, course: str, state: State, size: int, token: str) -> Page[Enrolment]:
    """Those in a course of the caller's agency. Errors: COURSE_NOT_FOUND, NOT_YOURS, PAGE_SIZE_INVALID,
    PAGE_TOKEN_INVALID.
    """
    found = await offers.ours(tx, course)
    return await store.of_course(tx, found.id, state, size, token)


async def withdraw(tx: Transaction, id_: str, etag: str = "") -> tuple[Enrolment, Course]:
    """The caller gives their seat back. Errors: those of ``WithdrawEnrolment``."""
    found, _ = await access.own(tx, id_)
    course = await courses.get(tx, found.course, lock=True)
    assert course is not None, "enrolments refer to their course"
    found = await access.own_still(tx, found)
    etags.match(etag, found.version)
    done = await seating.withdraw(tx, course, found)
    return done, await courses.get(tx, course.id) or course


async def show_name(tx: Transaction, id_: str, etag: str, name: str, *, name_shown: bool) -> tuple[Enrolment, Course]:
    """The caller says whether their name is shown, and corrects it unless it is empty.

    Errors: ENROLMENT_NOT_FOUND, STALE_ETAG, those of ``renamed``.
    """
    found, course = await access.own(tx, id_)
    found = await access.own_still(tx, found)
    etags.match(etag, found.version)
    if name and name != names.unseal(tx.runtime, found):
        held = bool(found.certificate) and not await certificates.withdrawn(tx, [found.certificate])
        begun = course.starts_at <= tx.now
        found = renamed(found, names.seal(tx.runtime, found.id, name), held=held, begun=begun)
    done = replace(found, name_shown=name_shown, version=found.version + 1, updated_at=tx.now)
    await store.save(tx, done)
    return done, course


async def erase(tx: Transaction, found: Sequence[Enrolment]) -> None:
    """Erases somebody's: seats of courses that are not over are given back first, those of others stay attended."""
    for one in found:
        course = await courses.get(tx, one.course, lock=True)
        now = (await store.these(tx, [one.id]))[0]
        assert course is not None, "enrolments refer to their course"
        if course.state is model.State.PUBLISHED and not course.is_over(tx.now) and now.state in LIVE:
            now = await seating.withdraw(tx, course, now)
        await store.save(tx, now.erased(tx.now))
    await attendance.forget_notes(tx, [one.id for one in found])
    await followers.end(tx, [one.id for one in found])  # as who confirms an address: the enrolment is locked first
