"""The last value of every metric series, as the services reported them."""

import time
from typing import Any, Literal

import msgspec
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.metrics.v1.metrics_pb2 import HistogramDataPoint, Metric, NumberDataPoint

from observability import semconv
from observability.viewer.spans import Value, read_attributes

MOST_SERIES = 5_000


Kind = Literal["gauge", "counter", "histogram"]

FRESH_S = 60.0
"""Seconds after its last report for which a series counts as current: six exports."""


class Buckets(msgspec.Struct, frozen=True):
    """A histogram since its process began: the upper bounds, and the values in each bucket (one more than bounds)."""

    bounds: list[float]
    counts: list[int]
    sum: float


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """One series. A histogram has ``count``, ``value`` is then its mean and ``p95`` an upper bound of 95 percent."""

    service: str
    instance: str
    name: str
    unit: str
    kind: Kind
    description: str
    resource: dict[str, Value]
    attributes: dict[str, Value]
    time_ns: int
    value: float
    count: int | None = None
    p95: float | None = None
    buckets: Buckets | None = None
    seen: float = 0.0
    """When it was last reported, on this machine's monotonic clock."""


class SeriesBoard:
    """Series by service, name and attributes; the newest value wins."""

    def __init__(self) -> None:
        """Starts empty."""
        self._series: dict[bytes, Series] = {}

    def add(self, request: ExportMetricsServiceRequest) -> None:
        """Takes one export; beyond ``MOST_SERIES`` the series that was written longest ago is forgotten."""
        for group in request.resource_metrics:
            resource = read_attributes(group.resource.attributes)
            for scope in group.scope_metrics:
                for metric in scope.metrics:
                    for one in _read_metric(metric, resource):
                        self._put(one)

    def _put(self, one: Series) -> None:
        key = msgspec.json.encode([one.service, one.instance, one.name, one.attributes], order="deterministic")
        self._series.pop(key, None)
        self._series[key] = one
        if len(self._series) > MOST_SERIES:
            del self._series[next(iter(self._series))]

    def current(self) -> list[Series]:
        """Every series that was reported within ``FRESH_S``, in the order of ``all``."""
        oldest = time.monotonic() - FRESH_S
        return [one for one in self.all() if one.seen >= oldest]

    def all(self) -> list[Series]:
        """Every series by name, service and attributes."""
        return sorted(
            self._series.values(),
            key=lambda one: (one.name, one.service, one.instance, str(sorted(one.attributes.items()))),
        )


def _read_metric(metric: Metric, resource: dict[str, Value]) -> list[Series]:
    """The series of a metric; all values are cumulative, as our SDK sends them."""
    if metric.WhichOneof("data") == "histogram":
        return [_histogram(metric, resource, point) for point in metric.histogram.data_points]
    counts = metric.HasField("sum") and metric.sum.is_monotonic
    points = metric.gauge.data_points if metric.HasField("gauge") else metric.sum.data_points
    return [_number(metric, resource, point, "counter" if counts else "gauge") for point in points]


def _number(metric: Metric, resource: dict[str, Value], point: NumberDataPoint, kind: Kind) -> Series:
    return Series(
        **_identity(metric, resource, point),
        kind=kind,
        value=float(point.as_int if point.HasField("as_int") else point.as_double),
    )


def _histogram(metric: Metric, resource: dict[str, Value], point: HistogramDataPoint) -> Series:
    return Series(
        **_identity(metric, resource, point),
        kind="histogram",
        value=point.sum / point.count if point.count else 0.0,
        count=point.count,
        p95=_quantile(point, 0.95),
        buckets=Buckets(list(point.explicit_bounds), list(point.bucket_counts), point.sum),
    )


def _identity(
    metric: Metric, resource: dict[str, Value], point: NumberDataPoint | HistogramDataPoint
) -> dict[str, Any]:
    return {
        "service": str(resource.get(semconv.SERVICE_NAME, "unknown")),
        "instance": str(resource.get(semconv.SERVICE_INSTANCE_ID, "")),
        "name": metric.name,
        "unit": metric.unit,
        "description": metric.description,
        "resource": resource,
        "attributes": read_attributes(point.attributes),
        "time_ns": point.time_unix_nano,
        "seen": time.monotonic(),
    }


def _quantile(point: HistogramDataPoint, share: float) -> float | None:
    """The upper bound of the bucket in which the quantile lies; the maximum in the last bucket."""
    seen = 0
    for bound, count in zip(point.explicit_bounds, point.bucket_counts, strict=False):
        seen += count
        if point.count and seen >= share * point.count:
            return float(bound)
    return float(point.max) if point.count else None
