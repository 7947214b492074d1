"""What falls due by itself: counters are folded, and who took rides that are settled is forgotten."""

from datetime import timedelta

from services.kit.database.counters import Counters, fold
from services.kit.runtime import Runtime
from services.living.fares.terms import terms_of
from services.living.rides import store

COUNTERS = (Counters("ride_tally", ("day", "route"), ("rides", "fares", "paid", "refused")),)


async def fold_counters(runtime: Runtime) -> None:
    """Folds what has come since the last time."""
    await fold(runtime, *COUNTERS)


async def forget(runtime: Runtime) -> None:
    """Takes away who took rides that were settled long ago."""
    known = terms_of(runtime.city)
    more = known is not None
    while more:
        assert known is not None
        async with runtime.transaction() as tx:
            more = await store.forget(tx, tx.now - timedelta(days=known.settings.keep_days))
