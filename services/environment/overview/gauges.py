"""How many datastreams measure or have measured, and how many of these fell silent."""

from observability import semconv
from services.environment.overview import store
from services.kit.gauges import Gauges, Readings
from services.kit.runtime import Runtime


async def read(runtime: Runtime) -> Readings:
    """As last counted; what has never measured anything is not there yet, and nobody misses it."""
    async with runtime.statement() as tx:
        heard = await store.hearing(tx)
    return {
        semconv.DATASTREAMS: [(heard.datastreams - heard.unheard, {})],
        semconv.DATASTREAMS_SILENT: [(heard.silent - heard.unheard, {})],
    }


GAUGES = Gauges((semconv.DATASTREAMS, semconv.DATASTREAMS_SILENT), read)
