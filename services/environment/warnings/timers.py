"""What falls due by itself: warnings whose time is over end."""

from services.environment.warnings import actions, store
from services.kit.runtime import Runtime


async def expire(runtime: Runtime) -> None:
    """Ends them, each in a transaction of its own."""
    while True:
        async with runtime.snapshot() as tx:
            over = await store.over(tx)
        for one in over:
            async with runtime.transaction() as tx:
                await actions.expire(tx, one)
        if len(over) < store.BATCH:
            return
