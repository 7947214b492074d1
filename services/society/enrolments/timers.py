"""What falls due by itself: names are erased when their time has come."""

from services.kit.runtime import Runtime
from services.society.seating import store


async def forget(runtime: Runtime) -> None:
    """Erases them; attendance and certificates stay, of nobody."""
    more = True
    while more:
        async with runtime.transaction() as tx:
            more = await store.forget(tx, tx.now)
