"""How many vehicles tell where they are, and how many fell silent on their way."""

from observability import semconv
from services.kit.gauges import Gauges, Readings
from services.kit.runtime import Runtime
from services.living.positions.model import FRESH
from services.living.progress import store
from services.living.progress.model import LATELY


async def read(runtime: Runtime) -> Readings:
    """Counts them; one at the end of its run has nothing more to tell."""
    async with runtime.statement() as tx:
        live, silent = await store.count(tx, tx.now - FRESH, tx.now - LATELY)
    return {semconv.VEHICLES_LIVE: [(live, {})], semconv.VEHICLES_SILENT: [(silent, {})]}


GAUGES = Gauges((semconv.VEHICLES_LIVE, semconv.VEHICLES_SILENT), read)
