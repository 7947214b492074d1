"""The collectors' configuration in a real Collector, as the chart hands it out: what it takes, keeps and counts."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
import yaml
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.metrics.v1.metrics_pb2 import Gauge, Metric, NumberDataPoint, ResourceMetrics, ScopeMetrics
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

from observability import metrics, semconv, telemetry
from observability.telemetry import SpanKind
from tests.fixtures.house import free_port
from tests.observability.collector import (
    POD,
    Config,
    Loki,
    Tempo,
    asked,
    collecting,
    configuration,
    merged,
    needs_collector,
    storing,
    until,
)
from tests.observability.prometheus import OBSERVABILITY, Prometheus, needs_prometheus

pytestmark = needs_collector

GOOD, FAILED, SLOW = 200, 8, 8
ALL = GOOD + FAILED + SLOW
ROUTE, CALL, LATE = "GET /api/complaints", "smartcity.governance.v1.Complaints/List", "process late"
BALANCER = "loadbalancing"
PRINTS = """
import structlog
from observability import logging, telemetry
logging.configure("governance")
telemetry.configure("governance", "1.2.3", "governance-1", "", 0.0)
with telemetry.span("one"):
    structlog.get_logger().warning("complaint filed", code="SMG-7K4P-92")
print("Traceback (most recent call last):")
"""


@dataclass
class Flow:
    """What was sent and where it went; ``kept`` is what had arrived of each trace when all were decided."""

    tempo: Tempo
    prometheus: Prometheus
    good: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    slow: list[str] = field(default_factory=list)
    kept: dict[str, list[str]] = field(default_factory=dict)

    def counted(self, expression: str, label: str, **expected: float) -> bool:
        """Whether Prometheus comes to have these values by this label."""

        def values() -> dict[str, float]:
            return {one["metric"].get(label, ""): float(one["value"][1]) for one in self.prometheus.query(expression)}

        return until(lambda: values() == expected, 20) or pytest.fail(f"{expression}: {values()}, not {expected}")


def send(endpoint: str, flow: Flow) -> None:
    """The gateway's spans, then what a pillar adds to each trace, both with the platform's own telemetry."""
    telemetry.configure("gateway", "1.2.3", "gateway-1", endpoint, 1.0)
    about: dict[str, str | int] = {semconv.HTTP_ROUTE: "/api/complaints", semconv.HTTP_RESPONSE_STATUS_CODE: 200}
    parents = []
    for _ in range(GOOD):
        with telemetry.span(ROUTE, SpanKind.SERVER, about) as one:
            metrics.record_duration(semconv.HTTP_SERVER_REQUEST_DURATION, 0.02, about)
        parents.append(one.traceparent or "")
    now = time.time_ns()
    for milliseconds in [20] * FAILED + [1_500] * SLOW:
        began = now - milliseconds * 1_000_000
        parents.append(telemetry.record_span(ROUTE, SpanKind.SERVER, None, began, now, about) or "")
    telemetry.configure("governance", "1.2.3", "governance-1", endpoint, 1.0)
    for place, parent in enumerate(parents):
        child = telemetry.open_span(CALL, SpanKind.SERVER, parent=parent, start_ns=now)
        if GOOD <= place < GOOD + FAILED:
            child.fail("unavailable")
        child.end(now + 5_000_000)
    telemetry.shutdown()
    traces = [one[3:35] for one in parents]
    flow.good, flow.failed, flow.slow = traces[:GOOD], traces[GOOD : GOOD + FAILED], traces[GOOD + FAILED :]


def beat_ahead(endpoint: str) -> None:
    """The heartbeat of a process whose clock is 20 s ahead: its value and its stamp both are."""
    ahead = time.time_ns() + 20 * 10**9
    point = NumberDataPoint(time_unix_nano=ahead, as_double=ahead / 1e9)
    beat = Metric(name=semconv.HEARTBEAT.name, unit="s", gauge=Gauge(data_points=[point]))
    service = KeyValue(key="service.name", value=AnyValue(string_value="living"))
    of = ResourceMetrics(resource=Resource(attributes=[service]), scope_metrics=[ScopeMetrics(metrics=[beat])])
    httpx.post(
        f"{endpoint}/v1/metrics",
        content=ExportMetricsServiceRequest(resource_metrics=[of]).SerializeToString(),
        headers={"content-type": "application/x-protobuf"},
    ).raise_for_status()


def send_late(endpoint: str, traces: list[str]) -> None:
    """One more span of each trace, after it was decided."""
    telemetry.configure("security", "1.2.3", "security-1", endpoint, 1.0)
    for one in traces:
        telemetry.record_span(LATE, SpanKind.CONSUMER, f"00-{one}-{'1' * 16}-01", time.time_ns())
    telemetry.shutdown()


def has_balancer() -> bool:
    """Whether the Collector at hand can balance."""
    return "loadbalancingexporter" in asked("components").stdout


def front(port: int, sampler: int, prometheus: str) -> Config:
    """The first tier with the addresses of this test; where it cannot balance, a plain exporter takes its place."""
    config = merged(
        configuration("front"),
        {
            "receivers": {"otlp": {"protocols": {"grpc": None, "http": {"endpoint": f"127.0.0.1:{port}"}}}},
            "connectors": {"spanmetrics": {"metrics_flush_interval": "1s"}},
            "exporters": {
                BALANCER: {"resolver": {"dns": {"hostname": "127.0.0.1", "port": str(sampler)}}},
                "prometheusremotewrite": {"endpoint": f"{prometheus}/api/v1/write"},
            },
        },
    )
    if not has_balancer():
        del config["exporters"][BALANCER]
        config["exporters"]["otlp"] = {"endpoint": f"127.0.0.1:{sampler}", "tls": {"insecure": True}}
        config["service"]["pipelines"]["traces"]["exporters"] = ["spanmetrics", "otlp"]
    return config


@pytest.fixture(scope="module")
def flow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flow]:
    """Both tiers between the platform's telemetry, a Prometheus and a receiver of traces, when all has been decided."""
    folder, tempo, port, sampler = tmp_path_factory.mktemp("collectors"), Tempo(), free_port(), free_port()
    with ExitStack() as stack:
        address = stack.enter_context(tempo.served())
        made = Flow(tempo, stack.enter_context(storing(folder)))
        replaced = {
            "receivers": {"otlp": {"protocols": {"grpc": {"endpoint": f"127.0.0.1:{sampler}"}}}},
            "processors": {"tail_sampling": {"decision_wait": "5s"}},
            "exporters": {"otlp/traces": {"endpoint": address}},
        }
        stack.enter_context(collecting(folder, "sampling", merged(configuration("sampling"), replaced)))
        stack.enter_context(collecting(folder, "front", front(port, sampler, made.prometheus.url)))
        endpoint = f"http://127.0.0.1:{port}"
        send(endpoint, made)
        beat_ahead(endpoint)
        until(lambda: tempo.whole(made.failed + made.slow, ROUTE, CALL))
        tempo.settle()
        made.kept = {trace: sorted(names) for trace, names in tempo.spans.items()}
        send_late(endpoint, made.good + made.failed + made.slow)
        until(lambda: tempo.whole(list(made.kept), ROUTE, CALL, LATE))
        tempo.settle()
        yield made


