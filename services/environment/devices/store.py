"""SQL of devices and of how they behave."""

from collections.abc import Collection, Iterable
from uuid import UUID

from services.environment.devices.model import Device, Health
from services.kit.database import Transaction
from services.kit.database.table import Keyset, Page, Table

DEVICES = Table(Device, "device", fixed=("thing", "agency", "created_at"))
BY_ID: Keyset[Device] = Keyset({"id": str}, of=lambda one: (one.id,))

_HEALTH = "SELECT device, arrived_at, skew, missing, refused, refusal FROM device_health WHERE device = ANY($1)"


async def find(tx: Transaction, id_: str, *, lock: bool = False) -> Device | None:
    """A device by its id."""
    return await DEVICES.first(tx, "id = $1", id_, lock=lock)


async def of_thing(tx: Transaction, thing: UUID) -> list[Device]:
    """All devices of a thing, locked."""
    return await DEVICES.every(tx, "thing = $1 ORDER BY id FOR NO KEY UPDATE", thing)


async def of_things(tx: Transaction, things: Collection[UUID]) -> list[Device]:
    """All devices of some things, by their ids."""
    return sorted(await DEVICES.every(tx, "thing = ANY($1)", list(things)), key=lambda one: one.id)


async def page(tx: Transaction, agency: str, thing: UUID | None, size: int, token: str) -> Page[Device]:
    """Devices by their ids; of an agency unless that is empty."""
    return await DEVICES.page(tx, BY_ID, size, token, agency=agency, thing=thing)


async def save(tx: Transaction, device: Device) -> None:
    """Writes a device, new or changed."""
    await DEVICES.save(tx, device)


async def health(tx: Transaction, ids: Iterable[str]) -> dict[str, Health]:
    """How devices behave, of those that have sent something."""
    rows = await tx.fetch(_HEALTH, list(ids))
    return {
        row["device"]: Health(row["arrived_at"], row["skew"], row["missing"], row["refused"], row["refusal"])
        for row in rows
    }
