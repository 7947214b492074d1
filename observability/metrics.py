"""Metrics: how many, how long, how late. A handful of instruments on the OpenTelemetry SDK.

Rate, errors and duration of every server come from one histogram per protocol (requests are its count, errors its
``error.type``). What is asked for only when somebody looks, such as the age of the oldest unsent event, is an
observable gauge: ``observe`` takes the function that reads it. What happens is counted with ``count``.
"""

import os
from collections.abc import Callable, Iterable, Mapping

from opentelemetry import context as contexts
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.metrics import CallbackOptions, Counter, Histogram, Meter, NoOpMeter, Observation
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource

from observability import semconv, spans

Attributes = Mapping[str, str | int | float | bool]

EXPORT_INTERVAL_MS = 10_000
"""Unless OTEL_METRIC_EXPORT_INTERVAL says otherwise, as OpenTelemetry has it."""
EXPORT_TIMEOUT = 2.0
DURATION_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
"""Upper bounds in seconds, as the HTTP and RPC conventions ask for."""

_NOWHERE = contexts.Context()
_provider: MeterProvider | None = None
_histograms: dict[str, Histogram] = {}
_counters: dict[str, Counter] = {}
_watched: list[tuple[str, str, str, Callable[[], Iterable[tuple[float, Attributes]]]]] = []


def configure(resource: Resource, otlp_endpoint: str) -> None:
    """Starts measuring for this process; without an endpoint nothing is measured. ``telemetry.configure`` calls it."""
    global _provider
    if not otlp_endpoint:
        return
    exporter = OTLPMetricExporter(endpoint=f"{otlp_endpoint.rstrip('/')}/v1/metrics", timeout=EXPORT_TIMEOUT)
    interval = float(os.environ.get("OTEL_METRIC_EXPORT_INTERVAL", EXPORT_INTERVAL_MS))
    reader = PeriodicExportingMetricReader(exporter, interval, EXPORT_TIMEOUT * 1000)
    _provider = MeterProvider([reader], resource=resource, shutdown_on_exit=False)
    for name, unit, description, _ in _watched:
        _create_gauge(_meter(), name, unit, description)


def shutdown() -> None:
    """Sends the last values and stops; blocks for about two seconds when the backend does not answer."""
    global _provider
    stopped, _provider = _provider, None
    _histograms.clear()
    _counters.clear()
    if stopped is not None:
        stopped.shutdown(EXPORT_TIMEOUT * 1000)


def record_duration(name: str, seconds: float, attributes: Attributes) -> None:
    """Adds one duration to the histogram of that name; attributes must have few values (no ids, no codes)."""
    if _provider is None:
        return
    histogram = _histograms.get(name)
    if histogram is None:
        histogram = _histograms[name] = _meter().create_histogram(
            name, unit="s", explicit_bucket_boundaries_advisory=DURATION_BUCKETS
        )
    histogram.record(seconds, attributes, _exemplar())


def count(name: str, unit: str, description: str, amount: int, attributes: Attributes) -> None:
    """Adds to a counter; 0 makes it known before anything happened, so that the first event is seen as a rise."""
    if _provider is None:
        return
    counter = _counters.get(name)
    if counter is None:
        counter = _counters[name] = _meter().create_counter(name, unit, description)
    counter.add(amount, attributes, _exemplar())


def observe(name: str, unit: str, description: str, read: Callable[[], Iterable[tuple[float, Attributes]]]) -> None:
    """Watches a value: ``read`` is called at each export (every ten seconds, from another thread, so it must not block)
    and returns pairs of value and attributes. May be called before or after ``telemetry.configure``; a second call for
    the same name takes the place of the first.
    """
    known = any(one[0] == name for one in _watched)
    _watched[:] = [one for one in _watched if one[0] != name] + [(name, unit, description, read)]
    if not known:
        _create_gauge(_meter(), name, unit, description)


def _exemplar() -> contexts.Context:
    """The span around the caller as the SDK looks for it: a sampled one becomes the exemplar of what is measured."""
    around = spans.around()
    if not around.sampled:
        return _NOWHERE
    return trace.set_span_in_context(trace.NonRecordingSpan(around.context), _NOWHERE)


def _meter() -> Meter:
    return _provider.get_meter("smartcity", schema_url=semconv.SCHEMA_URL) if _provider else NoOpMeter("smartcity")


def _create_gauge(meter: Meter, name: str, unit: str, description: str) -> None:
    def observations(_: CallbackOptions) -> Iterable[Observation]:
        (read,) = [read for watched, _, _, read in _watched if watched == name]
        # One value that is no plain number (a bool, a Decimal) would lose the whole export.
        return [Observation(float(value), attributes) for value, attributes in read()]

    meter.create_observable_gauge(name, [observations], unit, description)
