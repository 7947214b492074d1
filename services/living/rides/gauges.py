"""For how long the ride has waited that has not been settled the longest: economy answers within a second."""

from observability import semconv
from services.kit.gauges import Gauges, Readings
from services.kit.runtime import Runtime
from services.living.rides import store


async def read(runtime: Runtime) -> Readings:
    """Reads it; 0 where none waits."""
    async with runtime.snapshot() as tx:
        since = await store.due_since(tx)
        age = (tx.now - since).total_seconds() if since else 0.0
    return {semconv.RIDE_UNSETTLED_AGE: [(age, {})]}


GAUGES = Gauges((semconv.RIDE_UNSETTLED_AGE,), read)
