"""What falls due by itself: nothing is kept by which papers that were counted could be tried out."""

from services.kit.runtime import Runtime
from services.society.booths import store


async def forget(runtime: Runtime) -> None:
    """Takes away what was left of counts that are over."""
    async with runtime.transaction() as tx:
        await store.forget(tx)
