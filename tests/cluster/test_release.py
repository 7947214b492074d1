"""Install, upgrade from the version before, roll back and `helm test`, by Helm itself on a real API server."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from helm_python import Chart

from deploy.cluster.chart import CHART, merge
from tests.cluster.conftest import RELEASE, Cluster
from tests.deploy.helm.charts import COMPONENTS

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(1200)]

PATIENCE_S = 600


def version_before(folder: Path) -> Path:
    """The chart as an earlier version: the same templates, another number, hence another Job of migrations."""
    before = folder / "before"
    shutil.copytree(CHART, before)
    about = before / "Chart.yaml"
    about.write_text(re.sub(r"^(version|appVersion): .*$", r"\1: 0.0.9", about.read_text(), flags=re.MULTILINE))
    return before


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
