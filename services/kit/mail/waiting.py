"""For how long mails wait that are due: the gauge of a queue."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from observability.semconv import Metric
from services.kit.database import Transaction
from services.kit.gauges import Gauges, Readings
from services.kit.runtime import Runtime


def age_of(metric: Metric, since: Callable[[Transaction], Awaitable[datetime | None]]) -> Gauges:
    """The age of the oldest mail that is not ended; ``since`` says when it was queued, or what it tells of began."""

    async def read(runtime: Runtime) -> Readings:
        async with runtime.snapshot() as tx:
            oldest = await since(tx)
            age = (tx.now - oldest).total_seconds() if oldest else 0.0
        return {metric: [(age, {})]}

    return Gauges((metric,), read)
