"""SQL of floods and of the complaints that belong to them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.governance.flood_cases.model import MOST, Flood, Link
from services.kit.database import Transaction
from services.kit.database.table import Table

_FLOODS = Table(Flood, "flood", fixed=("story", "exercise", "created_at"))
LINKS = Table(Link, "flood_link")
"""Read of a view of both tables; nested in the reading of a case."""
get, save = _FLOODS.get, _FLOODS.save
_OPEN = f"""
INSERT INTO flood_case (complaint_id, warning, linked_at)
SELECT id, $1, $5 FROM complaint
 WHERE open AND NOT secret AND area = ANY($2::text[]) AND category = ANY($3::text[]) AND exercise = $4
   AND NOT EXISTS (SELECT FROM flood_case AS linked WHERE linked.complaint_id = complaint.id AND linked.warning = $1)
 ORDER BY area, created_at LIMIT {MOST}
ON CONFLICT DO NOTHING RETURNING complaint_id
"""
_NEW = """
INSERT INTO flood_case (complaint_id, warning, linked_at)
SELECT $1, flood.id, $4
  FROM flooded_area AS flooded JOIN flood ON flood.id = flooded.warning::uuid AND flood.over_at IS NULL
 WHERE flooded.area = $2 AND flooded.exercise = $3 AND (flooded.expires_at IS NULL OR flooded.expires_at > $4)
ON CONFLICT DO NOTHING RETURNING warning
"""
_ASTRAY = """
DELETE FROM flood_case
 WHERE complaint_id = $1 AND (SELECT over_at IS NULL FROM flood WHERE id = flood_case.warning)
   AND NOT EXISTS (SELECT FROM flooded_area AS f WHERE f.warning = flood_case.warning::text AND f.area = $2)
RETURNING warning
"""
_OLD = "SELECT id FROM flood WHERE over_at < $1 ORDER BY over_at LIMIT 100"


async def link_open(tx: Transaction, one: Flood, areas: Sequence[str], categories: Sequence[str]) -> int:
    """Links the open complaints there that are not yet; how many they were."""
    rows = await tx.fetch(_OPEN, one.id, list(areas), list(categories), one.exercise, tx.now)
    return len(rows)


async def link_filed(tx: Transaction, complaint: UUID, area: str, *, exercise: bool) -> list[UUID]:
    """Links a complaint to the floods where it is; which these are."""
    return [row["warning"] for row in await tx.fetch(_NEW, complaint, area, exercise, tx.now)]


async def unlink(tx: Transaction, complaint: UUID, area: str) -> list[UUID]:
    """Takes a complaint off the floods that go on and are not where it is; which these are. No area is nowhere."""
    return [row["warning"] for row in await tx.fetch(_ASTRAY, complaint, area)]


async def forget(tx: Transaction, before: datetime) -> None:
    """Takes away, some at a time, what was over before then."""
    old = [row["id"] for row in await tx.fetch(_OLD, before)]
    await tx.execute("DELETE FROM flood_case WHERE warning = ANY($1::uuid[])", old)
    await tx.execute("DELETE FROM flood WHERE id = ANY($1::uuid[])", old)
