"""How many corrections wait for an officer, and for how long the oldest does."""

from observability import semconv
from services.kit.gauges import Gauges, Readings
from services.kit.runtime import Runtime
from services.living.corrections import store


async def read(runtime: Runtime) -> Readings:
    """Counts them; the age is 0 where none waits."""
    async with runtime.snapshot() as tx:
        waiting, since = await store.waiting(tx), await store.waiting_since(tx)
        age = (tx.now - since).total_seconds() if since else 0.0
    return {semconv.CORRECTIONS_WAITING: [(waiting, {})], semconv.CORRECTION_AGE: [(age, {})]}


GAUGES = Gauges((semconv.CORRECTIONS_WAITING, semconv.CORRECTION_AGE), read)
