"""Seeds what a local start shows of courses: in the ordinary way of the rooms, once, and without a single event.

Who takes part is made up: nobody has their logins, and their names say so.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from services.kit.caller import Caller, Scope
from services.kit.city import City
from services.kit.database import Transaction
from services.kit.runtime import Runtime
from services.society.attendance import actions as attendance
from services.society.certificates import actions as certificates
from services.society.courses import actions as courses
from services.society.courses import store
from services.society.courses.model import Course, Plan
from services.society.demo.acting import acting
from services.society.demo.words import COURSES, Lesson
from services.society.enrolments import actions as enrolments
from services.society.terms.profile import terms_of

WRITTEN = 40
"""Days ago when they were offered."""
_BEGIN, _LONG = time(9), timedelta(hours=3)


@dataclass(frozen=True)
class Offer:
    """A course of the story: where, and by whose officer."""

    lesson: Lesson
    area: str
    officer: Caller


async def seed_courses(runtime: Runtime) -> int:
    """Fills a society that offers nothing yet; answers how many courses were made up.

    Nothing happens when there is one, or when the city's profile has no made-up history or no courses.
    """
    known = terms_of(runtime.city)
    if known is None or runtime.city.demo() is None:
        return 0
    async with runtime.transaction() as tx:
        await tx.one_at_a_time("society demo courses")
        if await store.any_yet(tx):
            return 0
        for place, lesson in enumerate(COURSES):
            agency = known.agencies[place % len(known.agencies)]
            officer = Caller("demo", frozenset({"officer"}), agency)
            await _teach(tx, Offer(lesson, _area(runtime.city, place), officer))
        tx.emitted.clear()
    return len(COURSES)


async def _teach(tx: Transaction, offer: Offer) -> None:
    began = tx.now - timedelta(days=WRITTEN)
    plan = _plan(tx, offer)
    async with acting(tx, offer.officer, began):
        made = await courses.create(tx, plan)
        course = await courses.publish(tx, str(made.id), str(made.version))
    enrolled = []
    for number in range(offer.lesson.asked):
        someone = Caller(f"demo participant {number}", frozenset({"citizen"}))
        async with acting(tx, someone, began + timedelta(days=1, hours=number), Scope.OWN):
            one, _ = await enrolments.create(tx, str(course.id), f"Peserta Contoh {number + 1}", name_shown=number == 0)
            enrolled.append(str(one.id))
    if plan.session_ends[-1] < tx.now:
        await _hold(tx, offer, course, enrolled)


async def _hold(tx: Transaction, offer: Offer, course: Course, enrolled: list[str]) -> None:
    """It is over: who was there was noted, and has a certificate."""
    there = enrolled[offer.lesson.missed : offer.lesson.seats]
    for number, session in enumerate(course.sessions, 1):
        async with acting(tx, offer.officer, session.end):
            await attendance.mark(tx, str(course.id), number, there, enrolled[: offer.lesson.missed], "")
    async with acting(tx, offer.officer, course.ends_at + timedelta(days=1)):
        await certificates.issue(tx, str(course.id))


def _plan(tx: Transaction, offer: Offer) -> Plan:
    lesson, zone = offer.lesson, tx.runtime.city.timezone
    today = tx.now.astimezone(zone).date()
    starts = tuple(
        datetime.combine(today + timedelta(days=lesson.begins + 2 * place), _BEGIN, zone)
        for place in range(lesson.sessions)
    )
    return Plan(
        title=lesson.title, title_en=lesson.title_en, summary=lesson.summary, summary_en=lesson.summary_en,
        venue=lesson.venue, area=offer.area, lon=None, lat=None, session_starts=starts,
        session_ends=tuple(start + _LONG for start in starts), least_sessions=lesson.sessions - 1 or 1,
        seats=lesson.seats, closes_at=starts[0] - timedelta(days=1),
    )  # fmt: skip


def _area(city: City, place: int) -> str:
    lowest = sorted(code for code, area in city.areas.items() if area.is_lowest)
    return lowest[23 * (place + 1) % len(lowest)]
