"""For how long the comment has waited that waits the longest to be read."""

from observability import semconv
from services.kit.gauges import Gauges, Readings
from services.kit.runtime import Runtime
from services.society.comments import store


async def read(runtime: Runtime) -> Readings:
    """Reads it; 0 where none waits."""
    async with runtime.snapshot() as tx:
        since = await store.waiting_since(tx)
        age = (tx.now - since).total_seconds() if since else 0.0
    return {semconv.COMMENT_WAITING_AGE: [(age, {})]}


GAUGES = Gauges((semconv.COMMENT_WAITING_AGE,), read)
