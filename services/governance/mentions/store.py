"""SQL of what dispatchers wrote about an incident."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from services.governance.journal.model import TYPED
from services.kit.database import Transaction

MOST = 2_000
"""Texts of each kind that are looked through for one call."""
_UP = """
WITH RECURSIVE up AS (
    SELECT id, merged_into FROM incident WHERE id = $1
    UNION
    SELECT one.id, one.merged_into FROM up JOIN incident one ON one.id = up.merged_into
)
SELECT id FROM up LIMIT 200
"""
_TYPED = ", ".join(sorted(f"'{one.value}'" for one in TYPED))
# Held until the commit, in the order in which all lock them: what a dispatcher writes meanwhile is never overwritten.
_HELD = "LIMIT $2 FOR NO KEY UPDATE"


@dataclass(frozen=True)
class Written:
    """Where dispatchers write, by what a row is known."""

    select: str
    """With what it is about ($1) and the most ($2): ``key`` and ``text``."""
    update: str


INCIDENT_NOTES = Written(
    f"SELECT id AS key, note AS text FROM incident WHERE id = ANY($1::uuid[]) ORDER BY id {_HELD}",
    "UPDATE incident SET note = $2, version = version + 1 WHERE id = $1",
)
REPORTS = Written(
    f"SELECT id AS key, report AS text FROM incident WHERE id = ANY($1::uuid[]) ORDER BY id {_HELD}",
    "UPDATE incident SET report = $2, version = version + 1 WHERE id = $1",
)
PLACES = Written(
    f"SELECT id AS key, place AS text FROM incident WHERE id = ANY($1::uuid[]) ORDER BY id {_HELD}",
    "UPDATE incident SET place = $2, version = version + 1 WHERE id = $1",
)
ENTRIES = Written(
    f"SELECT number AS key, text FROM dispatch_entry WHERE incident = ANY($1::uuid[]) AND what IN ({_TYPED}) LIMIT $2",
    "UPDATE dispatch_entry SET text = $2 WHERE number = $1",
)
HAND_OFFS = Written(
    "SELECT id AS key, reference AS text FROM hand_off WHERE incident = ANY($1::uuid[]) "
    f"ORDER BY incident, created_at {_HELD}",
    "UPDATE hand_off SET reference = $2, version = version + 1 WHERE id = $1",
)
OF_INCIDENTS = (INCIDENT_NOTES, REPORTS, PLACES, ENTRIES, HAND_OFFS)
PURPOSES = Written(
    "SELECT id AS key, purpose AS text FROM emergency_caller_read WHERE call = ANY($1::uuid[]) LIMIT $2",
    "UPDATE emergency_caller_read SET purpose = $2 WHERE id = $1",
)
HANDOVERS = Written(
    """
    SELECT one.id AS key, note AS text
      FROM (SELECT min(received_at) AS first, max(coalesce(closed_at, created_at)) AS last
              FROM emergency_call WHERE id = ANY($1::uuid[])) AS calls,
           (SELECT max(coalesce(closed_at, 'infinity')) AS last
              FROM incident WHERE id = ANY($1::uuid[]) AND merged_into IS NULL) AS matter,
           shift_handover AS one
     WHERE one.created_at >= calls.first
       AND one.created_at < greatest(calls.last, matter.last) + interval '3 days'
     ORDER BY one.created_at LIMIT $2
    """,
    "UPDATE shift_handover SET note = $2 WHERE id = $1",
)
"""From a call until days after it was dealt with, and what it was about has ended, they may speak of it; paper forms
are entered days after they came. About calls and their incidents.
"""
OF_CALLS = (PURPOSES, HANDOVERS)


async def merged_with(tx: Transaction, incident: UUID) -> list[UUID]:
    """An incident, and what it was merged into."""
    return [row["id"] for row in await tx.fetch(_UP, incident)]


async def written(tx: Transaction, where: Written, about: Collection[UUID]) -> dict[object, str]:
    """What was written there, by what it is known."""
    return {row["key"]: row["text"] for row in await tx.fetch(where.select, list(about), MOST) if row["text"]}


async def rewrite(tx: Transaction, where: Written, key: object, text: str) -> None:
    """Puts a text in the place of another."""
    await tx.execute(where.update, key, text)
