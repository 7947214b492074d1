"""For how long a phase that should have begun has not: the timer comes to it within seconds."""

from observability import semconv
from services.kit.gauges import Gauges, Readings
from services.kit.runtime import Runtime
from services.society.processes import store


async def read(runtime: Runtime) -> Readings:
    """Reads it; 0 where none is overdue."""
    async with runtime.snapshot() as tx:
        since = await store.due_since(tx)
        age = max(0.0, (tx.now - since).total_seconds()) if since else 0.0
    return {semconv.PROCESS_PHASE_AGE: [(age, {})]}


GAUGES = Gauges((semconv.PROCESS_PHASE_AGE,), read)
