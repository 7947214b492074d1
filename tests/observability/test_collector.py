"""The collectors' configuration hangs together: what a pipeline names exists, and the order is the one that counts."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from observability import semconv
from tests.deploy.helm.test_security import offences
from tests.observability.prometheus import OBSERVABILITY

BUILDER = OBSERVABILITY / "collector" / "builder.yaml"
FILES = {path.stem: path for path in (OBSERVABILITY / "collector").glob("*.yaml") if path != BUILDER}
OPERATE = OBSERVABILITY.parent / "docs" / "operate.md"
KINDS = ("receivers", "processors", "exporters")


def values(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(FILES[name].read_text(encoding="utf-8"))
    return found


def pipelines(name: str) -> dict[str, dict[str, list[str]]]:
    return {key: one for key, one in values(name)["config"]["service"]["pipelines"].items() if one is not None}


@pytest.mark.parametrize("name", FILES)
def test_every_part_of_a_pipeline_is_defined_and_every_part_defined_is_used(name: str) -> None:
    config = values(name)["config"]
    connectors = set(config.get("connectors", {}))
    for kind in KINDS:
        defined = {key for key, one in config.get(kind, {}).items() if one is not None}
        used = {part for one in pipelines(name).values() for part in one[kind]}
        assert used - connectors == defined, kind
    ends = {kind: {part for one in pipelines(name).values() for part in one[kind]} for kind in KINDS}
    assert connectors == connectors & ends["receivers"] & ends["exporters"], "a connector ends one and begins another"


@pytest.mark.parametrize("name", FILES)
def test_memory_is_limited_first_and_batches_are_made_last(name: str) -> None:
    for one in pipelines(name).values():
        assert one["processors"][0] == "memory_limiter"
        assert one["processors"][-1] == "batch"


def test_spans_are_counted_before_any_is_dropped_and_a_trace_meets_in_one_sampler() -> None:
    front, sampling = pipelines("front"), pipelines("sampling")
    assert not any(part.startswith(("tail_sampling", "probabilistic")) for part in front["traces"]["processors"])
    assert set(front["traces"]["exporters"]) == {"spanmetrics", "loadbalancing"}
    balancer = values("front")["config"]["exporters"]["loadbalancing"]
    assert balancer["routing_key"] == "traceID"
    assert balancer["resolver"]["dns"]["hostname"] == values("sampling")["fullnameOverride"]
    assert values("sampling")["service"]["clusterIP"] == "None", "one address per pod"
    assert sampling["traces"]["processors"] == ["memory_limiter", "tail_sampling", "batch"]


def test_errors_slow_ones_and_a_tenth_are_kept() -> None:
    policies = values("sampling")["config"]["processors"]["tail_sampling"]["policies"]
    assert {one["type"]: one[one["type"]] for one in policies} == {
        "status_code": {"status_codes": ["ERROR"]},
        "latency": {"threshold_ms": 1000},
        "probabilistic": {"sampling_percentage": 10},
    }


def test_metrics_carry_exemplars_and_logs_their_trace() -> None:
    config = values("front")["config"]
    assert config["connectors"]["spanmetrics"]["exemplars"] == {"enabled": True}
    assert config["exporters"]["prometheusremotewrite"]["resource_to_telemetry_conversion"] == {"enabled": True}
    operators = values("logs")["config"]["receivers"]["filelog"]["operators"]
    (parser,) = [one for one in operators if one["type"] == "trace_parser"]
    assert parser["trace_id"] == {"parse_from": "attributes.trace_id"}


def test_a_heartbeat_is_stamped_when_it_came() -> None:
    """With the stamp of its sender ClockSkewed could never fire: value and stamp would be of one clock."""
    (statement,) = values("front")["config"]["processors"]["transform/heartbeat"]["metric_statements"]
    assert statement == f'set(datapoint.time, Now()) where metric.name == "{semconv.HEARTBEAT.name}"'
    assert "transform/heartbeat" in pipelines("front")["metrics"]["processors"]


def test_the_builder_makes_a_collector_with_what_the_files_use() -> None:
    manifest = yaml.safe_load(BUILDER.read_text(encoding="utf-8"))
    built = {part["gomod"].split()[0].rpartition("/")[2] for kind in (*KINDS, "connectors") for part in manifest[kind]}
    for name in FILES:
        for kind in (*KINDS, "connectors"):
            parts = {key.partition("/")[0] for key, one in values(name)["config"].get(kind, {}).items() if one}
            assert {part.replace("_", "") + kind.removesuffix("s") for part in parts} <= built, f"{name}: {kind}"


@pytest.mark.parametrize("name", ["front", "sampling"])
def test_a_collector_beside_the_platform_is_let_in_where_pods_are_restricted(name: str) -> None:
    """The chart hands both contexts on as they stand; what it makes otherwise no profile minds."""
    found = values(name)
    container = {"name": name, "securityContext": found["securityContext"]}
    assert offences({"securityContext": found["podSecurityContext"], "containers": [container]}) == []
    assert "extraVolumes" not in found


def test_the_collector_that_reads_the_nodes_files_is_installed_where_pods_are_not_restricted() -> None:
    volumes = values("logs")["extraVolumes"]
    assert any("hostPath" in each for each in volumes), "which the restricted profile refuses"
    (install,) = (line for line in installs(OPERATE) if "logs.yaml" in line)
    (namespace,) = re.findall(r" --namespace (\S+)", install)
    assert f"kubectl label namespace {namespace} pod-security.kubernetes.io/enforce=privileged" in OPERATE.read_text()
    loki = values("logs")["config"]["exporters"]["otlphttp/logs"]["endpoint"]
    assert re.fullmatch(r"http://loki\.[\w-]+:3100/otlp", loki), "Loki is in another namespace than this one"


def test_who_installs_the_platform_installs_its_collectors_and_before_the_rules() -> None:
    """Without them HeartbeatMissing pages for every service."""
    said = installs(OBSERVABILITY / "README.md")
    assert len(said) == len(FILES)
    assert installs(OPERATE) == said
    text = OPERATE.read_text(encoding="utf-8")
    assert text.index(said[-1]) < text.index("python -m observability.manifests")
    for flag in ("enableRemoteWriteReceiver", "exemplar-storage", "outOfOrderTimeWindow"):
        assert flag in text


def installs(document: Path) -> list[str]:
    """The lines that install a collector."""
    return re.findall(r"^helm install .*opentelemetry-collector .*", document.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("name", FILES)
def test_images_are_named_without_a_registry(name: str) -> None:
    assert "." not in values(name)["image"]["repository"].partition("/")[0]


def test_the_chart_sends_to_the_first_tier() -> None:
    chart = Path(__file__).parents[2] / "deploy" / "helm" / "smartcity" / "values.yaml"
    endpoint = yaml.safe_load(chart.read_text(encoding="utf-8"))["otlpEndpoint"]
    assert endpoint == f"http://{values('front')['fullnameOverride']}:4318"
