"""What can be done with who hears of their course by mail."""

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple
from uuid import UUID

from services.kit.database import Transaction
from services.kit.errors import DomainError, not_found, precondition
from services.kit.mail.follower import LINK_LIFE, Why
from services.kit.mail.following import Following
from services.kit.mail.keys import Purpose
from services.society.course_mails import keys, queue, store
from services.society.course_mails.model import Follower
from services.society.courses import store as courses
from services.society.courses.model import Course
from services.society.courses.model import State as CourseState
from services.society.enrolments import access
from services.society.seating import store as seats
from services.society.seating.model import LIVE, Enrolment


class Followed(NamedTuple):
    """Who hears of it, and the course."""

    follower: Follower
    course: Course


async def follow(tx: Transaction, enrolment: str, email: str, language: str) -> Followed:
    """Asks the owner of an address whether they want to hear of the caller's course, as often as it may be asked.

    The answer is the same where it may not. Errors: those of ``CreateCourseFollower``.
    """
    if not (tx.runtime.settings.smtp_url and keys.is_open(tx.runtime)):
        raise keys.closed()
    one, course = await access.own(tx, enrolment, lock=True)  # one address after the other waits
    _require_going_on(one, course)
    made = FOLLOWING.made(tx, email, language, partial(Follower, enrolment=one.id, course=course.id))
    if await FOLLOWING.may_ask(tx, made):
        await FOLLOWING.ask(tx, made, await store.waiting(tx, one.id))  # the last address that was given counts
    return Followed(made, course)


async def linked(tx: Transaction, purpose: Purpose, token: str) -> Followed:
    """What a link is about. Errors: COURSE_MAILS_CLOSED, COURSE_LINK_UNKNOWN."""
    one = await FOLLOWING.linked(tx, purpose, token)
    course = await courses.get(tx, one.course)
    if course is None:
        raise _unknown()
    return Followed(one, course)


async def confirm(tx: Transaction, token: str) -> Followed:
    """The owner of an address wants the news. Again is harmless.

    Errors: COURSE_MAILS_CLOSED, COURSE_LINK_UNKNOWN, COURSE_LINK_EXPIRED.
    """
    found = await linked(tx, Purpose.CONFIRM, token)
    await seats.get(tx, found.follower.enrolment, lock=True)  # another address of it may be confirmed just now
    one, address = await FOLLOWING.to_confirm(tx, found.follower)
    if address is None:
        return Followed(one, found.course)
    return Followed(await FOLLOWING.confirm(tx, one, await store.of_enrolment(tx, one.enrolment)), found.course)


async def end(tx: Transaction, token: str) -> Followed:
    """Whoever reads the mails wants no more: the address is erased. Again is harmless.

    Errors: COURSE_MAILS_CLOSED, COURSE_LINK_UNKNOWN.
    """
    found = await linked(tx, Purpose.END, token)
    return Followed(await FOLLOWING.stop(tx, found.follower, Why.UNSUBSCRIBED), found.course)


async def addresses_of(tx: Transaction, enrolments: Sequence[UUID]) -> dict[UUID, str]:
    """Where news of enrolments go, for whose they are."""
    found = await store.confirmed(tx, enrolments)
    return {one.enrolment: keys.of(tx.runtime).known(one.id, one.sealed) for one in found}


def _require_going_on(one: Enrolment, course: Course) -> None:
    """Lets only hear of a course who takes part or waits while it goes on. Errors: INVALID_TRANSITION."""
    if one.state not in LIVE or course.state is not CourseState.PUBLISHED:
        raise precondition("INVALID_TRANSITION", f"It is {one.state.value}.", state=one.state.value)


def _unknown() -> DomainError:
    message = "This link is not whole, or too old. Ask for the mails again on the page of your course."
    return not_found("COURSE_LINK_UNKNOWN", message)


def _expired() -> DomainError:
    message = f"It has ended, or its link is older than {LINK_LIFE.days} days. Ask for it again."
    return precondition("COURSE_LINK_EXPIRED", message)


FOLLOWING = Following(store.FOLLOWERS, keys.of, queue.ask, _unknown, _expired)
