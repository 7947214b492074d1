"""For how long the file of a photo that was taken out has stayed in the file store that stays the longest."""

from observability import semconv
from services.governance.photos import store
from services.kit.gauges import Gauges, Readings
from services.kit.runtime import Runtime


async def read(runtime: Runtime) -> Readings:
    """Reads it; 0 where none is to go."""
    async with runtime.snapshot() as tx:
        since = await store.erased_since(tx)
        age = (tx.now - since).total_seconds() if since else 0.0
    return {semconv.FILE_UNERASED_AGE: [(age, {})]}


GAUGES = Gauges((semconv.FILE_UNERASED_AGE,), read)
