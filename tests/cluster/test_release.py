"""Install, upgrade from the version before, roll back and `helm test`, by Helm itself on a real API server."""

from __future__ import annotations

import pytest
from helm_python import Chart

from deploy.cluster.chart import CHART
from tests.cluster.conftest import PATIENCE_S, RELEASE, Cluster
from tests.cluster.crowd import at_work
from tests.deploy.helm.charts import COMPONENTS

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(1800)]

CALLS = 2_000


def test_an_installation_comes_up_by_itself(installed: Cluster) -> None:
    assert {*COMPONENTS, "dev-viewer"} <= installed.ready()
    assert any(job.status.succeeded for job in installed.jobs().values())


def test_every_section_answers_from_inside(installed: Cluster) -> None:
    result = installed.helm.test(RELEASE, timeout=PATIENCE_S, logs=True)
    assert "ok" in result["logs"]


def test_an_upgrade_migrates_and_rolls_everything_and_fails_nobody(installed: Cluster) -> None:
    """People try nothing twice. Names are kept by the cluster's DNS as long as it likes."""
    jobs, pods = set(installed.jobs()), names(installed)
    with at_work(installed) as crowd:
        installed.helm.upgrade(
            Chart.load(CHART), RELEASE, installed.values, namespace=installed.namespace, wait="watcher",
            timeout=PATIENCE_S,
        )  # fmt: skip
        crowd.until(CALLS)
    print(crowd.totals)
    assert set(COMPONENTS) <= installed.ready()
    assert set(installed.jobs()) - jobs, "a version has a Job of its own"
    assert not names(installed) & pods, "every pod is a new one"
    assert crowd.failures == []
    assert crowd.stale < 0.01


def test_it_is_rolled_back(installed: Cluster) -> None:
    installed.helm.rollback(RELEASE, wait="watcher", timeout=PATIENCE_S)
    assert set(COMPONENTS) <= installed.ready(), "older pods run on the newer tables"
    assert installed.helm.test(RELEASE, timeout=PATIENCE_S)
    assert len(installed.helm.history(RELEASE)) == 3


def names(cluster: Cluster) -> set[str]:
    """Pods of the platform."""
    return {each.metadata.name for component in COMPONENTS for each in cluster.pods(component)}
