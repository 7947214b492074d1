"""SQL of processes."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from services.kit.database import Transaction
from services.kit.database.table import Keyset, Page, Table
from services.kit.runtime import Runtime
from services.society.processes.model import Phase, Process, Step

_PROCESSES = Table(Process, "process", fixed=("kind", "agency", "area", "votes", "created_at"))
_STEPS = Table(Step, "process_step")
_NEWEST: Keyset[Process] = Keyset({"id": UUID}, of=lambda it: (it.id,), descending=True)
_SHOWN = 100
"""Steps that a process shows."""

get, add, save, note = _PROCESSES.get, _PROCESSES.add, _PROCESSES.save, _STEPS.add

_COUNT = "SELECT phase, sum(processes)::integer AS processes FROM process_tally GROUP BY phase"
# ORDER BY, so that any plan takes the index of what is due.
_DUE = "SELECT due_at FROM process WHERE due_at IS NOT NULL ORDER BY due_at LIMIT 1"


async def staying(tx: Transaction, key: UUID) -> Process | None:
    """One that nobody changes before the end of the transaction. Whoever asks so does not wait for others who do."""
    return next(iter(await _PROCESSES.every(tx, "id = $1 FOR SHARE", key)), None)


async def page(
    tx: Transaction, phases: Sequence[Phase], areas: Sequence[str], agency: str, size: int, token: str
) -> Page[Process]:
    """Those in these phases, of one of these areas (none: any) or of an agency (empty: of any), the newest first."""
    return await _PROCESSES.page(tx, _NEWEST, size, token, phase=phases, area=areas, agency=agency)


async def remove(tx: Transaction, process: UUID) -> None:
    """Erases a draft that nothing refers to. Triggers count what comes and what changes, none what goes."""
    await tx.execute("DELETE FROM process WHERE id = $1", process)
    await tx.execute("INSERT INTO process_tally (phase, processes) VALUES ('draft', -1)")


async def any_yet(tx: Transaction) -> bool:
    """Whether there is any, drafts too."""
    return await tx.fetchval("SELECT id FROM process ORDER BY id LIMIT 1") is not None


async def steps(tx: Transaction, process: UUID) -> Sequence[Step]:
    """The newest of one, in their order."""
    found = await _STEPS.every(tx, "process = $1 ORDER BY id DESC LIMIT $2", process, _SHOWN)
    return found[::-1]


async def anything_due(runtime: Runtime) -> bool:
    """Whether the date of some phase has come."""
    at: datetime | None = await runtime.pool.fetchval(_DUE)
    return at is not None and at <= runtime.clock()


async def due(tx: Transaction, but: Collection[UUID]) -> Process | None:
    """One whose date has come, the longest ago, locked; but for these."""
    tail = "due_at IS NOT NULL AND due_at <= $1 AND id <> ALL($2::uuid[]) ORDER BY due_at"
    return await _PROCESSES.first(tx, tail, tx.now, list(but), lock=True)


async def due_since(tx: Transaction) -> datetime | None:
    """When the phase should have begun that is overdue the longest, or will begin next; None where none has a date."""
    at: datetime | None = await tx.fetchval(_DUE)
    return at


async def counted(tx: Transaction) -> dict[Phase, int]:
    """How many are in each phase."""
    return {Phase(row["phase"]): row["processes"] for row in await tx.fetch(_COUNT)}
