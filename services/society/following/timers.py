"""What falls due by itself: steps are passed on to followers, mails are sent, what is over is forgotten."""

from services.kit.mail import delivering, following
from services.kit.runtime import Runtime
from services.society.following import actions, keys, queue, store
from services.society.following.delivering import DELIVERY


async def pass_on(runtime: Runtime) -> None:
    """Queues what is on its way for all followers, some hundred in a transaction."""
    while True:
        async with runtime.transaction() as tx:
            more = await actions.pass_on(tx)
        if not more:
            return


async def deliver(runtime: Runtime) -> None:
    """Sends the mails that are due."""
    await delivering.deliver(runtime, DELIVERY, open_=keys.is_open(runtime))


async def prune(runtime: Runtime) -> None:
    """Forgets addresses that nobody confirmed or that hear of nothing any more, and what ended long ago."""
    await following.prune(runtime, store.let_go, queue.prune, store.FOLLOWERS.prune)