@pytest.mark.parametrize("name", ["front", "sampling", "logs"])
def test_a_real_collector_takes_the_configuration(name: str, tmp_path: Path) -> None:
    config = configuration(name)
    if BALANCER in config["exporters"] and not has_balancer():
        pytest.skip("this Collector is built without the load balancing exporter")
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    done = asked("validate", "--config", str(tmp_path / "config.yaml"))
    assert done.returncode == 0, done.stderr


@needs_prometheus
def test_every_trace_with_an_error_and_every_slow_one_arrives_whole(flow: Flow) -> None:
    found = {one: flow.kept.get(one) for one in flow.failed + flow.slow}
    assert found == dict.fromkeys(flow.failed + flow.slow, sorted((ROUTE, CALL)))


@needs_prometheus
def test_about_a_tenth_of_the_rest_arrives_and_whole(flow: Flow) -> None:
    kept = [flow.kept[one] for one in flow.good if one in flow.kept]
    assert 1 <= len(kept) <= 60
    assert all(one == sorted((ROUTE, CALL)) for one in kept)


@needs_prometheus
def test_what_comes_after_the_decision_follows_it(flow: Flow) -> None:
    assert flow.tempo.whole(list(flow.kept), ROUTE, CALL, LATE)
    assert flow.tempo.spans.keys() == flow.kept.keys()


