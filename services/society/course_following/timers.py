"""What falls due by itself: mails are sent, and addresses forgotten."""

from services.kit.runtime import Runtime
from services.society.course_following import delivering
from services.society.course_mails import model, queue, store


async def deliver(runtime: Runtime) -> None:
    """Sends the mails that are due."""
    await delivering.deliver(runtime)


async def prune(runtime: Runtime) -> None:
    """Forgets addresses that nobody confirmed or whose course is over, and what ended long ago."""
    more = True
    while more:
        async with runtime.transaction() as tx:
            more = await queue.MAILS.prune(tx, tx.now - model.KEPT)
            more = await store.prune(tx, tx.now - model.LINK_LIFE, tx.now - model.KEPT) or more
