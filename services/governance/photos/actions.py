"""What can be done with photos. Who may is decided by the complaint's own rules before these are called."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from services.governance.photos import model, store
from services.governance.photos.model import Photo, Room
from services.kit.database import Transaction
from services.kit.errors import conflict, not_found


async def room(tx: Transaction, complaint_id: UUID, ids: Sequence[str], *, evidence: bool) -> Room:
    """How many more photos the reporter, or (`evidence`) the agency, may add, and which of these are there."""
    return model.room(await store.of(tx, complaint_id), ids, evidence=evidence)


async def paths(tx: Transaction, ids: Sequence[UUID]) -> list[str]:
    """Where the recorded ones among these photos lie."""
    return await store.paths(tx, ids)


async def add(tx: Transaction, complaint_id: UUID, photo: Photo, *, agency: str = "") -> Photo:
    """Records a photo that the gateway stored. The complaint must be locked, so that the count holds.

    Errors: INVALID PHOTO_INVALID, EXHAUSTED TOO_MANY_PHOTOS, CONFLICT PHOTO_EXISTS.
    """
    model.check(photo)
    model.check_left(await store.of(tx, complaint_id), evidence=photo.evidence)
    if not await store.insert(tx, complaint_id, photo, agency):
        raise conflict("PHOTO_EXISTS", "There is a photo with this id already. Give each photo an id of its own.")
    return photo


async def evidence(tx: Transaction, complaint_id: UUID, photo_ids: Sequence[str]) -> list[Photo]:
    """The case's evidence photos of these ids. Errors: INVALID PHOTO_UNKNOWN when one is not evidence of this case."""
    return model.chosen(await store.of(tx, complaint_id), photo_ids, only_evidence=True)


async def visible(tx: Transaction, complaint_id: UUID, *, inside: bool) -> tuple[Photo, ...]:
    """The case's photos, oldest first; those inside (reporter, handling agency, verifier, admin) see them all."""
    return shown(await store.of(tx, complaint_id), inside=inside)


def shown(photos: Iterable[Photo], *, inside: bool) -> tuple[Photo, ...]:
    """Which of the photos that were read are ``visible``."""
    return tuple(photo for photo in photos if inside or photo.released)


async def find(tx: Transaction, complaint_id: UUID, photo_id: str, *, inside: bool) -> Photo:
    """One photo of the case. Errors: NOT_FOUND PHOTO_UNKNOWN, also where it is not released."""
    for photo in await visible(tx, complaint_id, inside=inside):
        if str(photo.id) == photo_id.lower():
            return photo
    raise not_found("PHOTO_UNKNOWN", "There is no such photo, or it is not released.")


async def release(tx: Transaction, complaint_id: UUID, photo_ids: Sequence[str]) -> None:
    """Lets everybody see exactly these photos of the case. Errors: INVALID PHOTO_UNKNOWN."""
    chosen = model.chosen(await store.of(tx, complaint_id), photo_ids)
    await store.release(tx, complaint_id, [photo.id for photo in chosen])