@needs_prometheus
def test_every_span_is_counted_before_any_is_dropped(flow: Flow) -> None:
    calls = f'traces_span_metrics_calls_total{{collector_instance_id="{POD}"}}'
    flow.counted(f"sum by (service_name) ({calls})", "service_name", gateway=ALL, governance=ALL, security=ALL)
    by_status = 'sum by (status_code) (traces_span_metrics_calls_total{service_name="governance"})'
    flow.counted(by_status, "status_code", STATUS_CODE_ERROR=FAILED, STATUS_CODE_UNSET=GOOD + SLOW)
    within = 'sum by (http_route) (traces_span_metrics_duration_seconds_bucket{service_name="gateway", le="1"})'
    flow.counted(within, "http_route", **{"/api/complaints": GOOD + FAILED})


@needs_prometheus
def test_metrics_arrive_with_the_names_and_labels_that_the_local_viewer_gives(flow: Flow) -> None:
    name = "http_server_request_duration_seconds_count"
    flow.counted(f'{name}{{http_response_status_code="200"}}', "service_name", gateway=GOOD)
    (labels,) = [set(one["metric"]) for one in flow.prometheus.query(name)]
    of_service = {"service_name", "service_namespace", "service_version", "service_instance_id"}
    assert labels == {"__name__", "job", "instance", *of_service, "http_route", "http_response_status_code"}


@needs_prometheus
def test_a_clock_that_is_ahead_is_told_of_although_it_stamps_what_it_sends(flow: Flow) -> None:
    rule = yaml.safe_load((OBSERVABILITY / "alerts" / "ClockSkewed.yaml").read_text(encoding="utf-8"))
    expression = rule["groups"][0]["rules"][0]["expr"]
    assert until(lambda: bool(flow.prometheus.query(expression)), 20)


@needs_prometheus
@pytest.mark.parametrize("name", ["http_server_request_duration_seconds", "traces_span_metrics_duration_seconds"])
def test_a_duration_points_to_a_trace(flow: Flow, name: str) -> None:
    series, now = f'{name}_bucket{{service_name="gateway"}}', time.time()
    span = {"query": series, "start": str(now - 600), "end": str(now + 60)}
    answer = httpx.get(f"{flow.prometheus.url}/api/v1/query_exemplars", params=span).json()
    found = {it["labels"].get("trace_id") for one in answer["data"] for it in one["exemplars"]}
    assert found
    assert found <= {*flow.good, *flow.failed, *flow.slow}


def test_what_a_service_prints_arrives_with_its_trace(tmp_path: Path) -> None:
    printed = subprocess.run([sys.executable, "-c", PRINTS], capture_output=True, text=True, check=True).stdout
    file = tmp_path / "city_smartcity-governance-5d4f_0a1b2c3d-0000-4000-8000-000000000000" / "governance" / "0.log"
    file.parent.mkdir(parents=True)
    lines = ["printed before the collector came", *printed.splitlines()]
    stamp = datetime.now(UTC).isoformat().replace("+00:00", "000Z")
    old, *new = [f"{stamp} stdout F {line}\n" for line in lines]
    file.write_text(old, encoding="utf-8")
    config, loki = yaml.safe_load(yaml.safe_dump(configuration("logs")).replace("/var/log/pods", str(tmp_path))), Loki()
    with loki.served() as address:
        config["exporters"]["otlphttp/logs"]["endpoint"] = f"{address}/otlp"
        with collecting(tmp_path, "logs", config) as log:
            assert until(lambda: "Started watching file" in log.read_text()), log.read_text()
            time.sleep(0.5)
            with file.open("a", encoding="utf-8") as more:
                more.writelines(new)
            assert until(lambda: len(loki.records) == len(new)), log.read_text()
            assert "\terror\t" not in log.read_text()
    (about, record), (_, other) = loki.records
    told = json.loads(lines[1])
    assert about["service.name"] == "governance"
    assert about["k8s.pod.name"] == "smartcity-governance-5d4f"
    assert record.body.string_value == "complaint filed"
    assert (record.trace_id.hex(), record.span_id.hex()) == (told["trace_id"], told["span_id"])
    assert record.severity_text.lower() == "warning"
    assert record.time_unix_nano // 1000 == round(datetime.fromisoformat(told["timestamp"]).timestamp() * 1_000_000)
    assert other.body.string_value == lines[2]
