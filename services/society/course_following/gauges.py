"""For how long news of courses wait for their mails."""

from observability import semconv
from services.kit.gauges import Gauges, Readings
from services.kit.runtime import Runtime
from services.society.course_mails import queue


async def read(runtime: Runtime) -> Readings:
    """The age of the oldest mail that is not ended."""
    async with runtime.snapshot() as tx:
        since = await queue.MAILS.waiting_since(tx)
        age = (tx.now - since).total_seconds() if since else 0.0
    return {semconv.COURSE_MAIL_AGE: [(age, {})]}


GAUGES = Gauges((semconv.COURSE_MAIL_AGE,), read)
