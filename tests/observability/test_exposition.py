"""What Prometheus scrapes from the viewer: the Collector's names, cumulative buckets, nothing of who has gone."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.sdk.metrics.export import MetricExportResult, MetricsData

from observability import metrics, semconv, telemetry
from observability.telemetry import span
from observability.viewer import exposition, series
from observability.viewer.series import Kind, Series
from tests.observability.running import Viewer

_LINE = re.compile(r"^(?P<name>\w+)\{(?P<labels>.*)\} (?P<value>\S+)$")


@dataclass(frozen=True)
class Sample:
    """One line."""

    name: str
    labels: dict[str, str]
    value: float


def samples(viewer: Viewer, name: str) -> Iterator[Sample]:
    for line in viewer.get("/metrics").text.splitlines():
        if (found := _LINE.match(line)) and found["name"] == name:
            labels = dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', found["labels"]))
            if labels["service_name"] == "exposed":
                yield Sample(name, labels, float(found["value"]))


@pytest.fixture
def exposed(viewer: Viewer) -> Iterator[Viewer]:
    """Telemetry of a service called `exposed` goes to the viewer."""
    telemetry.configure("exposed", "1.2.3", "exposed-1", viewer.url, 1.0)
    yield viewer
    telemetry.shutdown()


def test_a_gauge_has_its_unit_and_the_labels_of_its_service(exposed: Viewer) -> None:
    metrics.observe(*semconv.OUTBOX_AGE, lambda: [(3.5, {"stream": 'a"b\\c\nd'})])
    metrics.shutdown()
    (age,) = samples(exposed, "smartcity_outbox_age_seconds")
    assert age.value == 3.5
    assert age.labels == {
        "job": "smartcity/exposed",
        "instance": "exposed-1",
        "service_name": "exposed",
        "service_namespace": "smartcity",
        "service_instance_id": "exposed-1",
        "service_version": "1.2.3",
        "stream": r"a\"b\\c\nd",
    }


def test_a_counter_is_known_before_it_counts(exposed: Viewer) -> None:
    metrics.count(*semconv.EVENTS_RECORDED, 0, {semconv.EVENT_TYPE: "a", semconv.EXERCISE: False})
    metrics.count(*semconv.EVENTS_RECORDED, 2, {semconv.EVENT_TYPE: "b", semconv.EXERCISE: True})
    metrics.count(*semconv.EVENTS_RECORDED, 1, {semconv.EVENT_TYPE: "b", semconv.EXERCISE: True})
    metrics.shutdown()
    found = {(one.labels["type"], one.labels["smartcity_exercise"]): one.value for one in samples(exposed, EVENTS)}
    assert found == {("a", "false"): 0, ("b", "true"): 3}


EVENTS = "smartcity_events_recorded_total"


def test_buckets_are_cumulative_and_end_with_all(exposed: Viewer) -> None:
    for seconds in (0.003, 0.02, 0.4, 30.0):
        metrics.record_duration(semconv.HTTP_SERVER_REQUEST_DURATION, seconds, {"http.route": "/"})
    metrics.shutdown()
    buckets = list(samples(exposed, "http_server_request_duration_seconds_bucket"))
    counts = {one.labels["le"]: one.value for one in buckets}
    assert (counts["0.005"], counts["0.025"], counts["0.5"], counts["10"], counts["+Inf"]) == (1, 2, 3, 3, 4)
    assert all(earlier.value <= later.value for earlier, later in itertools.pairwise(buckets))
    (count,) = samples(exposed, "http_server_request_duration_seconds_count")
    (total,) = samples(exposed, "http_server_request_duration_seconds_sum")
    assert (count.value, round(total.value, 3)) == (4, 30.423)


def test_a_duration_points_to_the_trace_it_was_measured_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """The exemplar that the Collector hands on to Prometheus."""
    sent: list[MetricsData] = []

    def keep(_: OTLPMetricExporter, data: MetricsData, *__: object, **___: object) -> MetricExportResult:
        sent.append(data)
        return MetricExportResult.SUCCESS

    monkeypatch.setattr(OTLPMetricExporter, "export", keep)
    telemetry.configure("exposed", "1.2.3", "exposed-1", "http://127.0.0.1:9", 1.0)
    with span("request", root=True) as request:
        metrics.record_duration(semconv.HTTP_SERVER_REQUEST_DURATION, 0.02, {"http.route": "/"})
    telemetry.shutdown()
    (point,) = [
        point
        for metric in sent[-1].resource_metrics[0].scope_metrics[0].metrics
        if metric.name == semconv.HTTP_SERVER_REQUEST_DURATION
        for point in metric.data.data_points
    ]
    assert [format(one.trace_id or 0, "032x") for one in point.exemplars] == [request.trace_id]


def test_an_odd_value_does_not_cost_the_other_metrics(exposed: Viewer) -> None:
    metrics.observe(*semconv.LEASE_HELD, lambda: [(True, {semconv.LEASE: "relay"})])
    metrics.shutdown()
    assert [one.value for one in samples(exposed, "smartcity_lease_held")] == [1]


def test_who_reports_no_more_is_not_exposed() -> None:
    board = series.SeriesBoard()
    one = series_of("smartcity.heartbeat", "s", "gauge")
    board._put(one)
    assert board.current() == []
    assert board.all() == [one]


def series_of(name: str, unit: str, kind: Kind) -> Series:
    return Series(
        service="a", instance="1", name=name, unit=unit, kind=kind, description="", resource={}, attributes={},
        time_ns=0, value=1.0, seen=float("-inf"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "unit", "kind", "exposed_as"),
    [
        ("smartcity.outbox.age", "s", "gauge", "smartcity_outbox_age_seconds"),
        ("smartcity.dead_letters", "{event}", "gauge", "smartcity_dead_letters"),
        ("process.memory.usage", "By", "gauge", "process_memory_usage_bytes"),
        ("system.cpu.utilization", "1", "gauge", "system_cpu_utilization_ratio"),
        ("smartcity.events.recorded", "{event}", "counter", "smartcity_events_recorded_total"),
        ("a.total", "1", "counter", "a_total"),
        ("wait.seconds", "s", "gauge", "wait_seconds"),
        ("2.fast", "", "gauge", "_2_fast"),
    ],
)
def test_names_are_those_of_the_collector(name: str, unit: str, kind: Kind, exposed_as: str) -> None:
    assert exposition.metric_name(series_of(name, unit, kind)) == exposed_as
