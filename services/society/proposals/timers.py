"""What falls due by itself: words that nobody needs and networks go, counters are folded."""

from services.kit.database.counters import Counters, fold
from services.kit.runtime import Runtime
from services.society.proposals import model, store

COUNTERS = (Counters("proposal_tally", ("state",), ("proposals",)),)


async def fold_counters(runtime: Runtime) -> None:
    """Folds what has come since the last time."""
    await fold(runtime, *COUNTERS)


async def forget(runtime: Runtime) -> None:
    """Takes away the words of what was taken back or kept back, and networks of earlier days.

    What a process of the version before took back before it was published is hidden first.
    """
    async with runtime.transaction() as tx:
        await store.hide(tx, tx.now - model.TOGETHER)
    more = True
    while more:
        async with runtime.transaction() as tx:
            more = await store.forget(tx, tx.now - model.KEPT)
            await store.forget_networks(tx, tx.now - model.NETWORK_KEPT)
