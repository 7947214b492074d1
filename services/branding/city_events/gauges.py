"""How many events wait to be published, and for how long the oldest does."""

from observability import semconv
from services.branding.city_events import store
from services.kit.gauges import Gauges, Readings
from services.kit.runtime import Runtime


async def read(runtime: Runtime) -> Readings:
    """Counts them; the age is 0 where none waits."""
    async with runtime.snapshot() as tx:
        waiting, since = await store.waiting(tx), await store.waiting_since(tx)
        age = (tx.now - since).total_seconds() if since else 0.0
    return {semconv.EVENTS_WAITING: [(waiting, {})], semconv.EVENT_AGE: [(age, {})]}


GAUGES = Gauges((semconv.EVENTS_WAITING, semconv.EVENT_AGE), read)
