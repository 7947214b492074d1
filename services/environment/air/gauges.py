"""How old the air is that stations show: an index is made each hour, also of a station that is silent."""

from observability import semconv
from services.environment.air import store
from services.kit.gauges import Gauges, Readings
from services.kit.runtime import Runtime


async def read(runtime: Runtime) -> Readings:
    """The oldest of the stations' present indices; those of retired things are made no more."""
    async with runtime.statement() as tx:
        oldest = await store.oldest(tx)
        age = (tx.now - oldest).total_seconds() if oldest else 0.0
    return {semconv.AIR_AGE: [(age, {})]}


GAUGES = Gauges((semconv.AIR_AGE,), read)
