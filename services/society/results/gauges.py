"""For how long the ballot has waited for its count that has waited the longest since it closed."""

from observability import semconv
from services.kit.gauges import Gauges, Readings
from services.kit.runtime import Runtime
from services.society.ballots import store


async def read(runtime: Runtime) -> Readings:
    """Reads it; 0 where none waits."""
    async with runtime.snapshot() as tx:
        since = await store.uncounted_since(tx)
        age = (tx.now - since).total_seconds() if since else 0.0
    return {semconv.BALLOT_UNCOUNTED_AGE: [(age, {})]}


GAUGES = Gauges((semconv.BALLOT_UNCOUNTED_AGE,), read)
