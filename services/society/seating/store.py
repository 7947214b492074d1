"""SQL of who has a seat and who waits."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from services.kit.database import Transaction
from services.kit.database.table import Keyset, Page, Table
from services.society.courses.model import MOST_WAITING
from services.society.seating.model import MOST_OF_ONE, Enrolment, State

_ENROLMENTS = Table(Enrolment, "enrolment", fixed=("course", "place", "created_at"))
_NEWEST: Keyset[Enrolment] = Keyset({"id": UUID}, of=lambda one: (one.id,), descending=True)
_IN_ORDER: Keyset[Enrolment] = Keyset({"place": int}, of=lambda one: (one.place,))
get, add, save = _ENROLMENTS.get, _ENROLMENTS.add, _ENROLMENTS.save
FORGOTTEN = 500
"""Enrolments that one statement erases."""

_LIVE_OF = """
SELECT count(*)::integer FROM (
    SELECT FROM enrolment AS part JOIN course ON course.id = part.course
     WHERE part.subject = $1 AND part.subject <> '' AND part.state IN ('seated', 'waiting')
       AND course.state = 'published' AND course.ends_at > $2
     LIMIT $3) AS now
"""
_AHEAD = """
SELECT count(*)::integer FROM (
    SELECT FROM enrolment WHERE course = $1 AND state = 'waiting' AND place < $2 ORDER BY place LIMIT $3) AS part
"""
_END = """
UPDATE enrolment SET state = $3, version = version + 1, updated_at = $4, forget_at = $4::timestamptz + $5::interval
 WHERE course = $1 AND state = $2
"""
_FORGET = """
UPDATE enrolment SET subject = '', sealed = '', name_shown = false, version = version + 1, forget_at = NULL
 WHERE id IN (
    SELECT id FROM enrolment WHERE forget_at < $1 ORDER BY forget_at LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED
) RETURNING id
"""
_KEEP = """
UPDATE enrolment SET forget_at = $2::timestamptz + $3::interval
 WHERE course = $1 AND state = 'seated' AND certificate = ''
"""


async def live(tx: Transaction, course: UUID, subject: str) -> Enrolment | None:
    """Somebody's in a course, that has not ended."""
    return await _ENROLMENTS.first(
        tx, "course = $1 AND subject = $2 AND state IN ('seated', 'waiting')", course, subject
    )


async def live_of(tx: Transaction, subject: str) -> int:
    """How many courses that are not over somebody takes part in or waits for, up to as many as they may."""
    found: int = await tx.fetchval(_LIVE_OF, subject, tx.now, MOST_OF_ONE)
    return found


async def first_waiting(tx: Transaction, course: UUID, most: int) -> list[Enrolment]:
    """Those who wait the longest, locked."""
    tail = "course = $1 AND state = 'waiting' ORDER BY place LIMIT $2 FOR NO KEY UPDATE"
    return await _ENROLMENTS.every(tx, tail, course, most)


async def ahead(tx: Transaction, one: Enrolment) -> int:
    """How many wait before somebody who waits."""
    if one.state is not State.WAITING:
        return 0
    found: int = await tx.fetchval(_AHEAD, one.course, one.place, MOST_WAITING)
    return found


async def own(tx: Transaction, subject: str, course: UUID | None, size: int, token: str) -> Page[Enrolment]:
    """Somebody's, in a course (None: in all), the newest first."""
    return await _ENROLMENTS.page(tx, _NEWEST, size, token, subject=subject, course=course)


async def of_course(tx: Transaction, course: UUID, state: State, size: int, token: str) -> Page[Enrolment]:
    """Those of a course in a state, in the order of asking."""
    return await _ENROLMENTS.page(tx, _IN_ORDER, size, token, course=course, state=state)


async def these(tx: Transaction, ids: Sequence[UUID]) -> list[Enrolment]:
    """Some by their ids, locked, in the order of asking."""
    tail = "id = ANY($1::uuid[]) ORDER BY place FOR NO KEY UPDATE"
    return await _ENROLMENTS.every(tx, tail, list(ids))


async def by_ids(tx: Transaction, ids: Collection[UUID]) -> dict[UUID, Enrolment]:
    """Some by their ids."""
    return {one.id: one for one in await _ENROLMENTS.every(tx, "id = ANY($1::uuid[])", list(ids))}


async def without_certificate(tx: Transaction, course: UUID, attended: int) -> list[Enrolment]:
    """Those with a seat who attended at least so often and have no certificate, locked, in the order of asking."""
    tail = "course = $1 AND state = 'seated' AND certificate = '' AND attended >= $2 ORDER BY place FOR NO KEY UPDATE"
    return await _ENROLMENTS.every(tx, tail, course, attended)


async def of_person(tx: Transaction, subject: str) -> list[Enrolment]:
    """All of somebody's, by course, so that all who lock several do it in one order."""
    return await _ENROLMENTS.every(tx, "subject = $1 ORDER BY course", subject)


async def end(tx: Transaction, course: UUID, was: State, state: State, kept: timedelta) -> None:
    """Ends all of a course that are in a state."""
    await tx.execute(_END, course, was.value, state.value, tx.now, kept)


async def keep(tx: Transaction, course: UUID, kept: timedelta) -> None:
    """Says until when names of those are kept who have no certificate."""
    await tx.execute(_KEEP, course, tx.now, kept)


async def forget(tx: Transaction, now: datetime) -> list[UUID]:
    """Erases names whose time has come; of whom, ``FORGOTTEN`` of them where there may be more."""
    return [row["id"] for row in await tx.fetch(_FORGET, now, FORGOTTEN)]
