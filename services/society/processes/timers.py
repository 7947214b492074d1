"""What falls due by itself: phases begin on their dates, and the counters are folded."""

from uuid import UUID

import structlog

from observability.telemetry import span
from services.kit.database.counters import Counters, fold
from services.kit.errors import is_transient
from services.kit.runtime import Runtime
from services.society.processes import actions, store

COUNTERS = (Counters("process_tally", ("phase",), ("processes",)),)
_MOST = 500
_log = structlog.get_logger()


async def due(runtime: Runtime) -> None:
    """Moves what is due, a process a transaction. One that fails is logged and tried again in the next round."""
    if not await store.anything_due(runtime):
        return
    failed: list[UUID] = []
    for _ in range(_MOST):
        if not await _one(runtime, failed):
            return


async def _one(runtime: Runtime, failed: list[UUID]) -> bool:
    found: UUID | None = None
    try:
        with span("process due"):
            async with runtime.transaction() as tx:
                process = await store.due(tx, failed)
                if process is None:
                    return False
                found = process.id
                await actions.fall_due(tx, process)
    except Exception as error:
        if found is None or is_transient(error):
            raise
        _log.exception("a process that fell due cannot be moved", process=str(found))
        failed.append(found)
    return True


async def fold_counters(runtime: Runtime) -> None:
    """Folds what has come since the last time."""
    await fold(runtime, *COUNTERS)
