"""What falls due by itself: steps are passed on to followers, mails are sent, what is over is forgotten."""

from services.kit.runtime import Runtime
from services.society.following import actions, delivering, model, queue, store


async def pass_on(runtime: Runtime) -> None:
    """Queues what is on its way for all followers, some hundred in a transaction."""
    while True:
        async with runtime.transaction() as tx:
            more = await actions.pass_on(tx)
        if not more:
            return


async def deliver(runtime: Runtime) -> None:
    """Sends the mails that are due."""
    await delivering.deliver(runtime)


async def prune(runtime: Runtime) -> None:
    """Forgets addresses that nobody confirmed or that hear of nothing any more, and what ended long ago."""
    more = True
    while more:
        async with runtime.transaction() as tx:
            more = await store.let_go(tx, tx.now - model.LET_GO)
            more = await queue.prune(tx, tx.now - model.KEPT) or more
            more = await store.prune(tx, tx.now - model.LINK_LIFE, tx.now - model.KEPT) or more
