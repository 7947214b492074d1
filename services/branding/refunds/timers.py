"""What falls due by itself: what could not be given back is asked for again."""

from services.branding.refunds import actions, model, store
from services.kit.runtime import Runtime


async def ask_again(runtime: Runtime) -> None:
    """Asks once more for what was refused a while ago."""
    async with runtime.transaction() as tx:
        for id_ in await store.refused(tx, tx.now - model.AGAIN):
            await actions.ask_again(tx, id_)
