"""SQL of datastreams, their corrections and their latest values."""

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from services.environment.datastreams.model import Correction, CorrectionKind, Datastream, Property, Reading
from services.kit import ids
from services.kit.database import Transaction
from services.kit.database.table import Keyset, Page, Table

DATASTREAMS = Table(
    Datastream,
    "datastream",
    fixed=("number", "thing", "name", "property", "sensor", "feature", "made_up", "created_at"),
)
CORRECTIONS = Table(Correction, "correction")
BY_NUMBER: Keyset[Datastream] = Keyset({"number": int}, of=lambda one: (one.number,))

_LATEST = "SELECT datastream, at, value, received, flags FROM latest WHERE datastream = ANY($1)"
# The newest entry counts where several hold from the same hour on.
_CORRECTIONS = "datastream = ANY($1) ORDER BY since DESC, created_at DESC, id"


async def next_number(tx: Transaction) -> int:
    """A number that no datastream has."""
    number: int = await tx.fetchval("SELECT nextval('datastream_number')::integer")
    return number


async def find(tx: Transaction, name: str, *, lock: bool = False) -> Datastream | None:
    """A datastream by its id."""
    known = ids.parse(name)
    return await DATASTREAMS.get(tx, known, lock=lock) if known else None


async def by_ids(tx: Transaction, names: Iterable[str]) -> dict[str, Datastream]:
    """Datastreams by what they are asked for with, their ids."""
    known = {name: id_ for name in names if (id_ := ids.parse(name))}
    rows = {one.id: one for one in await DATASTREAMS.every(tx, "id = ANY($1)", list(known.values()))}
    return {name: rows[id_] for name, id_ in known.items() if id_ in rows}


async def of_thing(tx: Transaction, thing: UUID) -> list[Datastream]:
    """All datastreams of a thing."""
    return await DATASTREAMS.every(tx, "thing = $1 ORDER BY number", thing)


async def of_things(tx: Transaction, things: Collection[UUID]) -> list[Datastream]:
    """All datastreams of some things, in the order in which they were added."""
    return sorted(await DATASTREAMS.every(tx, "thing = ANY($1)", list(things)), key=lambda one: one.number)


async def page(
    tx: Transaction, thing: UUID | None, properties: Sequence[Property], size: int, token: str
) -> Page[Datastream]:
    """Datastreams in the order in which they were added."""
    return await DATASTREAMS.page(tx, BY_NUMBER, size, token, thing=thing, property=properties)


async def save(tx: Transaction, datastream: Datastream) -> None:
    """Writes a datastream, new or changed."""
    await DATASTREAMS.save(tx, datastream)


async def correct(tx: Transaction, correction: Correction) -> None:
    """Adds a correction."""
    await CORRECTIONS.save(tx, correction)


async def calibrations(tx: Transaction, numbers: Iterable[int]) -> dict[int, list[Correction]]:
    """Calibrations by the datastream's number, the newest first."""
    return {
        number: [one for one in each if one.kind is CorrectionKind.CALIBRATION]
        for number, each in (await corrections_of(tx, numbers)).items()
    }


async def corrections_of(tx: Transaction, numbers: Iterable[int]) -> dict[int, list[Correction]]:
    """All corrections by the datastream's number, the newest first."""
    found: dict[int, list[Correction]] = {}
    for one in await corrections(tx, numbers):
        found.setdefault(one.datastream, []).append(one)
    return found


async def corrections(tx: Transaction, numbers: Iterable[int]) -> list[Correction]:
    """All corrections of datastreams, the newest first."""
    return await CORRECTIONS.every(tx, _CORRECTIONS, list(numbers))


async def latest(tx: Transaction, numbers: Iterable[int]) -> dict[int, Reading]:
    """The latest raw reading of each datastream that has one."""
    rows = await tx.fetch(_LATEST, list(numbers))
    return {row["datastream"]: Reading(row["at"], row["value"], row["received"], row["flags"]) for row in rows}
