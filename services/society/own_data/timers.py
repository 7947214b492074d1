"""What falls due by itself: old requests are erased with their answers."""

from services.kit.runtime import Runtime
from services.society.own_data import model, store


async def forget(runtime: Runtime) -> None:
    """Erases them."""
    more = True
    while more:
        async with runtime.transaction() as tx:
            more = await store.forget(tx, tx.now - model.KEPT)
