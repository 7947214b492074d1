"""SQL of attendance: what is noted is added and never changed; words on somebody go with their name."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from services.kit.database import Transaction
from services.kit.database.table import Keyset, Page, Table
from services.society.attendance.model import Mark

Latest = Mapping[UUID, Mapping[int, bool]]
"""By enrolment and session: whether they were there."""
_MARKS = Table(Mark, "attendance_mark")
_OLDEST: Keyset[Mark] = Keyset({"id": UUID}, of=lambda one: (one.id,))
add_all = _MARKS.add_all

_LATEST = """
SELECT DISTINCT ON (enrolment, session) enrolment, session, present
  FROM attendance_mark WHERE enrolment = ANY($1::uuid[]) ORDER BY enrolment, session, id DESC
"""
_FORGET_NOTES = "UPDATE attendance_mark SET note = '' WHERE enrolment = ANY($1::uuid[]) AND note <> ''"
# Each enrolment by itself, so that its marks are looked up: in their order all that there are would be walked through.
_NEWEST_OF = """
SELECT mark.* FROM unnest($1::uuid[]) AS wanted (one), LATERAL (
    SELECT id, course, enrolment, session, present, by, note, at
      FROM attendance_mark WHERE enrolment = wanted.one ORDER BY id DESC LIMIT $2) AS mark
 ORDER BY mark.id DESC LIMIT $2
"""
# Each session by itself, so that a session's marks are looked up and not read.
_UNMARKED = """
SELECT count(*)::integer FROM generate_series(1, $2) AS of (session)
  LEFT JOIN LATERAL (
      SELECT true AS there FROM attendance_mark AS mark WHERE mark.course = $1 AND mark.session = of.session LIMIT 1
  ) AS noted ON true
 WHERE noted.there IS NULL
"""


async def latest(tx: Transaction, enrolments: Sequence[UUID]) -> Latest:
    """What counts of some."""
    found: dict[UUID, dict[int, bool]] = {}
    for row in await tx.fetch(_LATEST, list(enrolments)) if enrolments else []:
        found.setdefault(row["enrolment"], {})[row["session"]] = row["present"]
    return found


async def unmarked(tx: Transaction, course: UUID, sessions: int) -> int:
    """Of how many sessions nothing is noted."""
    found: int = await tx.fetchval(_UNMARKED, course, sessions)
    return found


async def page(tx: Transaction, enrolment: UUID, size: int, token: str) -> Page[Mark]:
    """All of an enrolment, the oldest first."""
    return await _MARKS.page(tx, _OLDEST, size, token, enrolment=enrolment)


async def newest(tx: Transaction, enrolments: Sequence[UUID], most: int) -> list[Mark]:
    """What was noted of some, the newest first."""
    return [_MARKS.entity(row) for row in await tx.fetch(_NEWEST_OF, list(enrolments), most)]


async def forget_notes(tx: Transaction, enrolments: Sequence[UUID]) -> None:
    """Erases why attendance of some was corrected; who was there stays noted."""
    if enrolments:
        await tx.execute(_FORGET_NOTES, list(enrolments))
