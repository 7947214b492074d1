"""What changes a course for all who are enrolled: one function per use case."""

from services.kit.database import Transaction
from services.kit.errors import invalid
from services.society.course_mails import queue as news
from services.society.course_mails import store as followers
from services.society.course_mails.model import LET_GO, News
from services.society.courses import access, events, model, store
from services.society.courses import actions as courses
from services.society.courses.model import Course, Plan, State
from services.society.seating import actions as seating
from services.society.seating import store as enrolments
from services.society.seating.model import State as Seat
from services.society.terms import profile


async def rewrite(tx: Transaction, id_: str, etag: str, plan: Plan, reason: str) -> Course:
    """Writes one anew; more seats go to those who wait. Errors: those of ``UpdateCourse``."""
    before = await access.changeable(tx, id_, etag)
    public = before.state is State.PUBLISHED
    if public and not reason:
        raise invalid("COURSE_REASON_REQUIRED", "The course is public, so say why it changes.", field="reason")
    done = model.rewritten(before, plan, tx.now)
    if not public:
        await store.save(tx, done)
        return done
    change = await courses.note(tx, done, reason, before)
    event = events.changed(tx.runtime.city, done)
    tx.emit(event, aggregate=str(done.id), version=done.version, correlation=str(done.id))
    filled = await seating.fill(tx, done, change.id)
    await news.tell_all(tx, done.id, News.CHANGED, change.id)  # but who moved up: their mail tells both
    return filled


async def cancel(tx: Transaction, id_: str, etag: str, reason: str) -> Course:
    """Calls one off. Errors: those of ``CancelCourse``."""
    before = await access.changeable(tx, id_, etag)
    done = model.cancelled(before, tx.now)
    kept = profile.of_begun(tx.runtime.city).kept
    for was in (Seat.SEATED, Seat.WAITING):
        await enrolments.end(tx, done.id, was, Seat.CANCELLED, kept)
    await store.save(tx, done)
    change = await courses.note(tx, done, reason)
    await news.tell_all(tx, done.id, News.CANCELLED, change.id)
    await followers.let_go(tx, done.id, tx.now + LET_GO)
    tx.emit(events.cancelled(before), aggregate=str(done.id), version=done.version, correlation=str(done.id))
    return done
