"""What falls due by itself: warnings whose gauges still speak are extended before they end, others end."""

from services.environment.criteria.profile import criteria_of
from services.environment.raising import actions, model, store
from services.environment.warnings import store as kept
from services.kit.runtime import Runtime


async def extend(runtime: Runtime) -> None:
    """Extends them, each in a transaction of its own; what cannot be extended yet comes again."""
    async with runtime.snapshot() as tx:
        ending = await store.ending(tx, tx.now + model.EXTENDED_BEFORE)
    for zone in filter(None, map(criteria_of(runtime.city).zone, ending)):
        async with runtime.transaction() as tx:
            await actions.extend(tx, zone)


async def expire(runtime: Runtime) -> None:
    """Ends those whose time is over, each in a transaction of its own."""
    while True:
        async with runtime.snapshot() as tx:
            over = await kept.over(tx)
        for one in over:
            async with runtime.transaction() as tx:
                await actions.expire(tx, one)
        if len(over) < kept.BATCH:
            return
