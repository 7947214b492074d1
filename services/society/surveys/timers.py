"""What falls due by itself: surveys end, words that were kept long enough are erased, and the counters are folded."""

from services.kit import due as falling
from services.kit.database.counters import Counters, fold
from services.kit.runtime import Runtime
from services.society.surveys import actions, store

COUNTERS = (Counters("survey_invited", ("survey",), ("invited",)),)


async def due(runtime: Runtime) -> None:
    """Closes what is due."""
    if await store.anything_due(runtime):
        await falling.each(runtime, "survey", store.due, actions.fall_due)


async def forget(runtime: Runtime) -> None:
    """Erases words, some at a time."""
    more = True
    while more:
        async with runtime.transaction() as tx:
            more = await actions.forget(tx)


async def fold_counters(runtime: Runtime) -> None:
    """Folds what has come since the last time."""
    await fold(runtime, *COUNTERS)
