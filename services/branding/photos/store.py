"""SQL of photos of destinations."""

from collections.abc import Collection, Sequence
from uuid import UUID

from services.branding.photos.model import Photo
from services.kit.database import Transaction
from services.kit.database.table import Table

_FIXED = ("destination", "code", "content_type", "width", "height", "size", "licence", "by", "created_at")
_PHOTOS = Table(Photo, "destination_photo", fixed=_FIXED)
get, save = _PHOTOS.get, _PHOTOS.save
_PATHS = "SELECT path FROM destination_photo WHERE id = ANY($1::uuid[]) AND state = 'shown'"


async def of(tx: Transaction, destinations: Collection[UUID]) -> dict[UUID, list[Photo]]:
    """The photos that are shown of destinations, the oldest first."""
    found: dict[UUID, list[Photo]] = {}
    tail = "destination = ANY($1::uuid[]) AND state = 'shown' ORDER BY created_at, id"
    for one in await _PHOTOS.every(tx, tail, list(destinations)):
        found.setdefault(one.destination, []).append(one)
    return found


async def paths(tx: Transaction, ids: Sequence[UUID]) -> list[str]:
    """Where those among these that are shown lie."""
    return [row["path"] for row in await tx.fetch(_PATHS, ids)]
