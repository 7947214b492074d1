"""What falls due by itself: words that were kept back go, and networks of earlier days."""

from services.kit.runtime import Runtime
from services.society.comments import model, store
from services.society.proposals.model import NETWORK_KEPT


async def forget(runtime: Runtime) -> None:
    """Takes them away."""
    more = True
    while more:
        async with runtime.transaction() as tx:
            more = await store.forget(tx, tx.now - model.KEPT)
            await store.forget_networks(tx, tx.now - NETWORK_KEPT)
