"""A real Collector with our configuration, and what stands behind it: a Prometheus, a receiver of traces, one of logs.

``SMARTCITY_OTELCOL`` names the Collector; ``observability/collector/builder.yaml`` makes one.
"""

import os
import shutil
import subprocess
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from gzip import decompress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import grpc
import httpx
import pytest
import yaml
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest, ExportLogsServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord

from tests.fixtures.house import free_port
from tests.observability.prometheus import OBSERVABILITY, Prometheus

COLLECTOR = os.environ.get("SMARTCITY_OTELCOL") or shutil.which("otelcol-contrib") or ""
needs_collector = pytest.mark.skipif(
    not COLLECTOR, reason="needs a Collector: SMARTCITY_OTELCOL names one (observability/collector/builder.yaml)"
)
POD = "smartcity-collector-1"
WAITS, SETTLES = 40.0, 3.0

CHART = """
exporters: { debug: {} }
extensions: { health_check: { endpoint: "${env:MY_POD_IP}:13133" } }
processors:
  batch: {}
  memory_limiter: { check_interval: 5s, limit_percentage: 80, spike_limit_percentage: 25 }
receivers:
  jaeger: { protocols: { grpc: { endpoint: "${env:MY_POD_IP}:14250" } } }
  otlp:
    protocols: { grpc: { endpoint: "${env:MY_POD_IP}:4317" }, http: { endpoint: "${env:MY_POD_IP}:4318" } }
  prometheus: { config: { scrape_configs: [{ job_name: opentelemetry-collector }] } }
  zipkin: { endpoint: "${env:MY_POD_IP}:9411" }
service:
  extensions: [health_check]
  telemetry:
    metrics: { readers: [{ pull: { exporter: { prometheus: { host: "${env:MY_POD_IP}", port: 8888 } } } }] }
    resource: { k8s.pod.name: "${env:POD_NAME}" }
  pipelines:
    logs: { receivers: [otlp], processors: [memory_limiter, batch], exporters: [debug] }
    metrics: { receivers: [otlp, prometheus], processors: [memory_limiter, batch], exporters: [debug] }
    traces: { receivers: [otlp, jaeger, zipkin], processors: [memory_limiter, batch], exporters: [debug] }
"""
"""What the chart (0.147) has below a file's ``config``."""

Config = dict[str, Any]


def merged(below: Config, above: Config) -> Config:
    """As Helm does it: mappings are merged, null removes, all else takes the other's place."""
    result = dict(below)
    for key, value in above.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, dict):
            result[key] = merged(found if isinstance(found := result.get(key), dict) else {}, value)
        else:
            result[key] = value
    return result


def configuration(name: str) -> Config:
    """What the Collector of one values file is given."""
    values = yaml.safe_load((OBSERVABILITY / "collector" / f"{name}.yaml").read_text(encoding="utf-8"))
    return merged(yaml.safe_load(CHART), values["config"])


def asked(*arguments: str) -> subprocess.CompletedProcess[str]:
    """One command of the Collector."""
    return subprocess.run([COLLECTOR, *arguments], capture_output=True, text=True, env=_environment())


def _environment() -> dict[str, str]:
    return {**os.environ, "MY_POD_IP": "127.0.0.1", "POD_NAME": POD}


def until(true: Callable[[], bool], seconds: float = WAITS) -> bool:
    """Waits for something to come true and answers whether it did."""
    deadline = time.monotonic() + seconds
    while not (done := true()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return done


@contextmanager
def _process(command: list[str], log: Path, ready: str) -> Iterator[None]:
    def answers() -> bool:
        assert started.poll() is None, log.read_text()
        try:
            return httpx.get(ready).status_code == 200
        except httpx.TransportError:
            return False

    with log.open("w") as written:
        started = subprocess.Popen(command, stderr=written, env=_environment())
    try:
        assert until(answers), log.read_text()
        yield
    finally:
        started.terminate()
        try:
            started.wait(15)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()


@contextmanager
def collecting(folder: Path, name: str, config: Config) -> Iterator[Path]:
    """A Collector at work, with ports of its own for health and metrics; answers with its log."""
    health, log = free_port(), folder / f"{name}.log"
    reader = {"pull": {"exporter": {"prometheus": {"host": "127.0.0.1", "port": free_port()}}}}
    own = {
        "extensions": {"health_check": {"endpoint": f"127.0.0.1:{health}"}},
        "service": {"telemetry": {"metrics": {"readers": [reader]}}},
    }
    file = folder / f"{name}.yaml"
    file.write_text(yaml.safe_dump(merged(config, own)), encoding="utf-8")
    with _process([COLLECTOR, "--config", str(file)], log, f"http://127.0.0.1:{health}/"):
        yield log


@contextmanager
def storing(folder: Path) -> Iterator[Prometheus]:
    """A Prometheus that takes remote writes, set up as front.yaml asks for."""
    address = f"127.0.0.1:{free_port()}"
    (folder / "prometheus.yml").write_text("storage: { tsdb: { out_of_order_time_window: 10m } }", encoding="utf-8")
    command = ["prometheus", f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'data'}"]
    command += [f"--web.listen-address={address}", "--web.enable-remote-write-receiver", "--log.level=warn"]
    command += ["--enable-feature=exemplar-storage"]
    with _process(command, folder / "prometheus.log", f"http://{address}/-/ready"):
        made = Prometheus(f"http://{address}")
        yield made
        made.close()


@dataclass
class Tempo:
    """Takes OTLP over gRPC and remembers the names of the spans of each trace."""

    spans: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def export(self, request: ExportTraceServiceRequest, _: grpc.ServicerContext) -> ExportTraceServiceResponse:
        """One export."""
        for span in (span for one in request.resource_spans for scope in one.scope_spans for span in scope.spans):
            self.spans[span.trace_id.hex()].append(span.name)
        return ExportTraceServiceResponse()

    @contextmanager
    def served(self) -> Iterator[str]:
        """Answers with the address."""
        method = grpc.unary_unary_rpc_method_handler(
            self.export, ExportTraceServiceRequest.FromString, ExportTraceServiceResponse.SerializeToString
        )
        service = "opentelemetry.proto.collector.trace.v1.TraceService"
        server = grpc.server(ThreadPoolExecutor(2))
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, {"Export": method}),))
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        try:
            yield f"127.0.0.1:{port}"
        finally:
            server.stop(None).wait()

    def whole(self, traces: list[str], *names: str) -> bool:
        """Whether each of these traces has exactly these spans."""
        return all(sorted(self.spans.get(one, [])) == sorted(names) for one in traces)

    def settle(self) -> None:
        """Waits until nothing has come for a while."""
        seen = -1
        while seen != (seen := sum(map(len, self.spans.values()))):
            time.sleep(SETTLES)


@dataclass
class Loki:
    """Takes OTLP over HTTP and remembers log records, each with the attributes of its resource."""

    records: list[tuple[dict[str, str], LogRecord]] = field(default_factory=list)

    @contextmanager
    def served(self) -> Iterator[str]:
        """Answers with the address."""
        taken = self.records

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                read = decompress(body) if self.headers.get("content-encoding") == "gzip" else body
                for one in ExportLogsServiceRequest.FromString(read).resource_logs:
                    about = {it.key: it.value.string_value for it in one.resource.attributes}
                    taken.extend((about, record) for scope in one.scope_logs for record in scope.log_records)
                answer = ExportLogsServiceResponse().SerializeToString()
                self.send_response(200 if self.path == "/otlp/v1/logs" else 404)
                self.send_header("content-type", "application/x-protobuf")
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            server.server_close()
