"""Rules and dashboards for a cluster, to be applied beside the chart.

``python -m observability.manifests | kubectl apply --filename -``: a PrometheusRule per rule file for the Prometheus
operator, and PodMonitors of the servers of PostgreSQL and NATS; a ConfigMap per dashboard with the label by which
Grafana's sidecar finds it.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
RULES = (FOLDER / "recording" / "slo.yaml", *sorted((FOLDER / "alerts").glob("*.yaml")))
DASHBOARDS = tuple(sorted((FOLDER / "dashboards").glob("*.json")))
LABELS = {"app.kubernetes.io/part-of": "smartcity"}


def manifests() -> dict[str, Any]:
    """All as one list."""
    return {"apiVersion": "v1", "kind": "List", "items": [*_rules(), *_servers(), *_dashboards()]}


def _rules() -> Iterator[dict[str, Any]]:
    for path in RULES:
        name = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", path.stem).lower()
        yield {
            "apiVersion": "monitoring.coreos.com/v1",
            "kind": "PrometheusRule",
            "metadata": {"name": f"smartcity-{name}", "labels": LABELS},
            "spec": yaml.safe_load(path.read_text(encoding="utf-8")),
        }


def _servers() -> Iterator[dict[str, Any]]:
    """What servers tell of themselves, a restored database too: CloudNativePG makes no PodMonitor any more, and NATS's
    chart would want to make one before the Prometheus operator is there.
    """
    yield _scraped("databases", "metrics", {"matchExpressions": [{"key": "cnpg.io/cluster", "operator": "Exists"}]})
    nats = {"app.kubernetes.io/name": "nats", "app.kubernetes.io/instance": "smartcity-nats"}
    yield _scraped("nats", "prom-metrics", {"matchLabels": nats})


def _scraped(name: str, port: str, selector: dict[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PodMonitor",
        "metadata": {"name": f"smartcity-{name}", "labels": LABELS},
        "spec": {"selector": selector, "podMetricsEndpoints": [{"port": port}]},
    }


def _dashboards() -> Iterator[dict[str, Any]]:
    for path in DASHBOARDS:
        yield {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": f"smartcity-dashboard-{path.stem}", "labels": {**LABELS, "grafana_dashboard": "1"}},
            "data": {f"smartcity-{path.name}": path.read_text(encoding="utf-8")},
        }


def main() -> None:
    """Prints them; JSON is what kubectl reads too."""
    json.dump(manifests(), sys.stdout, indent=1)


if __name__ == "__main__":
    main()
