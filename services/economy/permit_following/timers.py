"""What falls due by itself: mails are sent, and addresses forgotten."""

from services.economy.permit_following import keys
from services.economy.permit_following.delivering import DELIVERY
from services.economy.permit_mails import queue, store
from services.kit.mail import delivering, following
from services.kit.runtime import Runtime


async def deliver(runtime: Runtime) -> None:
    """Sends the mails that are due."""
    await delivering.deliver(runtime, DELIVERY, open_=keys.is_open(runtime))


async def prune(runtime: Runtime) -> None:
    """Forgets addresses that nobody confirmed, and what ended long ago."""
    await following.prune(runtime, queue.MAILS.prune, store.FOLLOWERS.prune)
