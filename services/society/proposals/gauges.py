"""For how long the proposal has been late that should have been answered first."""

from observability import semconv
from services.kit.gauges import Gauges, Readings
from services.kit.runtime import Runtime
from services.society.proposals import store


async def read(runtime: Runtime) -> Readings:
    """Reads it; 0 where none is late."""
    async with runtime.snapshot() as tx:
        since = await store.due_since(tx)
        age = max(0.0, (tx.now - since).total_seconds()) if since else 0.0
    return {semconv.PROPOSAL_LATE_AGE: [(age, {})]}


GAUGES = Gauges((semconv.PROPOSAL_LATE_AGE,), read)
