"""Giving seats to who asks and to who waits. Whoever calls has locked the course, so that one comes after the other."""

from dataclasses import replace
from uuid import UUID

from services.kit.database import Transaction
from services.society.course_mails import queue as news
from services.society.course_mails import store as followers
from services.society.course_mails.model import News
from services.society.courses import store as courses
from services.society.courses.model import Course, room
from services.society.seating import events, model, store
from services.society.seating.model import Enrolment, State
from services.society.terms import profile


async def fill(tx: Transaction, course: Course, change: UUID | None = None) -> Course:
    """Gives free seats to those who wait the longest, saves the course, and tells of it with the ``change``."""
    before = profile.of_begun(tx.runtime.city).move_up
    count = room(course, before, tx.now)
    first = await store.first_waiting(tx, course.id, count) if count else []
    filled, up = model.moving_up(course, first, before, tx.now)
    for place, one in enumerate(up, 1):
        await store.save(tx, one)
        so_far = replace(course, taken=course.taken + place, waiting=course.waiting - place)
        tell_taken(tx, so_far, one, moved_up=True)
    await news.tell(tx, [one.id for one in up], News.MOVED_UP, change)
    await courses.save(tx, filled)
    return filled


async def withdraw(tx: Transaction, course: Course, one: Enrolment) -> Enrolment:
    """Somebody gives their seat back or waits no longer; who waits the longest moves up.

    Errors: INVALID_TRANSITION, COURSE_OVER.
    """
    known = profile.of_begun(tx.runtime.city)
    without, done = model.withdrawn(course, one, tx.now, known.kept)
    await store.save(tx, done)
    await followers.end(tx, [done.id])
    if one.state is State.SEATED:
        event = events.freed(without)
        tx.emit(event, aggregate=str(done.id), version=done.version, correlation=str(course.id))
    await fill(tx, without)
    return done


def tell_taken(tx: Transaction, course: Course, one: Enrolment, *, moved_up: bool) -> None:
    """Tells that a seat was given."""
    event = events.taken(course, moved_up=moved_up)
    tx.emit(event, aggregate=str(one.id), version=one.version, correlation=str(course.id))
