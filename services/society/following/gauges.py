"""For how long news wait for their mails."""

from observability import semconv
from services.kit.gauges import Gauges, Readings
from services.kit.runtime import Runtime
from services.society.following import queue


async def read(runtime: Runtime) -> Readings:
    """The age of the oldest mail that is not ended, or step that is not passed on."""
    async with runtime.snapshot() as tx:
        since = await queue.waiting_since(tx)
        age = (tx.now - since).total_seconds() if since else 0.0
    return {semconv.FOLLOWER_MAIL_AGE: [(age, {})]}


GAUGES = Gauges((semconv.FOLLOWER_MAIL_AGE,), read)
