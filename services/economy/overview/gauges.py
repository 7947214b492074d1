"""Money that belongs to nothing known yet: how many payments, by reason, and for how long. Drills do not count."""

from observability import semconv
from services.economy.overview import store
from services.economy.suspense.model import Reason
from services.kit.gauges import Gauges, Readings
from services.kit.runtime import Runtime


async def read(runtime: Runtime) -> Readings:
    """Counts what is in suspense; a reason without any reports 0."""
    async with runtime.snapshot() as tx:
        items = {row["reason"]: row["items"] for row in await store.suspended(tx)}
        age = await store.longest(tx)
    counted = [(items.get(one.value, 0), one.value) for one in Reason]
    return {
        semconv.SUSPENSE_OPEN: [(count, {semconv.REASON: reason}) for count, reason in counted],
        semconv.SUSPENSE_AGE: [(age, {})],
    }


GAUGES = Gauges((semconv.SUSPENSE_OPEN, semconv.SUSPENSE_AGE), read)
