"""SQL of the cases that a new one is compared with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.governance.cases.model import Complaint
from services.governance.cases.store import SELECT, complaint
from services.governance.similarity.model import Candidate
from services.kit.database import Transaction

COMPARED = 500
"""Characters of either's words that are compared: counting triples takes the database time for each of them."""


@dataclass(frozen=True)
class Asker:
    """What the asker may know: everything, all of an agency's cases, or what is public."""

    everything: bool
    agency: str
    private: Sequence[str]
    """Categories whose place is never public."""


async def near(
    tx: Transaction,
    asker: Asker,
    words: str,
    area: str,
    box: tuple[float, float, float, float] | None,
    since: datetime,
    most: int = 300,
) -> list[Candidate]:
    """Open complaints since then that are no secret and no drill, the newest ``most``.

    Within the box (west, south, east, north) where the asker may know the place; else those of the area, whatever their
    place: whether one is among them must not tell where in the area it lies.
    """
    west, south, east, north = box or (None, None, None, None)
    rows = await tx.fetch(
        """
        WITH near AS (
            SELECT id, category, area, lon, lat, created_at, inside, placed,
                   nullif(CASE WHEN inside THEN text ELSE public_text END, '') AS words
              FROM complaint,
                   LATERAL (SELECT $9::boolean OR (agency = $10 AND agency <> '') AS inside) AS whose,
                   LATERAL (SELECT inside OR (public_text <> '' AND category <> ALL($11::text[])) AS placed) AS shown
             WHERE open AND NOT secret AND NOT exercise AND created_at >= $1
               AND ((placed AND lat BETWEEN $3 AND $5 AND lon BETWEEN $2 AND $4)
                    OR (area = $6 AND area <> '' AND (NOT placed OR lat IS NULL OR $3::float8 IS NULL)))
             ORDER BY created_at DESC LIMIT $7
        )
        SELECT id, category, area, created_at,
               CASE WHEN placed THEN lon END AS lon, CASE WHEN placed THEN lat END AS lat,
               CASE WHEN $8 <> '' THEN similarity(left(words, $12), left($8, $12)) END AS triples
          FROM near
        """,
        since,
        west,
        south,
        east,
        north,
        area,
        most,
        words,
        asker.everything,
        asker.agency,
        asker.private,
        COMPARED,
    )
    return [
        Candidate(
            row["id"], row["category"], row["area"], row["lon"], row["lat"], row["created_at"], row["triples"]
        )
        for row in rows
    ]  # fmt: skip


async def whole(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, Complaint]:
    """The complaints of these ids."""
    rows = await tx.fetch(f"{SELECT} WHERE id = ANY($1::uuid[])", list(ids))
    return {row["id"]: complaint(row) for row in rows}
