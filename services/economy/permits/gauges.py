"""How near the city's silence is to speaking for it."""

from datetime import timedelta

from observability import semconv
from services.economy.permits import store
from services.economy.permits.model import SILENT
from services.kit.gauges import Gauges, Readings
from services.kit.runtime import Runtime

WARNED = timedelta(days=1)
"""So long before somebody should look."""


async def read(runtime: Runtime) -> Readings:
    """For how long the most urgent application has been in its last day; 0 where none is."""
    async with runtime.snapshot() as tx:
        due = await store.next_silence(tx, SILENT)
        late = (tx.now - due + WARNED).total_seconds() if due else 0.0
    return {semconv.PERMIT_SILENCE_AGE: [(max(late, 0.0), {})]}


GAUGES = Gauges((semconv.PERMIT_SILENCE_AGE,), read)
