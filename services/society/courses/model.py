"""A course: its sessions, its seats, and how it goes from a draft to its end. Pure rules."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import NamedTuple
from uuid import UUID

from services.kit.errors import DomainError, invalid, precondition

LONGEST_SESSION = timedelta(hours=14)
LATEST = timedelta(days=731)
"""How far ahead the last session may be."""
MOST_WAITING = 500


class State(Enum):
    """Where it stands."""

    DRAFT = "draft"
    PUBLISHED = "published"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class Session(NamedTuple):
    """A time at which it meets."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Plan:
    """What an agency says of a course."""

    title: str
    title_en: str
    summary: str
    summary_en: str
    venue: str
    area: str
    lon: float | None
    lat: float | None
    session_starts: tuple[datetime, ...]
    session_ends: tuple[datetime, ...]
    least_sessions: int
    seats: int
    closes_at: datetime


@dataclass(frozen=True)
class Course:
    """One of them. Times are UTC; ``version`` counts its changes, not those of its seats."""

    id: UUID
    version: int
    state: State
    agency: str
    title: str
    title_en: str
    summary: str
    summary_en: str
    venue: str
    area: str
    """Kemendagri code."""
    lon: float | None
    lat: float | None
    session_starts: tuple[datetime, ...]
    session_ends: tuple[datetime, ...]
    least_sessions: int
    seats: int
    closes_at: datetime
    starts_at: datetime
    """The first session."""
    ends_at: datetime
    """The last one's end."""
    taken: int
    """Seats that somebody has."""
    waiting: int
    asked: int
    """How often somebody asked for a seat: the place of the last one in the order of asking."""
    created_at: datetime
    updated_at: datetime

    @property
    def sessions(self) -> Sequence[Session]:
        """In their order."""
        return [Session(*each) for each in zip(self.session_starts, self.session_ends, strict=True)]

    @property
    def free(self) -> int:
        """Seats that nobody has."""
        return self.seats - self.taken

    def is_open(self, now: datetime) -> bool:
        """Whether people may enrol."""
        return self.state is State.PUBLISHED and now < self.closes_at

    def is_over(self, now: datetime) -> bool:
        """Whether its last session has ended."""
        return now >= self.ends_at

    def move_up_end(self, before: timedelta) -> datetime:
        """Until when free seats go to who waits: while people may enrol, and until so long before the first session."""
        return max(self.closes_at, self.starts_at - before)

    def session(self, number: int) -> Session:
        """One by its number, from 1 on. Errors: SESSION_UNKNOWN."""
        if not 1 <= number <= len(self.session_starts):
            raise invalid("SESSION_UNKNOWN", "The course has no such session; the first is 1.", field="session")
        return self.sessions[number - 1]


@dataclass(frozen=True)
class Change:
    """Something that happened to a course and that all who are enrolled are told."""

    id: UUID
    course: UUID
    state: State
    reason: str
    by: str
    at: datetime
    venue_before: str = ""
    """Where it was to meet until it was written anew; empty where it was not, or was by a version that kept nothing."""
    area_before: str = ""
    session_starts_before: tuple[datetime, ...] = ()
    session_ends_before: tuple[datetime, ...] = ()

    @property
    def sessions_before(self) -> Sequence[Session]:
        """When it was to meet, in their order."""
        return [Session(*each) for each in zip(self.session_starts_before, self.session_ends_before, strict=True)]


def drafted(id_: UUID, agency: str, plan: Plan, now: datetime) -> Course:
    """A draft. Errors: those of ``checked``."""
    made = Course(
        id=id_, version=1, state=State.DRAFT, agency=agency, **vars(plan), starts_at=plan.session_starts[0],
        ends_at=plan.session_ends[-1], taken=0, waiting=0, asked=0, created_at=now, updated_at=now,
    )  # fmt: skip
    return checked(made, now)


def checked(one: Course, now: datetime) -> Course:
    """It, when its times and numbers can be. Errors: COURSE_TIMES_INVALID, COURSE_LEAST_INVALID."""
    before = now - timedelta(days=3_650)
    for start, end in one.sessions:
        if start < before or not timedelta(0) < end - start <= LONGEST_SESSION:
            raise _times("Sessions follow each other, and each ends after it begins, on the same day.", "sessions")
        before = end
    if one.ends_at > now + LATEST:
        raise _times("The last session is within two years.", "sessions")
    if one.closes_at > one.starts_at:
        raise _times("People enrol until the first session begins, at the latest.", "close_time")
    if one.least_sessions > len(one.session_starts):
        message = "For a certificate there cannot be more sessions than the course has."
        raise invalid("COURSE_LEAST_INVALID", message, field="least_sessions")
    return one


