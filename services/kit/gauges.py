"""What a pillar counts of its own: gauges that are read together every ten seconds, by every process."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass

from observability import metrics
from observability.semconv import Metric
from services.kit.runtime import Runtime

Reading = tuple[float, metrics.Attributes]
Readings = Mapping[Metric, Iterable[Reading]]


@dataclass(frozen=True)
class Gauges:
    """Gauges that are read together; ``read`` answers with values and attributes (few ones) for each of them."""

    of: tuple[Metric, ...]
    read: Callable[[Runtime], Awaitable[Readings]]
