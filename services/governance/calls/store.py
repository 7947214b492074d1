"""SQL of calls."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from services.governance.calls.model import Call, State
from services.kit.database import Transaction
from services.kit.database.table import Keyset, Page, Table

CALLS = Table(Call, "emergency_call", fixed=("number", "area", "paper", "exercise", "received_at", "created_at"))
_NEWEST: Keyset[Call] = Keyset({"number": int}, of=lambda one: (one.number,), descending=True)
_OLDEST: Keyset[Call] = Keyset(
    {"exercise::integer": int, "paper::integer": int, "received_at": datetime, "number": int},
    of=lambda one: (int(one.exercise), int(one.paper), one.received_at, one.number),
)
get, save = CALLS.get, CALLS.save
MOST_AT_ONCE = 50
# In an order of an index: a generic plan may expect any state to be half of the table, and read all of that.
_COUNT = """
SELECT count(*)::integer
  FROM (SELECT FROM emergency_call WHERE state = ANY($1) ORDER BY state, number LIMIT 10000) AS part
"""
_NUMBERS = (
    "SELECT incident, number, id FROM emergency_call WHERE incident = ANY($1) ORDER BY incident, number LIMIT 1000"
)

_ERASED = "SELECT bool_or(erase_at IS NULL) FROM emergency_call WHERE incident = ANY($1)"
_FIRST = "SELECT min(received_at) FROM emergency_call WHERE incident = $1 AND NOT paper"


async def page(tx: Transaction, states: Sequence[State], size: int, token: str, *, oldest: bool) -> Page[Call]:
    """Those in these states (none: any), the newest first; or what is real first, of that what is live, and the
    ``oldest`` of it first: the number of a paper form was reserved long before its call came.
    """
    if oldest:  # by an index of each state
        return await CALLS.page(tx, _OLDEST, size, token, state=states or [*State])
    return await CALLS.page(tx, _NEWEST, size, token, state=states)


async def count(tx: Transaction, states: Collection[State]) -> int:
    """How many are in these states (none: any)."""
    found: int = await tx.fetchval(_COUNT, [one.value for one in states or State])
    return found


async def numbers(tx: Transaction, incidents: Collection[UUID]) -> list[tuple[UUID, int, UUID]]:
    """Incidents, with the numbers and identifiers of the calls about them."""
    return [(row["incident"], row["number"], row["id"]) for row in await tx.fetch(_NUMBERS, list(incidents))]


async def first_of(tx: Transaction, incident: UUID) -> datetime | None:
    """When the first call about an incident came; those of paper forms aside, which count nowhere."""
    found: datetime | None = await tx.fetchval(_FIRST, incident)
    return found


async def erased(tx: Transaction, incidents: Collection[UUID]) -> bool:
    """Whether who called about one of these incidents was erased."""
    return bool(await tx.fetchval(_ERASED, list(incidents)))


async def mentioned(tx: Transaction, but: Collection[UUID]) -> Call | None:
    """One that is to be erased now, and of which something may stand in what was written."""
    tail = "erase_at <= $1 AND NOT taken_out AND NOT id = ANY($2) ORDER BY erase_at"
    return await CALLS.first(tx, tail, tx.now, list(but), lock=True)


async def mentioned_too(tx: Transaction, other: Call) -> list[Call]:
    """All others of the same incident; one that somebody is at comes by itself the next time."""
    return await CALLS.every(
        tx, f"incident = $1 AND id <> $2 AND erase_at <= $3 AND NOT taken_out LIMIT {MOST_AT_ONCE}"
        " FOR NO KEY UPDATE SKIP LOCKED", other.incident, other.id, tx.now,
    )  # fmt: skip


async def erasable(tx: Transaction, but: Collection[UUID]) -> Call | None:
    """One that is to be erased now."""
    tail = "erase_at <= $1 AND taken_out AND NOT id = ANY($2) ORDER BY erase_at"
    return await CALLS.first(tx, tail, tx.now, list(but), lock=True)
