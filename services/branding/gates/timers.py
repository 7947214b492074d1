"""What falls due by itself: what tickets were before is forgotten once no scan of then is taken any more."""

from services.branding.gates.judging import LATE
from services.branding.tickets import store
from services.kit.runtime import Runtime


async def forget(runtime: Runtime) -> None:
    """Forgets what tickets were so long ago, some a transaction."""
    more = True
    while more:
        async with runtime.transaction() as tx:
            more = await store.forget_before(tx, tx.now - LATE)
