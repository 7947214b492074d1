"""What falls due by itself: words that nobody needs are taken away."""

from services.branding.corrections import model, store
from services.kit.runtime import Runtime


async def forget(runtime: Runtime) -> None:
    """Takes away who filed corrections that were decided on long ago, and what they wrote."""
    more = True
    while more:
        async with runtime.transaction() as tx:
            more = await store.forget(tx, tx.now - model.KEPT)
