"""What is known of networks goes when it has served."""

from services.kit.runtime import Runtime
from services.society.proposals.model import NETWORK_KEPT
from services.society.supporting import store


async def forget(runtime: Runtime) -> None:
    """Forgets networks of earlier days."""
    async with runtime.transaction() as tx:
        await store.forget_networks(tx, tx.now - NETWORK_KEPT)
