"""SQL of photos."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.governance.photos.model import Photo
from services.kit.database import Transaction
from services.kit.database.table import Table

PHOTOS = Table(Photo, "photo")
OLDEST_FIRST = "AND redact_time IS NULL ORDER BY create_time, id"
"""What was taken out is no photo of the case any more."""
_ERASED = """
SELECT path FROM erased_file
 WHERE (since, path) > (coalesce((SELECT since FROM erased_file WHERE path = $1), '-infinity'), $1)
 ORDER BY since, path LIMIT $2
"""


async def insert(tx: Transaction, complaint_id: UUID, photo: Photo, agency: str) -> bool:
    """Adds a photo; `agency` of the officer, empty for the reporter's. False when its id is taken."""
    added = await tx.fetchval(
        """
        INSERT INTO photo (id, complaint_id, content_type, width, height, size, path, sha256, evidence, agency,
                           released, create_time)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, false, $11) ON CONFLICT (id) DO NOTHING RETURNING id
        """,
        photo.id,
        complaint_id,
        photo.content_type,
        photo.width,
        photo.height,
        photo.size,
        photo.path,
        photo.sha256,
        photo.evidence,
        agency,
        photo.create_time,
    )
    return added is not None


async def of(tx: Transaction, complaint_id: UUID) -> list[Photo]:
    """All photos of a case, oldest first."""
    return await PHOTOS.every(tx, f"complaint_id = $1 {OLDEST_FIRST}", complaint_id)


async def redact(tx: Transaction, complaint_id: UUID, ids: Sequence[UUID]) -> None:
    """Takes photos out of the case; their files are to go from the file store."""
    await tx.execute(
        """
        WITH gone AS (
            SELECT id, path FROM photo WHERE complaint_id = $1 AND id = ANY($2::uuid[]) AND redact_time IS NULL
        ), emptied AS (
            UPDATE photo SET path = '', sha256 = '', released = false, redact_time = $3
            FROM gone WHERE photo.id = gone.id
        )
        INSERT INTO erased_file (path, since) SELECT path, $3 FROM gone ON CONFLICT (path) DO NOTHING
        """,
        complaint_id,
        list(ids),
        tx.now,
    )


async def erased_files(tx: Transaction, most: int, after: str) -> list[str]:
    """Files that are to go from the file store, the oldest first; those after one of them."""
    return [row["path"] for row in await tx.fetch(_ERASED, after, most)]


async def erased_since(tx: Transaction) -> datetime | None:
    """Since when the file is to go that stays the longest; None without one."""
    found: datetime | None = await tx.fetchval("SELECT since FROM erased_file ORDER BY since LIMIT 1")
    return found


async def forget_files(tx: Transaction, paths: Sequence[str]) -> None:
    """These files are gone."""
    await tx.execute("DELETE FROM erased_file WHERE path = ANY($1::text[])", list(paths))


async def paths(tx: Transaction, ids: Sequence[UUID]) -> list[str]:
    """Where the photos of these ids lie, as far as there are any."""
    found = await tx.fetch("SELECT path FROM photo WHERE id = ANY($1::uuid[])", list(ids))
    return [row["path"] for row in found]


async def keep_back(tx: Transaction, complaint_id: UUID) -> None:
    """Releases no photo of the case any more."""
    await tx.execute("UPDATE photo SET released = false WHERE complaint_id = $1 AND released", complaint_id)


async def decide(tx: Transaction, complaint_id: UUID, ids: Sequence[UUID], *, released: bool) -> None:
    """Writes down that a verifier looked at these photos of the case, and whether the public sees them."""
    await tx.execute(
        "UPDATE photo SET released = $3, check_time = $4 WHERE complaint_id = $1 AND id = ANY($2::uuid[])",
        complaint_id,
        list(ids),
        released,
        tx.now,
    )
