"""Money that belongs to nothing known yet: how many payments, by reason, and for how long. Drills do not count."""

from observability import semconv
from services.economy.overview import store
from services.economy.suspense.model import Reason
from services.kit.gauges import Gauges, Readings
from services.kit.runtime import Runtime


async def read(runtime: Runtime) -> Readings:
    """Counts what is in suspense; a reason without any reports 0."""
    async with runtime.snapshot() as tx:
        rows = {row["reason"]: row for row in await store.suspended(tx)}
    counted = [(rows[one.value]["items"] if one.value in rows else 0, one.value) for one in Reason]
    return {
        semconv.SUSPENSE_OPEN: [(items, {semconv.REASON: reason}) for items, reason in counted],
        semconv.SUSPENSE_AGE: [(max((row["age"] for row in rows.values()), default=0.0), {})],
    }


GAUGES = Gauges((semconv.SUSPENSE_OPEN, semconv.SUSPENSE_AGE), read)
