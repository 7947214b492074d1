"""A real Prometheus (Debian's) with our rules, scraping a viewer and, where asked, recorded metrics of a cluster."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.fixtures.house import free_port

OBSERVABILITY = Path(__file__).parents[2] / "observability"
RULES = [OBSERVABILITY / "recording" / "slo.yaml", *sorted((OBSERVABILITY / "alerts").glob("*.yaml"))]
CLUSTER = Path(__file__).parent / "recorded" / "cluster.prom"
STARTS_WITHIN, STOPS_WITHIN = 30.0, 10.0

needs_prometheus = pytest.mark.skipif(
    shutil.which("prometheus") is None, reason="needs Prometheus: apt-get install prometheus"
)
needs_promtool = pytest.mark.skipif(
    shutil.which("promtool") is None, reason="needs promtool: apt-get install prometheus"
)


class Prometheus:
    """A running Prometheus and how to ask it."""

    def __init__(self, url: str) -> None:
        """Asks the Prometheus at ``url``."""
        self.url = url
        self._client = httpx.Client(base_url=url, timeout=30)

    def query(self, expression: str) -> list[dict[str, Any]]:
        """The series of an expression now; a failed query fails the test."""
        answer = self._client.get("/api/v1/query", params={"query": expression}).json()
        assert answer["status"] == "success", f"{expression}: {answer}"
        found: list[dict[str, Any]] = answer["data"]["result"]
        return found

    def alerts(self, severity: str = "") -> list[dict[str, str]]:
        """Labels of the alerts that fire, of one severity or all."""
        found = self._client.get("/api/v1/alerts").json()["data"]["alerts"]
        labels = [one["labels"] for one in found if one["state"] == "firing"]
        return [one for one in labels if not severity or one["severity"] == severity]

    def rules(self) -> list[dict[str, Any]]:
        """Every rule with its health."""
        groups = self._client.get("/api/v1/rules").json()["data"]["groups"]
        return [rule for group in groups for rule in group["rules"]]

    def ready(self) -> bool:
        """Whether it answers."""
        try:
            return self._client.get("/-/ready").status_code == 200
        except httpx.TransportError:
            return False

    def close(self) -> None:
        """Closes the connection."""
        self._client.close()


@contextmanager
def running(
    folder: Path, viewer: str, files: Sequence[Path] = (), rules: Sequence[Path] = RULES
) -> Iterator[Prometheus]:
    """Prometheus with its data in ``folder``, scraping the viewer and exposition ``files`` every second."""
    port = free_port()
    with served(files) as addresses:
        (folder / "prometheus.yml").write_text(json.dumps(_configuration(viewer, addresses, rules)), encoding="utf-8")
        command = ["prometheus", f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'data'}"]
        command += [f"--web.listen-address=127.0.0.1:{port}", "--log.level=warn"]
        with (folder / "prometheus.log").open("w") as log:
            process = subprocess.Popen(command, stderr=log)
        made = Prometheus(f"http://127.0.0.1:{port}")
        try:
            deadline = time.monotonic() + STARTS_WITHIN
            while not made.ready():
                assert process.poll() is None, (folder / "prometheus.log").read_text()
                assert time.monotonic() < deadline, "Prometheus is not ready in time"
                time.sleep(0.1)
            yield made
        finally:
            made.close()
            process.terminate()
            try:
                process.wait(STOPS_WITHIN)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _configuration(viewer: str, files: Mapping[str, str], rules: Sequence[Path]) -> dict[str, Any]:
    """As README says; JSON is YAML. The labels job and instance are the services' own."""
    viewer_job = {
        "job_name": "viewer",
        "honor_labels": True,
        "static_configs": [{"targets": [urlsplit(viewer).netloc]}],
    }
    file_jobs = [{"job_name": name, "static_configs": [{"targets": [address]}]} for name, address in files.items()]
    return {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(path) for path in rules],
        "scrape_configs": [viewer_job, *file_jobs],
    }


@contextmanager
def served(files: Sequence[Path]) -> Iterator[dict[str, str]]:
    """Each file as an exporter of its own; answers with their addresses by the file's name."""
    servers = {path.stem: _server(path) for path in files}
    for server in servers.values():
        threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield {name: f"127.0.0.1:{server.server_port}" for name, server in servers.items()}
    finally:
        for server in servers.values():
            server.shutdown()
            server.server_close()


def _server(path: Path) -> ThreadingHTTPServer:
    class Exporter(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/plain; version=0.0.4")
            self.end_headers()
            self.wfile.write(path.read_bytes())

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    return ThreadingHTTPServer(("127.0.0.1", 0), Exporter)


_COMPARISON = re.compile(r" (>=|<=|==|!=|>|<) ")


def always(expression: str) -> str:
    """An alert's expression so that it returns its series whether it holds or not (0 or 1 instead of nothing)."""
    return _COMPARISON.sub(r" \1 bool ", expression)
