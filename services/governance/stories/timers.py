"""What falls due by itself: old stories go."""

from services.governance.stories import store
from services.governance.stories.model import KEPT
from services.kit.runtime import Runtime


async def forget(runtime: Runtime) -> None:
    """Deletes what is past its time, some in a commit: what is told meanwhile comes in between."""
    more = True
    while more:
        async with runtime.transaction() as tx:
            more = await store.forget(tx, tx.now - KEPT)
