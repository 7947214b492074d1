"""For how long what was paid for nothing has waited that has not gone back the longest: seconds are usual."""

from observability import semconv
from services.economy.returns import store
from services.kit.gauges import Gauges, Readings
from services.kit.runtime import Runtime


async def read(runtime: Runtime) -> Readings:
    """Reads it; 0 where nothing waits."""
    async with runtime.snapshot() as tx:
        since = await store.open_since(tx)
        age = (tx.now - since).total_seconds() if since else 0.0
    return {semconv.PAYMENT_RETURN_AGE: [(age, {})]}


GAUGES = Gauges((semconv.PAYMENT_RETURN_AGE,), read)
