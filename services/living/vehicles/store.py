"""SQL of vehicles."""

from collections.abc import Collection

from services.kit.database import Transaction
from services.kit.database.table import Keyset, Page, Table
from services.living.vehicles.model import Vehicle

VEHICLES = Table(Vehicle, "vehicle", fixed=("agency", "created_at"))
BY_ID: Keyset[Vehicle] = Keyset({"id": str}, of=lambda one: (one.id,))

_FORGET = (
    "DELETE FROM vehicle_position WHERE vehicle = $1",
    "DELETE FROM vehicle_progress WHERE vehicle = $1",
)


async def find(tx: Transaction, id_: str, *, lock: bool = False) -> Vehicle | None:
    """A vehicle by its id."""
    return await VEHICLES.first(tx, "id = $1", id_, lock=lock)


async def in_service(tx: Transaction, after: str, most: int) -> list[Vehicle]:
    """Vehicles in service whose ids come after one, by their ids."""
    return await VEHICLES.every(tx, "retired_at IS NULL AND id > $1 ORDER BY id LIMIT $2", after, most)


async def by_ids(tx: Transaction, ids: Collection[str]) -> dict[str, Vehicle]:
    """Vehicles by their ids."""
    return {one.id: one for one in await VEHICLES.every(tx, "id = ANY($1)", list(ids))}


async def page(tx: Transaction, agency: str, size: int, token: str) -> Page[Vehicle]:
    """Vehicles by their ids; of an agency unless that is empty."""
    return await VEHICLES.page(tx, BY_ID, size, token, agency=agency)


async def save(tx: Transaction, vehicle: Vehicle) -> None:
    """Writes a vehicle, new or changed."""
    await VEHICLES.save(tx, vehicle)


async def forget(tx: Transaction, id_: str) -> None:
    """Takes away where it is."""
    for statement in _FORGET:
        await tx.execute(statement, id_)