def published(one: Course, now: datetime) -> Course:
    """People may enrol. Errors: INVALID_TRANSITION, COURSE_TIMES_INVALID."""
    if one.state is not State.DRAFT:
        raise _elsewhere(one)
    if one.closes_at <= now:
        raise _times("The time until which people enrol has passed.", "close_time")
    return replace(one, state=State.PUBLISHED, version=one.version + 1, updated_at=now)


def require_draft(one: Course) -> None:
    """Lets only what nobody but its agency ever saw pass. Errors: INVALID_TRANSITION."""
    if one.state is not State.DRAFT:
        raise _elsewhere(one)


def rewritten(one: Course, plan: Plan, now: datetime) -> Course:
    """It with another plan. Errors: INVALID_TRANSITION, SEATS_TAKEN, COURSE_BEGUN, COURSE_OVER, and of ``checked``."""
    if one.state not in (State.DRAFT, State.PUBLISHED):
        raise _elsewhere(one)
    if plan.seats < one.taken:
        raise precondition("SEATS_TAKEN", "More seats than that are taken.", taken=str(one.taken))
    made = replace(
        one, **vars(plan), starts_at=plan.session_starts[0], ends_at=plan.session_ends[-1], version=one.version + 1,
        updated_at=now,
    )  # fmt: skip
    if one.state is State.PUBLISHED and _begun(one, now) != _begun(made, now):
        message = "Sessions that have begun stay as they are; change those that lie ahead, to times that do as well."
        raise precondition("COURSE_BEGUN", message, field="sessions")
    if one.state is State.PUBLISHED and (made.sessions, made.least_sessions) != (one.sessions, one.least_sessions):
        require_not_over(one, now)
    return checked(made, now)


def _begun(one: Course, now: datetime) -> list[Session]:
    return [each for each in one.sessions if each.start <= now]


def cancelled(one: Course, now: datetime) -> Course:
    """It is called off, and nobody has a seat any more. Errors: INVALID_TRANSITION, COURSE_OVER."""
    if one.state is not State.PUBLISHED:
        raise _elsewhere(one)
    require_not_over(one, now)
    return replace(one, state=State.CANCELLED, taken=0, waiting=0, version=one.version + 1, updated_at=now)


def finished(one: Course, now: datetime) -> Course:
    """It is over; who waits has waited in vain. Errors: INVALID_TRANSITION, COURSE_NOT_OVER."""
    if one.state is not State.PUBLISHED:
        raise _elsewhere(one)
    require_over(one, now)
    return replace(one, state=State.FINISHED, waiting=0, version=one.version + 1, updated_at=now)


def require_over(one: Course, now: datetime) -> None:
    """Lets only pass once its last session has ended. Errors: COURSE_NOT_OVER."""
    if not one.is_over(now):
        raise precondition("COURSE_NOT_OVER", "Its last session has not ended yet.")


def require_not_over(one: Course, now: datetime) -> None:
    """Lets only pass until its last session has ended: who attended has earned a certificate. Errors: COURSE_OVER."""
    if one.is_over(now):
        message = "Its last session has ended: who attended it has done so, and their certificates are issued."
        raise precondition("COURSE_OVER", message)


def asked(one: Course, now: datetime) -> tuple[Course, bool]:
    """Somebody asks for a seat; whether they have one, else they wait behind all who do.

    Errors: ENROLMENT_CLOSED, COURSE_FULL.
    """
    if not one.is_open(now):
        raise precondition("ENROLMENT_CLOSED", "Nobody can enrol in this course now.", state=one.state.value)
    if one.free > 0 and not one.waiting:
        return replace(one, taken=one.taken + 1, asked=one.asked + 1), True
    if one.waiting >= MOST_WAITING:
        raise precondition("COURSE_FULL", "The course is full, and so is its waiting list.")
    return replace(one, waiting=one.waiting + 1, asked=one.asked + 1), False


def left(one: Course, *, seated: bool) -> Course:
    """Somebody gives their seat back, or their place on the waiting list."""
    return replace(one, taken=one.taken - 1) if seated else replace(one, waiting=one.waiting - 1)


def room(one: Course, before: timedelta, now: datetime) -> int:
    """How many of those who wait get a seat now (``Course.move_up_end``)."""
    if one.state is not State.PUBLISHED or now >= one.move_up_end(before):
        return 0
    return min(one.free, one.waiting)


def moved_up(one: Course, count: int) -> Course:
    """So many of those who wait have a seat."""
    return replace(one, taken=one.taken + count, waiting=one.waiting - count)


def _times(message: str, field: str) -> DomainError:
    return invalid("COURSE_TIMES_INVALID", message, field=field)


def _elsewhere(one: Course) -> DomainError:
    return precondition("INVALID_TRANSITION", f"It is {one.state.value}.", state=one.state.value)
