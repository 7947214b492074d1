"""SQL of things."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from services.environment.things.model import Kind, Location, Thing
from services.kit import ids
from services.kit.database import Transaction
from services.kit.database.table import Keyset, Page, Table

THINGS = Table(Thing, "thing", fixed=("code", "kind", "agency", "made_up", "source", "created_at"))
BY_CODE: Keyset[Thing] = Keyset({"code": str}, of=lambda one: (one.code,))
LOCATIONS = Table(Location, "thing_location")
BY_THING: Keyset[Location] = Keyset({"thing": UUID, "since": datetime}, of=lambda one: (one.thing, one.since))

_STANDS = """
INSERT INTO thing_location (thing, since, area, lon, lat, note) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (thing, since) DO UPDATE SET area = $3, lon = $4, lat = $5, note = $6
"""


async def find(tx: Transaction, name: str, *, lock: bool = False) -> Thing | None:
    """A thing by its id or its code."""
    known = ids.parse(name)
    if known:
        return await THINGS.get(tx, known, lock=lock)
    return await THINGS.first(tx, "code = $1", name, lock=lock)


async def find_all(tx: Transaction, names: Collection[str]) -> list[Thing]:
    """Things by their ids or codes."""
    known = [one for name in names if (one := ids.parse(name))]
    return await THINGS.every(tx, "id = ANY($1) OR code = ANY($2)", known, list(names))


async def page(
    tx: Transaction, kinds: Sequence[Kind], areas: Sequence[str], size: int, token: str, *, agency: str, retired: bool
) -> Page[Thing]:
    """Things by their codes."""
    return await THINGS.page(tx, BY_CODE, size, token, retired=retired, kind=kinds, area=areas, agency=agency)


async def save(tx: Transaction, thing: Thing) -> None:
    """Writes a thing, new or changed."""
    await THINGS.save(tx, thing)


async def stands(tx: Transaction, at: Location) -> None:
    """Writes where a thing stands from a moment on."""
    await tx.execute(_STANDS, at.thing, at.since, at.area, at.lon, at.lat, at.note)


async def locations(tx: Transaction, thing: Thing) -> list[Location]:
    """Where a thing stands and stood, the newest first."""
    return await LOCATIONS.every(tx, "thing = $1 ORDER BY since DESC LIMIT 100", thing.id)


async def page_locations(tx: Transaction, size: int, token: str) -> Page[Location]:
    """Where all things stand and stood, by the thing and the time."""
    return await LOCATIONS.page(tx, BY_THING, size, token)


async def by_ids(tx: Transaction, wanted: Collection[UUID]) -> dict[UUID, Thing]:
    """Things by their ids."""
    return {one.id: one for one in await THINGS.every(tx, "id = ANY($1)", list(wanted))}


async def by_codes(tx: Transaction, codes: Collection[str]) -> list[Thing]:
    """Things by their codes."""
    return await THINGS.every(tx, "code = ANY($1)", list(codes))


async def within(tx: Transaction, kind: Kind, agency: str, areas: Collection[str]) -> list[Thing]:
    """An agency's things of a kind that are in service in some areas, by their codes: all of them."""
    tail = "NOT retired AND area = ANY($1) AND kind = $2 AND agency = $3 ORDER BY code"
    return await THINGS.every(tx, tail, list(areas), kind.value, agency)
