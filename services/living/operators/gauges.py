"""How old what operators tell is: nothing where none is read."""

from observability import semconv
from services.kit.gauges import Gauges, Readings
from services.kit.runtime import Runtime
from services.living.operators import store


async def read(runtime: Runtime) -> Readings:
    """Of each feed, since the time that it tells of itself; since it was first tried where it was never read."""
    async with runtime.statement() as tx:
        ages = [(one.id, (tx.now - (one.told_at or one.since)).total_seconds()) for one in await store.feeds(tx)]
    return {semconv.OPERATOR_AGE: [(age, {"operator": name}) for name, age in ages]}


GAUGES = Gauges((semconv.OPERATOR_AGE,), read)
