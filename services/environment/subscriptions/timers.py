"""What falls due by itself: messages are passed on to subscribers, mails are sent, what is over is forgotten."""

from services.environment.subscriptions import actions, keys, queue, store
from services.environment.subscriptions.delivering import DELIVERY
from services.kit.mail import delivering, following
from services.kit.runtime import Runtime


async def pass_on(runtime: Runtime) -> None:
    """Queues what is on its way for all its subscribers, some hundred in a transaction."""
    while True:
        async with runtime.transaction() as tx:
            more = await actions.pass_on(tx)
        if not more:
            return


async def deliver(runtime: Runtime) -> None:
    """Sends the mails that are due."""
    await delivering.deliver(runtime, DELIVERY, open_=keys.is_open(runtime))


async def prune(runtime: Runtime) -> None:
    """Forgets addresses that nobody confirmed, and what ended long ago."""
    await following.prune(runtime, queue.prune, store.SUBSCRIPTIONS.prune)
