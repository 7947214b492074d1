"""For how long warnings wait for their mails."""

from observability import semconv
from services.environment.subscriptions import queue
from services.kit.gauges import Gauges, Readings
from services.kit.runtime import Runtime


async def read(runtime: Runtime) -> Readings:
    """The age of the oldest mail that is not ended, or message that is not passed on."""
    async with runtime.snapshot() as tx:
        since = await queue.waiting_since(tx)
        age = (tx.now - since).total_seconds() if since else 0.0
    return {semconv.WARNING_MAIL_AGE: [(age, {})]}


GAUGES = Gauges((semconv.WARNING_MAIL_AGE,), read)
