"""Install, upgrade from the version before, roll back and `helm test`, by Helm itself on a real API server."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from helm_python import Chart

from deploy.cluster.chart import CHART, merge
from tests.cluster.conftest import RELEASE, Cluster
from tests.deploy.helm.charts import COMPONENTS, EVERYTHING, MATRIX

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(1200)]

PATIENCE_S = 600
CUSTOM = {"issuer", "cluster issuer", "gateway api", "production", "second city"}
"""Renderings with kinds of cert-manager and of the Gateway API, which a bare cluster does not have."""


def version_before(folder: Path) -> Path:
    """The chart as an earlier version: the same templates, another number, hence another Job of migrations."""
    before = folder / "before"
    shutil.copytree(CHART, before)
    about = before / "Chart.yaml"
    about.write_text(re.sub(r"^(version|appVersion): .*$", r"\1: 0.0.9", about.read_text(), flags=re.MULTILINE))
    return before


@pytest.mark.parametrize("which", [name for name in MATRIX if name not in CUSTOM])
def test_the_api_server_takes_every_manifest(cluster: Cluster, which: str) -> None:
    values = {key: value for key, value in MATRIX[which].items() if key != "image"}
    release = cluster.helm.install(
        Chart.load(CHART), "dry", values, namespace=cluster.namespace, dry_run="server", timeout=60
    )
    assert [each for each in yaml.safe_load_all(release["manifest"]) if each]


def test_production_without_kinds_of_others_is_taken_too(cluster: Cluster) -> None:
    values = merge(EVERYTHING, {"tls": {"issuer": {"name": ""}}})
    assert cluster.helm.install(
        Chart.load(CHART), "dry", values, namespace=cluster.namespace, dry_run="server", timeout=60
    )


@pytest.fixture(scope="module")
def installed(cluster: Cluster, image: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The version before, running."""
    values = merge(cluster.values, {"image": image})
    before = version_before(tmp_path_factory.mktemp("chart"))
    cluster.helm.install(
        Chart.load(before), RELEASE, values, namespace=cluster.namespace, wait="watcher", timeout=PATIENCE_S
    )
    return values


def ready(cluster: Cluster) -> set[str]:
    """Components of which every replica is ready and of the newest kind."""
    found = cluster.deployments()
    return {
        name
        for name, each in found.items()
        if each.status.ready_replicas == each.spec.replicas == each.status.updated_replicas
    }


def test_an_installation_comes_up_by_itself(cluster: Cluster, installed: dict[str, Any]) -> None:
    assert installed
    assert {*COMPONENTS, "dev-viewer"} <= ready(cluster)
    assert any(job.status.succeeded for job in cluster.jobs().values())


def test_every_section_answers_from_inside(cluster: Cluster, installed: dict[str, Any]) -> None:
    assert installed
    result = cluster.helm.test(RELEASE, timeout=PATIENCE_S, logs=True)
    assert "ok" in result["logs"]


def test_an_upgrade_migrates_rolls_and_is_rolled_back(cluster: Cluster, installed: dict[str, Any]) -> None:
    jobs = set(cluster.jobs())
    cluster.helm.upgrade(
        Chart.load(CHART), RELEASE, installed, namespace=cluster.namespace, wait="watcher", timeout=PATIENCE_S
    )
    assert set(COMPONENTS) <= ready(cluster)
    assert set(cluster.jobs()) - jobs, "a version has a Job of its own"
    assert cluster.helm.test(RELEASE, timeout=PATIENCE_S)

    cluster.helm.rollback(RELEASE, wait="watcher", timeout=PATIENCE_S)
    assert set(COMPONENTS) <= ready(cluster), "older pods run on the newer tables"
    assert cluster.helm.test(RELEASE, timeout=PATIENCE_S)
    assert len(cluster.helm.history(RELEASE)) == 3
