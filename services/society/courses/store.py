"""SQL of courses."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from services.kit.database import Transaction
from services.kit.database.table import Keyset, Page, Table
from services.kit.runtime import Runtime
from services.society.courses.model import Change, Course, State

_COURSES = Table(Course, "course", fixed=("agency", "created_at"))
_CHANGES = Table(Change, "course_change")
_SOONEST: Keyset[Course] = Keyset({"starts_at": datetime, "id": UUID}, of=lambda one: (one.starts_at, one.id))
_SHOWN = 100
"""Changes that a course shows."""
_COUNTED = 200
"""Open courses that are counted at most."""
get, add, save, note = _COURSES.get, _COURSES.add, _COURSES.save, _CHANGES.add

_OPEN = """
SELECT count(*)::integer FROM (
    SELECT FROM course WHERE state = 'published' AND closes_at > $1 ORDER BY closes_at LIMIT $2) AS part
"""
# ORDER BY, so that any plan takes the index of what is public.
_OVER = "SELECT ends_at FROM course WHERE state = 'published' ORDER BY ends_at LIMIT 1"


async def page(tx: Transaction, state: State, agency: str, size: int, token: str) -> Page[Course]:
    """Those in a state, of an agency (empty: of any), the soonest first."""
    return await _COURSES.page(tx, _SOONEST, size, token, state=state, agency=agency)


async def remove(tx: Transaction, course: UUID) -> None:
    """Erases one that nothing refers to."""
    await tx.execute("DELETE FROM course WHERE id = $1", course)


async def any_yet(tx: Transaction) -> bool:
    """Whether any was ever written."""
    return await tx.fetchval("SELECT id FROM course ORDER BY id LIMIT 1") is not None


async def several(tx: Transaction, ids: Collection[UUID]) -> dict[UUID, Course]:
    """Some by their ids."""
    found = await _COURSES.every(tx, "id = ANY($1::uuid[])", list(ids)) if ids else []
    return {one.id: one for one in found}


async def changes(tx: Transaction, course: UUID) -> Sequence[Change]:
    """The newest of one, in their order."""
    found = await _CHANGES.every(tx, "course = $1 ORDER BY id DESC LIMIT $2", course, _SHOWN)
    return found[::-1]


async def changes_by_ids(tx: Transaction, ids: Collection[UUID]) -> dict[UUID, Change]:
    """Some changes by their ids."""
    found = await _CHANGES.every(tx, "id = ANY($1::uuid[])", list(ids)) if ids else []
    return {one.id: one for one in found}


async def open_now(tx: Transaction) -> int:
    """How many people can enrol in, up to as many as are counted."""
    found: int = await tx.fetchval(_OPEN, tx.now, _COUNTED)
    return found


async def anything_over(runtime: Runtime, before: datetime) -> bool:
    """Whether some course ended before and is not finished."""
    at: datetime | None = await runtime.pool.fetchval(_OVER)
    return at is not None and at <= before


async def over(tx: Transaction, before: datetime, but: Collection[UUID]) -> Course | None:
    """One that ended before and is not finished, the longest ago, locked; but for these."""
    tail = "state = 'published' AND ends_at <= $1 AND id <> ALL($2::uuid[]) ORDER BY ends_at"
    return await _COURSES.first(tx, tail, before, list(but), lock=True)


async def first_end(tx: Transaction) -> datetime | None:
    """When the course ended that is over the longest and not finished, or ends next."""
    at: datetime | None = await tx.fetchval(_OVER)
    return at
