"""For how long the oldest day that is over has waited to be compared with the bank's report: half an hour is usual."""

from observability import semconv
from services.economy.reconciliation import actions
from services.economy.resources import resources
from services.economy.settlement.model import end_of
from services.kit.gauges import Gauges, Readings
from services.kit.runtime import Runtime


async def read(runtime: Runtime) -> Readings:
    """Reads it; 0 where none waits, and where no acquirer gives reports."""
    async with runtime.snapshot() as tx:
        provider = resources(runtime).provider
        missed = await actions.missed(tx, provider)
        age = (tx.now - end_of(missed[0], provider.zone)).total_seconds() if provider and missed else 0.0
    return {semconv.RECONCILIATION_AGE: [(age, {})]}


GAUGES = Gauges((semconv.RECONCILIATION_AGE,), read)
