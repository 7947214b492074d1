"""What can be done with a device: one function per use case."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from google.protobuf.message import Message

from services.environment.devices import events, model, store
from services.environment.devices.model import Device, Health
from services.environment.things import actions as things
from services.environment.things.model import Thing
from services.kit.database import Transaction
from services.kit.database.table import Page
from services.kit.errors import conflict, not_found, precondition
from services.kit.rpc import etag as etags


class Shown(NamedTuple):
    """A device, its thing, and how it behaves."""

    device: Device
    thing: Thing
    health: Health


async def get(tx: Transaction, id_: str) -> Shown:
    """A device. Errors: DEVICE_NOT_FOUND."""
    return await _shown(tx, await _own(tx, id_))


async def page(tx: Transaction, of: Sequence[str], size: int, token: str) -> Page[Shown]:
    """Devices by their ids, those of several things in one page; officers see their agency's.

    Errors: THING_NOT_FOUND, PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID.
    """
    agency = tx.agency
    if agency is None:
        return Page([])
    only = [one.id for one in await things.every(tx, of)] if of else []
    if len(only) > 1:
        every = await store.of_things(tx, only)
        found = Page([one for one in every if agency in ("", one.agency)])
    else:
        found = await store.page(tx, agency, only[0] if only else None, size, token)
    health = await store.health(tx, [one.id for one in found.rows])
    known = await things.by_ids(tx, {one.thing for one in found.rows})
    return Page([Shown(one, known[one.thing], health.get(one.id, Health())) for one in found.rows], found.token)


async def issue(tx: Transaction, thing: str, id_: str) -> Shown:
    """Issues a credential. Errors: as ``things.own``, THING_RETIRED, NAME_TAKEN, TOO_MANY_DEVICES."""
    of = await things.own(tx, thing, lock=True)
    if of.retired:
        raise precondition("THING_RETIRED", "A retired thing has no devices; register another one.", state="retired")
    await tx.one_at_a_time(f"device {id_}")
    if await store.find(tx, id_) is not None:
        raise conflict("NAME_TAKEN", "Another device of the city has this name; choose one of its own.", field="name")
    if sum(one.revoked_at is None for one in await store.of_thing(tx, of.id)) >= model.MOST_OF_A_THING:
        message = f"A thing has at most {model.MOST_OF_A_THING} devices in service; rotate one of them, or revoke one."
        raise precondition("TOO_MANY_DEVICES", message, most=str(model.MOST_OF_A_THING))
    device = Device(id_, 1, of.id, of.agency, 1, created_at=tx.now, updated_at=tx.now)
    return await _save(tx, device, events.issued(device))


async def rotate(tx: Transaction, id_: str, etag: str) -> Shown:
    """Gives a new password. Errors: DEVICE_NOT_FOUND, ETAG_REQUIRED, STALE_ETAG and those of the model."""
    device = model.rotate(await _own(tx, id_, etag), tx.now)
    return await _save(tx, device, events.rotated(device))


async def revoke(tx: Transaction, id_: str, etag: str, reason: str) -> Shown:
    """Revokes a device. Errors: as ``rotate``."""
    device = model.revoke(await _own(tx, id_, etag), reason, tx.now)
    return await _save(tx, device, events.revoked(device))


async def revoke_all(tx: Transaction, thing: UUID, reason: str) -> None:
    """Revokes all devices of a thing that are not revoked."""
    for device in await store.of_thing(tx, thing):
        if device.revoked_at is None:
            gone = model.revoke(device, reason, tx.now)
            await _save(tx, gone, events.revoked(gone))


async def _own(tx: Transaction, id_: str, etag: str | None = None) -> Device:
    """A device of the caller's agency, which for others does not exist; locked where it is about to change."""
    device = await store.find(tx, id_, lock=etag is not None)
    if device is None or not tx.allows(device.agency):
        message = "There is no such device for you; the list is at /v1/devices."
        raise not_found("DEVICE_NOT_FOUND", message, field="id")
    if etag is not None:
        etags.require(etag, device.version)
    return device


async def _save(tx: Transaction, device: Device, event: Message) -> Shown:
    await store.save(tx, device)
    tx.emit(event, aggregate=device.id, version=device.version, correlation=str(device.thing))
    return await _shown(tx, device)


async def _shown(tx: Transaction, device: Device) -> Shown:
    health = await store.health(tx, [device.id])
    return Shown(device, await things.known(tx, str(device.thing)), health.get(device.id, Health()))
