"""How many alarms are open, by what their rules look at: those of silence are datastreams that nothing comes from."""

from observability import semconv
from services.environment.alarms import store
from services.environment.alarms.model import Kind
from services.kit.gauges import Gauges, Readings
from services.kit.runtime import Runtime


async def read(runtime: Runtime) -> Readings:
    """Counts the open alarms of each kind; one that has none reports 0."""
    async with runtime.statement() as tx:
        found = await store.open_counts(tx)
    return {semconv.ALARMS_OPEN: [(found.get(kind.value, 0), {semconv.ALARM_KIND: kind.value}) for kind in Kind]}


GAUGES = Gauges((semconv.ALARMS_OPEN,), read)
