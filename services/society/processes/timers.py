"""What falls due by itself: phases begin on their dates, and the counters are folded."""

from services.kit import due as falling
from services.kit.database.counters import Counters, fold
from services.kit.runtime import Runtime
from services.society.processes import actions, store

COUNTERS = (Counters("process_tally", ("phase",), ("processes",)),)


async def due(runtime: Runtime) -> None:
    """Moves what is due."""
    if await store.anything_due(runtime):
        await falling.each(runtime, "process", store.due, actions.fall_due)


async def fold_counters(runtime: Runtime) -> None:
    """Folds what has come since the last time."""
    await fold(runtime, *COUNTERS)
