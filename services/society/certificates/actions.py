"""What can be done with certificates: one function per use case."""

from dataclasses import replace
from typing import NamedTuple

from services.kit import ids
from services.kit.database import Transaction
from services.kit.errors import invalid, not_found, precondition
from services.kit.interest import own_matter, require_disinterested
from services.kit.rpc import etag as etags
from services.society.attendance import store as attendance
from services.society.certificates import events, model, store
from services.society.certificates.model import Certificate, State
from services.society.course_mails import queue as news
from services.society.course_mails import store as followers
from services.society.course_mails.model import LET_GO, News
from services.society.courses import access
from services.society.courses import events as course_events
from services.society.courses import model as course_model
from services.society.courses import store as courses
from services.society.courses.model import Course
from services.society.courses.model import State as CourseState
from services.society.seating import names
from services.society.seating import store as enrolments
from services.society.seating.model import Enrolment
from services.society.seating.model import State as Seat
from services.society.terms import profile


class Shown(NamedTuple):
    """A certificate as anybody is told of it."""

    certificate: Certificate
    course: Course
    name: str
    """Empty where its holder does not want it shown, or it is erased."""


async def get(tx: Transaction, code: str) -> Shown:
    """What a number is. Errors: those of ``GetCertificate``."""
    return await _shown(tx, await _known(tx, code))


async def issue(tx: Transaction, course: str) -> tuple[int, int]:
    """Gives them to all who attended enough; how many, and how many of the caller's own were left. Errors: those of
    ``IssueCertificates``.
    """
    found = await access.ours(tx, course, lock=True)
    if found.state not in (CourseState.PUBLISHED, CourseState.FINISHED):
        raise precondition("INVALID_TRANSITION", f"It is {found.state.value}.", state=found.state.value)
    course_model.require_over(found, tx.now)
    if found.taken and await attendance.unmarked(tx, found.id, len(found.session_starts)):
        raise precondition("ATTENDANCE_MISSING", "Note who attended each session first.")
    return await finish(tx, found)


async def finish(tx: Transaction, course: Course) -> tuple[int, int]:
    """The same of a course that is over, locked, whatever was noted."""
    worthy = await enrolments.without_certificate(tx, course.id, course.least_sessions)
    others = [one for one in worthy if own_matter(tx.caller, one.subject) is None]
    await _give(tx, course, others)
    if course.state is CourseState.PUBLISHED:
        kept = profile.of_begun(tx.runtime.city).kept
        done = course_model.finished(course, tx.now)
        await enrolments.end(tx, course.id, Seat.WAITING, Seat.MISSED, kept)
        await enrolments.keep(tx, course.id, kept)
        await courses.save(tx, done)
        await followers.let_go(tx, done.id, tx.now + LET_GO)
        event = course_events.finished(done, len(others))
        tx.emit(event, aggregate=str(done.id), version=done.version, correlation=str(done.id))
    return len(others), len(worthy) - len(others)


async def withdraw(tx: Transaction, code: str, etag: str, reason: str) -> Shown:
    """It holds no longer. Errors: those of ``WithdrawCertificate``."""
    before = await _known(tx, code, lock=True)
    course = await courses.get(tx, before.course)
    assert course is not None, "certificates refer to their course"
    access.require_office(tx, course)
    holder = await enrolments.get(tx, before.enrolment)
    require_disinterested(tx.caller, holder.subject if holder else "")
    etags.require(etag, before.version)
    done = model.withdrawn(before, reason, tx.caller.subject, tx.now)
    await store.save(tx, done)
    event = events.withdrawn(course)
    tx.emit(event, aggregate=str(done.id), version=done.version, correlation=str(course.id))
    return await _shown(tx, done)


async def reissue(tx: Transaction, code: str) -> Shown:
    """Gives the holder of a withdrawn one another. Errors: those of ``ReissueCertificate``."""
    before = await _known(tx, code, lock=True)
    course = await courses.get(tx, before.course, lock=True)
    assert course is not None, "certificates refer to their course"
    access.require_office(tx, course)
    (holder,) = await enrolments.these(tx, [before.enrolment])
    require_disinterested(tx.caller, holder.subject)
    model.require_reissuable(before, holder.certificate if holder.subject else "")
    if holder.attended < course.least_sessions:
        message = "They have not attended enough sessions, as it is noted. Correct that first."
        raise precondition("CERTIFICATE_UNEARNED", message)
    (made,) = await _give(tx, course, [holder], again=True)
    return await _shown(tx, made)


async def _give(tx: Transaction, course: Course, holders: list[Enrolment], *, again: bool = False) -> list[Certificate]:
    kept = profile.of_begun(tx.runtime.city).certificate_kept
    by = "system" if tx.caller.has("system") else tx.caller.subject
    made = [
        Certificate(
            ids.uuid7(), 1, model.new_code(tx.runtime.city.code_prefix), course.id, one.id, State.VALID, by, tx.now
        )
        for one in holders
    ]
    # A number that somebody has already, of which there are too many to happen, fails the whole and is tried again.
    written = await store.add_all(tx, made)
    assert len(written) == len(made), "numbers and holders are new"
    # The holder was mailed of the one before: of another number they are mailed once more.
    await news.tell(tx, [one.id for one in holders], News.CERTIFIED, made[0].id if again else None)
    for one, certificate in zip(holders, made, strict=True):
        given = one.moved(one.state, tx.now, kept) if one.subject else one
        await enrolments.save(tx, replace(given, seated_at=one.seated_at, certificate=certificate.code))
        event = events.issued(course)
        tx.emit(event, aggregate=str(certificate.id), version=1, correlation=str(course.id))
    return made


async def _known(tx: Transaction, text: str, *, lock: bool = False) -> Certificate:
    code = model.parse_code(tx.runtime.city.code_prefix, text)
    if code is None:
        message = (
            "That is no number of a certificate: its last character checks the others. Look again at each of them."
        )
        raise invalid("CERTIFICATE_MISTYPED", message, field="code")
    found = await store.by_code(tx, code, lock=lock)
    if found is None:
        raise not_found("CERTIFICATE_NOT_FOUND", "There is no certificate with this number.", field="code")
    return found


async def _shown(tx: Transaction, one: Certificate) -> Shown:
    course, holder = await courses.get(tx, one.course), await enrolments.get(tx, one.enrolment)
    assert course is not None, "certificates refer to their course"
    name = names.unseal(tx.runtime, holder) if holder is not None and holder.name_shown else ""
    return Shown(one, course, name)
