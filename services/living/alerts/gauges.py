"""How many alerts are told."""

from observability import semconv
from services.kit.gauges import Gauges, Readings
from services.kit.runtime import Runtime
from services.living.alerts import store


async def read(runtime: Runtime) -> Readings:
    """Counts them, up to so many as are told at once."""
    async with runtime.statement() as tx:
        return {semconv.SERVICE_ALERTS: [(await store.count(tx), {})]}


GAUGES = Gauges((semconv.SERVICE_ALERTS,), read)
