"""What falls due by itself: mails are sent, and addresses forgotten."""

from services.kit.mail import delivering, following
from services.kit.runtime import Runtime
from services.society.course_following.delivering import DELIVERY
from services.society.course_mails import keys, queue, store


async def deliver(runtime: Runtime) -> None:
    """Sends the mails that are due."""
    await delivering.deliver(runtime, DELIVERY, open_=keys.is_open(runtime))


async def prune(runtime: Runtime) -> None:
    """Forgets addresses that nobody confirmed or whose course is over, and what ended long ago."""
    await following.prune(runtime, queue.MAILS.prune, store.erase_due, store.FOLLOWERS.prune)
