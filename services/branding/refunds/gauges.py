"""For how long the money has waited that has not gone back the longest: economy answers within seconds."""

from observability import semconv
from services.branding.refunds import store
from services.kit.gauges import Gauges, Readings
from services.kit.runtime import Runtime


async def read(runtime: Runtime) -> Readings:
    """Reads it; 0 where none waits."""
    async with runtime.snapshot() as tx:
        since = await store.open_since(tx)
        age = (tx.now - since).total_seconds() if since else 0.0
    return {semconv.TICKET_REFUND_AGE: [(age, {})]}


GAUGES = Gauges((semconv.TICKET_REFUND_AGE,), read)
