"""What falls due by itself: the counters of corrections are folded, and words that nobody needs are taken away."""

from services.kit.database.counters import Counters, fold
from services.kit.runtime import Runtime
from services.living.corrections import model, store

COUNTERS = (Counters("correction_tally", ("agency",), ("waiting",)),)


async def fold_counters(runtime: Runtime) -> None:
    """Folds what has come since the last time."""
    await fold(runtime, *COUNTERS)


async def forget(runtime: Runtime) -> None:
    """Takes away what people wrote of corrections that were decided on long ago, and who they were."""
    more = True
    while more:
        async with runtime.transaction() as tx:
            more = await store.forget(tx, tx.now - model.KEPT)
