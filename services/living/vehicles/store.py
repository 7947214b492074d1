"""SQL of vehicles."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

from services.kit.database import Transaction
from services.kit.database.table import Keyset, Page, Table
from services.living.vehicles.door import DOOR
from services.living.vehicles.model import Vehicle

VEHICLES = Table(Vehicle, "vehicle", fixed=("agency", "created_at"))
BY_ID: Keyset[Vehicle] = Keyset({"id": str}, of=lambda one: (one.id,))

_FORGET = (
    "DELETE FROM vehicle_position WHERE vehicle = $1",
    "DELETE FROM vehicle_progress WHERE vehicle = $1",
)
_REFUSE = """
INSERT INTO vehicle_refusal AS known (vehicle, at, refused, refusal)
SELECT id, $4, refused, refusal FROM unnest($1::text[], $2::bigint[], $3::text[]) AS one (name, refused, refusal)
  JOIN vehicle ON id = name ORDER BY id
ON CONFLICT (vehicle) DO UPDATE
   SET at = excluded.at, refused = known.refused + excluded.refused, refusal = excluded.refusal
"""
_REFUSALS = "SELECT vehicle, at, refused, refusal FROM vehicle_refusal WHERE vehicle = ANY($1)"


class Refusals(NamedTuple):
    """What of a vehicle's own messages was refused: when last, how many, and why the last of them."""

    at: datetime
    refused: int
    refusal: str


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


async def senders(tx: Transaction, ids: Collection[str]) -> set[str]:
    """Those of some vehicles that may tell over MQTT where they are."""
    return {row["id"] for row in await tx.fetch(DOOR.generations, list(ids))}


async def refuse(tx: Transaction, refused: Mapping[str, tuple[int, str]]) -> None:
    """Counts messages of vehicles that were refused, each with why the last of them was."""
    counts, reasons = zip(*refused.values(), strict=True)
    await tx.execute(_REFUSE, list(refused), list(counts), list(reasons), tx.now)


async def refusals(tx: Transaction, ids: Collection[str]) -> dict[str, Refusals]:
    """What of vehicles' own messages was refused, of those of which something was."""
    return {row["vehicle"]: Refusals(*tuple(row)[1:]) for row in await tx.fetch(_REFUSALS, list(ids))}
