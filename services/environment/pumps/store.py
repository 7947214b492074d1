"""SQL of commands to pump stations."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from services.environment.pumps.model import Command
from services.kit.database import Transaction
from services.kit.database.table import Keyset, Page, Table

COMMANDS = Table(
    Command,
    "pump_command",
    fixed=(
        "thing", "device", "pumps", "reason", "by", "exercise", "created_at", "deadline_at", "due_at",
    ),
)  # fmt: skip
NEWEST: Keyset[Command] = Keyset(
    {"created_at": datetime, "id": UUID}, of=lambda one: (one.created_at, one.id), descending=True
)
MOST = 200
"""Commands that are looked at together."""

_LIVE = "state IN ('waiting', 'sent')"
_LATEST = """
SELECT command.id FROM unnest($1::uuid[]) AS station (id) CROSS JOIN LATERAL (
    SELECT id FROM pump_command WHERE thing = station.id AND NOT exercise ORDER BY created_at DESC, id DESC LIMIT 1
) AS command
"""
_UNANSWERED = """
SELECT count(*) FROM thing CROSS JOIN LATERAL (
    SELECT state, created_at FROM pump_command
     WHERE pump_command.thing = thing.id AND NOT exercise ORDER BY created_at DESC, id DESC LIMIT 1
) AS command
 WHERE NOT thing.retired AND thing.kind = 'pump_station' AND command.created_at >= $1
   AND command.state IN ('timed_out', 'unsent')
"""


async def by_id(tx: Transaction, id_: UUID, *, lock: bool = False) -> Command | None:
    """A command."""
    return await COMMANDS.get(tx, id_, lock=lock)


async def live(tx: Transaction, thing: UUID) -> Command | None:
    """The command of a station of which nobody knows yet what became of it."""
    return await COMMANDS.first(tx, f"thing = $1 AND {_LIVE}", thing)


async def page(tx: Transaction, thing: UUID, size: int, token: str) -> Page[Command]:
    """Commands of a station, the newest first."""
    return await COMMANDS.page(tx, NEWEST, size, token, thing=thing)


async def latest(tx: Transaction, things: Collection[UUID]) -> dict[UUID, Command]:
    """The latest command of each station that has had one that was no drill."""
    ids = [row["id"] for row in await tx.fetch(_LATEST, list(things))]
    return {one.thing: one for one in await COMMANDS.every(tx, "id = ANY($1)", ids)}


async def unanswered(tx: Transaction, since: datetime) -> int:
    """How many stations did not answer their latest command, where that was given since then."""
    found: int = await tx.fetchval(_UNANSWERED, since)
    return found


async def to_send(tx: Transaction, now: datetime) -> list[Command]:
    """Commands that are to be sent now, or again."""
    tail = f"{_LIVE} AND again_at <= $1 AND deadline_at > $1 ORDER BY again_at LIMIT {MOST}"
    return await COMMANDS.every(tx, tail, now)


async def due(tx: Transaction, now: datetime) -> list[Command]:
    """Commands that nobody answered in time, locked; those that somebody is about to change come the next time."""
    tail = f"{_LIVE} AND due_at <= $1 ORDER BY due_at LIMIT {MOST} FOR NO KEY UPDATE SKIP LOCKED"
    return await COMMANDS.every(tx, tail, now)


async def save(tx: Transaction, command: Command) -> None:
    """Writes a command, new or changed."""
    await COMMANDS.save(tx, command)
