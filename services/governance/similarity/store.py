"""SQL of the cases that a new one is compared with."""

from datetime import datetime

from services.governance.cases.model import Complaint
from services.governance.cases.store import SELECT, complaint
from services.kit.database import Transaction


async def near(
    tx: Transaction, area: str, box: tuple[float, float, float, float] | None, since: datetime, most: int = 300
) -> list[Complaint]:
    """Open complaints since then that are no secret and no drill, within the box (west, south, east, north) or area."""
    west, south, east, north = box or (None, None, None, None)
    rows = await tx.fetch(
        f"""
        {SELECT} WHERE open AND NOT secret AND NOT exercise AND created_at >= $1
            AND ((lat BETWEEN $3 AND $5 AND lon BETWEEN $2 AND $4) OR (area = $6 AND area <> ''
                 AND (lat IS NULL OR $3::float8 IS NULL)))
        ORDER BY created_at DESC LIMIT $7
        """,
        since,
        west,
        south,
        east,
        north,
        area,
        most,
    )
    return [complaint(row) for row in rows]
