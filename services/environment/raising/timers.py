"""What falls due by itself: a warning whose gauges still speak is extended before it ends."""

from services.environment.raising import actions, model, store
from services.kit.runtime import Runtime


async def extend(runtime: Runtime) -> None:
    """Extends them, each in a transaction of its own; what cannot be extended yet comes again."""
    async with runtime.snapshot() as tx:
        ending = await store.ending(tx, tx.now + model.EXTENDED_BEFORE)
    for place in ending:
        async with runtime.transaction() as tx:
            await actions.extend(tx, place)
