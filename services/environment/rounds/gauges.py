"""How long the oldest plan waits that is not made yet."""

from observability import semconv
from services.environment.rounds import store
from services.kit.gauges import Gauges, Readings
from services.kit.runtime import Runtime


async def read(runtime: Runtime) -> Readings:
    """Since it was asked for; 0 where none waits."""
    async with runtime.statement() as tx:
        asked = await store.longest_waiting(tx)
        age = (tx.now - asked).total_seconds() if asked else 0.0
    return {semconv.PLANNING_AGE: [(age, {})]}


GAUGES = Gauges((semconv.PLANNING_AGE,), read)
