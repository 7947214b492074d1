"""For how long the seats have been held whose hold is over the longest: a timer frees them each second."""

from observability import semconv
from services.branding.orders import store
from services.kit.gauges import Gauges, Readings
from services.kit.runtime import Runtime


async def read(runtime: Runtime) -> Readings:
    """Reads it; 0 where none is over."""
    async with runtime.snapshot() as tx:
        until = await store.held_since(tx)
        age = max(0.0, (tx.now - until).total_seconds()) if until else 0.0
    return {semconv.TICKET_HOLD_OVERDUE: [(age, {})]}


GAUGES = Gauges((semconv.TICKET_HOLD_OVERDUE,), read)
