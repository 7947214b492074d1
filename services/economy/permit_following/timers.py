"""What falls due by itself: mails are sent, and addresses forgotten."""

from services.economy.permit_following import delivering
from services.economy.permit_mails import model, queue, store
from services.kit.runtime import Runtime


async def deliver(runtime: Runtime) -> None:
    """Sends the mails that are due."""
    await delivering.deliver(runtime)


async def prune(runtime: Runtime) -> None:
    """Forgets addresses that nobody confirmed, and what ended long ago."""
    more = True
    while more:
        async with runtime.transaction() as tx:
            more = await queue.MAILS.prune(tx, tx.now - model.KEPT)
            more = await store.prune(tx, tx.now - model.LINK_LIFE, tx.now - model.KEPT) or more
