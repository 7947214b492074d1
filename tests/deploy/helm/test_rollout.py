"""A rolling update: how long new pods wait, how patient probes are, what an upgrade leaves alone, and where it fits."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.cluster.chart import CHART
from services.kit.rpc.server import OPTIONS
from tests.deploy.helm.charts import (
    COMPONENTS,
    DEV,
    EVERYTHING,
    MATRIX,
    Manifest,
    Values,
    containers,
    of_kind,
    pods,
    render,
    together,
)  # fmt: skip

DNS_SECONDS = 30
"""How long DNS of a cluster answers with what was: CoreDNS with `cache 30`, as many have it."""
CONNECTION_SECONDS = 1.1 * dict(OPTIONS)["grpc.max_connection_age_ms"] / 1000
"""A gateway looks a name up again at the latest when its connection ends; gRPC spreads the ends by a tenth."""
SMALL_NODE = yaml.safe_load((CHART.parent / "values" / "small-node.yaml").read_text(encoding="utf-8"))


def deployment(manifests: list[Manifest], component: str) -> dict[str, Any]:
    return dict(of_kind(manifests, "Deployment")[f"smartcity-{component}"]["spec"])


@pytest.mark.parametrize("values", [{}, EVERYTHING, DEV], ids=["default", "production", "dev"])
def test_an_old_pod_of_a_pillar_goes_when_every_gateway_knows_the_new_one(values: Values) -> None:
    manifests = render(values)
    for component in COMPONENTS:
        spec = deployment(manifests, component)
        assert spec["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
        # Kubernetes gives a rollout up that does not get on for so long.
        assert spec["minReadySeconds"] < spec.get("progressDeadlineSeconds", 600) / 2
        if component != "gateway":  # whose Service has one address
            assert spec["minReadySeconds"] >= DNS_SECONDS + CONNECTION_SECONDS


def test_each_component_may_wait_for_as_long_as_its_cluster_needs() -> None:
    manifests = render({"defaults": {"minReadySeconds": 40}, "components": {"economy": {"minReadySeconds": 120}}})
    waits = {component: deployment(manifests, component)["minReadySeconds"] for component in COMPONENTS}
    assert waits == {**dict.fromkeys(COMPONENTS, 40), "economy": 120, "gateway": 10}


@pytest.mark.parametrize("values", MATRIX.values(), ids=MATRIX)
def test_a_probe_is_as_patient_as_a_busy_node_needs(values: Values) -> None:
    for pod, spec, _ in pods(render(values)):
        for container in containers(spec):
            for name in ("startupProbe", "readinessProbe", "livenessProbe"):
                if name in container:
                    assert 3 <= container[name].get("timeoutSeconds", 1) <= 5, f"{pod} {name}"


def test_an_upgrade_of_the_platform_does_not_restart_its_servers(tmp_path: Path) -> None:
    later = tmp_path / "smartcity"
    shutil.copytree(CHART, later)
    about = yaml.safe_load((later / "Chart.yaml").read_text(encoding="utf-8"))
    (later / "Chart.yaml").write_text(yaml.safe_dump({**about, "version": "9.8.7", "appVersion": "9.8.7"}))
    before, after = (of_kind(render(DEV, chart=chart), "StatefulSet") for chart in (CHART, later))
    assert set(before) == {"smartcity-dev-postgres", "smartcity-dev-nats"}
    for name, each in before.items():
        assert each["metadata"]["labels"] != after[name]["metadata"]["labels"], "the chart is another one"
        assert each["spec"] == after[name]["spec"]


def test_nats_is_restarted_only_for_other_users() -> None:
    """It has nobody beside it who would tell it to read its users again."""
    keys = {**DEV["nats"]["publicKeys"], "economy": "U" + "Z" * 55}
    one, other = (
        of_kind(render(values), "StatefulSet")["smartcity-dev-nats"]["spec"]["template"]["metadata"]
        for values in (DEV, together(DEV, {"nats": {"publicKeys": keys}}))
    )
    assert one["labels"] == other["labels"]
    assert one["annotations"] != other["annotations"]


def millicores(text: str | float) -> int:
    """CPU as Kubernetes writes it."""
    return int(text[:-1]) if isinstance(text, str) and text.endswith("m") else int(float(text) * 1000)


def mebibytes(text: str) -> int:
    """Memory as the chart writes it."""
    return int(text.removesuffix("Gi")) * 1024 if text.endswith("Gi") else int(text.removesuffix("Mi"))


def set_aside(manifests: list[Manifest]) -> tuple[int, int]:
    """Millicores and MiB that the scheduler sets aside while every Deployment rolls and the migration runs."""
    cpu = memory = 0
    for each in manifests:
        for _, spec, _ in pods([each]):
            asked = [c["resources"]["requests"] for c in containers(spec)]
            own = asked[len(spec.get("initContainers", [])) :]
            surge = each["spec"].get("strategy", {}).get("rollingUpdate", {}).get("maxSurge", 0)
            count = each["spec"].get("replicas", 1) + surge
            # Of a pod counts what its containers ask for together, or the most that one before them does.
            cpu += count * max(sum(millicores(r["cpu"]) for r in own), *(millicores(r["cpu"]) for r in asked))
            memory += count * max(sum(mebibytes(r["memory"]) for r in own), *(mebibytes(r["memory"]) for r in asked))
    return cpu, memory


@pytest.mark.parametrize("values", [EVERYTHING, DEV], ids=["production", "dev"])
def test_a_node_with_two_cores_has_room_for_everything_that_rolls(values: Values) -> None:
    """A core is left for the cluster: what runs a kind node asks for 950m."""
    cpu, memory = set_aside(render(together(values, SMALL_NODE)))
    assert cpu <= 1000
    assert memory <= 5 * 1024


def test_a_small_node_has_two_of_each_pod_so_that_one_may_end() -> None:
    manifests = render(together(EVERYTHING, SMALL_NODE))
    assert of_kind(manifests, "HorizontalPodAutoscaler") == {}
    assert {deployment(manifests, component)["replicas"] for component in COMPONENTS} == {2}


def test_waiting_for_the_migration_makes_no_pod_larger() -> None:
    for values in (EVERYTHING, together(EVERYTHING, SMALL_NODE)):
        for component in COMPONENTS:
            spec = deployment(render(values), component)["template"]["spec"]
            assert spec["initContainers"][0]["resources"] == spec["containers"][0]["resources"]
