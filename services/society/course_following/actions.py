"""What can be done with who hears of their course by mail."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from services.kit.database import Transaction
from services.kit.errors import DomainError, not_found, precondition
from services.kit.ids import uuid7
from services.kit.mail import addresses
from services.kit.mail.keys import Purpose
from services.society.course_following import keys
from services.society.course_mails import model, queue, store
from services.society.course_mails.model import Follower, State, Why
from services.society.courses import store as courses
from services.society.courses.model import Course
from services.society.courses.model import State as CourseState
from services.society.enrolments import access
from services.society.seating.model import LIVE, Enrolment


class Followed(NamedTuple):
    """Who hears of it, and the course."""

    follower: Follower
    course: Course


async def follow(tx: Transaction, enrolment: str, email: str, language: str) -> Followed:
    """Asks the owner of an address whether they want to hear of the caller's course, as often as it may be asked.

    The answer is the same where it may not. Errors: those of ``CreateCourseFollower``.
    """
    if not tx.runtime.settings.smtp_url:
        raise keys.closed()
    known = keys.of(tx.runtime)
    one, course = await access.own(tx, enrolment)
    _require_going_on(one, course)
    addresses.require_valid(email)
    id_, address = uuid7(), known.digest(email)
    made = Follower(id_, one.id, course.id, State.WAITING, language, address, known.seal(id_, email), tx.now)
    if await store.ASKED.ask(tx, address):
        await store.take_away_waiting(tx, one.id)
        await store.add(tx, made)
        await queue.ask(tx, uuid7(), id_)
    return Followed(made, course)


async def linked(tx: Transaction, purpose: Purpose, token: str) -> Followed:
    """What a link is about. Errors: COURSE_MAILS_CLOSED, COURSE_LINK_UNKNOWN."""
    known = keys.of(tx.runtime).reader_of(purpose, token)
    found = await store.get(tx, known) if known else None
    course = await courses.get(tx, found.course) if found else None
    if found is None or course is None:
        raise _unknown()
    return Followed(found, course)


async def confirm(tx: Transaction, token: str) -> Followed:
    """The owner of an address wants the news. Again is harmless.

    Errors: COURSE_MAILS_CLOSED, COURSE_LINK_UNKNOWN, COURSE_LINK_EXPIRED.
    """
    found = await linked(tx, Purpose.CONFIRM, token)
    one = await _locked(tx, found.follower)
    if one.state is State.CONFIRMED:
        return Followed(one, found.course)
    if one.address is None or not one.fresh(tx.now):
        message = f"It has ended, or its link is older than {model.LINK_LIFE.days} days. Ask for it again."
        raise precondition("COURSE_LINK_EXPIRED", message)
    await store.ASKED.forget(tx, one.address)
    before = await store.of_enrolment(tx, one.enrolment)
    if before is not None:
        await store.save(tx, before.over(Why.JOINED, tx.now))
    done = one.confirmed(tx.now)
    await store.save(tx, done)
    return Followed(done, found.course)


async def end(tx: Transaction, token: str) -> Followed:
    """Whoever reads the mails wants no more: the address is erased. Again is harmless.

    Errors: COURSE_MAILS_CLOSED, COURSE_LINK_UNKNOWN.
    """
    found = await linked(tx, Purpose.END, token)
    return Followed(await stop(tx, found.follower, Why.UNSUBSCRIBED), found.course)


async def stop(tx: Transaction, one: Follower, why: Why) -> Follower:
    """Ends it, and erases the address, which is asked no more for a while."""
    one = await _locked(tx, one)
    if one.address is None:
        return one
    await store.ASKED.stop(tx, one.address)
    done = one.over(why, tx.now)
    await store.save(tx, done)
    return done


async def addresses_of(tx: Transaction, enrolments: Sequence[UUID]) -> dict[UUID, str]:
    """Where news of enrolments go, for whose they are."""
    found = await store.confirmed(tx, enrolments)
    return {one.enrolment: keys.of(tx.runtime).known(one.id, one.sealed) for one in found}


def _require_going_on(one: Enrolment, course: Course) -> None:
    """Lets only hear of a course who takes part or waits while it goes on. Errors: INVALID_TRANSITION."""
    if one.state not in LIVE or course.state is not CourseState.PUBLISHED:
        raise precondition("INVALID_TRANSITION", f"It is {one.state.value}.", state=one.state.value)


async def _locked(tx: Transaction, one: Follower) -> Follower:
    """As it is now, locked, its address first: as everybody locks them."""
    if one.address is not None:
        await store.ASKED.lock(tx, one.address)
    found = await store.get(tx, one.id, lock=True)
    if found is None:  # nobody confirmed it, and it was taken away just now
        raise _unknown()
    return found


def _unknown() -> DomainError:
    message = "This link is not whole, or too old. Ask for the mails again on the page of your course."
    return not_found("COURSE_LINK_UNKNOWN", message)
