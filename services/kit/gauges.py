"""What a pillar counts of its own: gauges that are read together every ten seconds, by every process."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from observability import metrics
from observability.semconv import Metric
from services.kit.database import Transaction
from services.kit.runtime import Runtime

Reading = tuple[float, metrics.Attributes]
Readings = Mapping[Metric, Iterable[Reading]]


@dataclass(frozen=True)
class Gauges:
    """Gauges that are read together; ``read`` answers with values and attributes (few ones) for each of them."""

    of: tuple[Metric, ...]
    read: Callable[[Runtime], Awaitable[Readings]]


def age_of(metric: Metric, since: Callable[[Transaction], Awaitable[datetime | None]]) -> Gauges:
    """The age of what has waited the longest, 0 where nothing does yet; ``since`` says since when."""

    async def read(runtime: Runtime) -> Readings:
        async with runtime.snapshot() as tx:
            oldest = await since(tx)
            age = max(0.0, (tx.now - oldest).total_seconds()) if oldest else 0.0
        return {metric: [(age, {})]}

    return Gauges((metric,), read)
