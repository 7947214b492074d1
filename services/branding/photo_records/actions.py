"""What can be done with photos of destinations: one function per use case."""

from collections.abc import Sequence
from uuid import UUID

from services.branding.city_events import access
from services.branding.destinations import actions as destinations
from services.branding.destinations.model import Destination
from services.branding.photos import model, store
from services.branding.photos.model import Photo, Room, State
from services.kit import ids
from services.kit.database import Transaction
from services.kit.errors import conflict, forbidden
from services.kit.rpc import etag as etags


async def room(tx: Transaction, name: str, wanted: Sequence[str]) -> tuple[Destination, Room]:
    """What a destination has room for. Errors: EVENT_OFFICE_ONLY, DESTINATION_NOT_FOUND."""
    _office(tx)
    of = await destinations.known(tx, name)
    return of, model.room(await _shown(tx, of.id), wanted)


async def add(tx: Transaction, of: Destination, photo: Photo) -> Photo:
    """Shows a photo that the gateway stored. The destination is locked, so that the count holds.

    Errors: EVENT_OFFICE_ONLY, PHOTO_INVALID, PLACE_PHOTOS_FULL, PHOTO_EXISTS.
    """
    _office(tx)
    model.check_path(photo.path, of.code)
    if await store.get(tx, photo.id) is not None:
        raise conflict("PHOTO_EXISTS", "There is a photo with this id already. Give each photo an id of its own.")
    model.check_room(await _shown(tx, of.id))
    await store.save(tx, photo)
    return photo


async def get(tx: Transaction, name: str, id_: str) -> Photo:
    """One that is shown, of the destination by its id or code. Errors: PHOTO_UNKNOWN."""
    found = await _found(tx, name, id_)
    if found.state is not State.SHOWN:
        raise model.unknown()
    return found


async def withdraw(tx: Transaction, name: str, id_: str, etag: str, reason: str) -> str:
    """Takes one back; where it lies, which nobody shall find any more.

    Errors: EVENT_OFFICE_ONLY, PHOTO_UNKNOWN, ETAG_REQUIRED, STALE_ETAG, PHOTO_WITHDRAWN.
    """
    _office(tx)
    before = await _found(tx, name, id_, lock=True)
    etags.require(etag, before.version)
    await store.save(tx, model.withdrawn(before, reason, tx.now))
    return before.path


async def paths(tx: Transaction, wanted: Sequence[UUID]) -> list[str]:
    """Where those among these that are shown lie."""
    return await store.paths(tx, wanted)


async def _shown(tx: Transaction, destination: UUID) -> list[Photo]:
    return (await store.of(tx, [destination])).get(destination, [])


async def _found(tx: Transaction, name: str, id_: str, *, lock: bool = False) -> Photo:
    known = ids.parse(id_)
    found = await store.get(tx, known, lock=lock) if known else None
    if found is None or name not in (found.code, str(found.destination)):
        raise model.unknown()
    return found


def _office(tx: Transaction) -> None:
    if not access.publishes(tx):
        message = "Only officers of the office that answers for events and destinations do this (events.toml)."
        raise forbidden("EVENT_OFFICE_ONLY", message)
