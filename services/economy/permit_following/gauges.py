"""For how long reminders of permits wait for their mails."""

from observability import semconv
from services.economy.permit_mails import queue
from services.kit.gauges import Gauges, Readings
from services.kit.runtime import Runtime


async def read(runtime: Runtime) -> Readings:
    """The age of the oldest mail that is not ended."""
    async with runtime.snapshot() as tx:
        since = await queue.MAILS.waiting_since(tx)
        age = (tx.now - since).total_seconds() if since else 0.0
    return {semconv.PERMIT_MAIL_AGE: [(age, {})]}


GAUGES = Gauges((semconv.PERMIT_MAIL_AGE,), read)
