"""SQL of photos."""

from collections.abc import Sequence
from uuid import UUID

from services.governance.photos.model import Photo
from services.kit.database import Transaction
from services.kit.database.table import Table

_PHOTOS = Table(Photo, "photo")


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
        tx.now,
    )
    return added is not None


async def of(tx: Transaction, complaint_id: UUID) -> list[Photo]:
    """All photos of a case, oldest first."""
    return await _PHOTOS.every(tx, "complaint_id = $1 ORDER BY create_time, id", complaint_id)


async def release(tx: Transaction, complaint_id: UUID, ids: Sequence[UUID]) -> None:
    """Releases exactly these photos of the case."""
    await tx.execute(
        "UPDATE photo SET released = (id = ANY($2::uuid[])) WHERE complaint_id = $1", complaint_id, list(ids)
    )
