"""The last value of every metric series, as the services reported them."""

import msgspec
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.metrics.v1.metrics_pb2 import HistogramDataPoint, Metric

from observability import semconv
from observability.viewer.spans import Value, read_attributes

MOST_SERIES = 5_000


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """One series. A histogram has ``count``, ``value`` is then its mean and ``p95`` an upper bound of 95 percent."""

    service: str
    instance: str
    name: str
    unit: str
    attributes: dict[str, Value]
    time_ns: int
    value: float
    count: int | None = None
    p95: float | None = None


class SeriesBoard:
    """Series by service, name and attributes; the newest value wins."""

    def __init__(self) -> None:
        """Starts empty."""
        self._series: dict[bytes, Series] = {}

    def add(self, request: ExportMetricsServiceRequest) -> None:
        """Takes one export; beyond ``MOST_SERIES`` the series that was written longest ago is forgotten."""
        for group in request.resource_metrics:
            resource = read_attributes(group.resource.attributes)
            service = str(resource.get(semconv.SERVICE_NAME, "unknown"))
            instance = str(resource.get(semconv.SERVICE_INSTANCE_ID, ""))
            for scope in group.scope_metrics:
                for metric in scope.metrics:
                    for one in _read_metric(metric, service, instance):
                        self._put(one)

    def _put(self, one: Series) -> None:
        key = msgspec.json.encode([one.service, one.instance, one.name, one.attributes], order="deterministic")
        self._series.pop(key, None)
        self._series[key] = one
        if len(self._series) > MOST_SERIES:
            del self._series[next(iter(self._series))]

    def all(self) -> list[Series]:
        """Every series by name, service and attributes."""
        return sorted(
            self._series.values(),
            key=lambda one: (one.name, one.service, one.instance, str(sorted(one.attributes.items()))),
        )


def _read_metric(metric: Metric, service: str, instance: str) -> list[Series]:
    if metric.WhichOneof("data") == "histogram":
        return [
            Series(
                service=service,
                instance=instance,
                name=metric.name,
                unit=metric.unit,
                attributes=read_attributes(point.attributes),
                time_ns=point.time_unix_nano,
                value=point.sum / point.count if point.count else 0.0,
                count=point.count,
                p95=_quantile(point, 0.95),
            )
            for point in metric.histogram.data_points
        ]
    points = metric.gauge.data_points if metric.HasField("gauge") else metric.sum.data_points
    return [
        Series(
            service=service,
            instance=instance,
            name=metric.name,
            unit=metric.unit,
            attributes=read_attributes(point.attributes),
            time_ns=point.time_unix_nano,
            value=float(point.as_int if point.HasField("as_int") else point.as_double),
        )
        for point in points
    ]


def _quantile(point: HistogramDataPoint, share: float) -> float | None:
    """The upper bound of the bucket in which the quantile lies; the maximum in the last bucket."""
    seen = 0
    for bound, count in zip(point.explicit_bounds, point.bucket_counts, strict=False):
        seen += count
        if point.count and seen >= share * point.count:
            return float(bound)
    return float(point.max) if point.count else None
