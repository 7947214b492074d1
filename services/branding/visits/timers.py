"""What falls due by itself: sums of visits are folded, and counts that nobody sends again are forgotten."""

from services.branding.visits import model, store
from services.kit.database.counters import Counters, fold
from services.kit.runtime import Runtime

COUNTERS = (Counters("visit_tally", ("destination", "day", "origin"), ("visits", "made_up")),)


async def fold_counters(runtime: Runtime) -> None:
    """Folds what has come since the last time."""
    await fold(runtime, *COUNTERS)


async def forget(runtime: Runtime) -> None:
    """Forgets old counts; their sums stay."""
    more = True
    while more:
        async with runtime.transaction() as tx:
            more = await store.prune(tx, tx.now - model.KEPT)
