"""Pods come and go while people are at work who try nothing twice: by a rollout, an eviction, a node's death."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import pytest

from tests.cluster.conftest import PATIENCE_S, Cluster
from tests.cluster.crowd import Crowd, at_work
from tests.deploy.helm.charts import COMPONENTS

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(1800)]

CALLS = 1_000
SETTLE_S = 40
"""Longer than the cluster's DNS may answer with what was."""


def wait(met: Callable[[], object]) -> None:
    """Until it is so. Raises AssertionError."""
    end = time.monotonic() + PATIENCE_S
    while not met():
        assert time.monotonic() < end
        time.sleep(1)


def whole(cluster: Cluster) -> bool:
    """Whether two of everything are ready."""
    counts = {name: len(cluster.pods(name)) for name in COMPONENTS}
    return set(counts.values()) == {2} and set(COMPONENTS) <= cluster.ready()


def restart(cluster: Cluster, component: str) -> None:
    """As `kubectl rollout restart` does, and waits for it."""
    stamp = {"kubectl.kubernetes.io/restartedAt": datetime.now(UTC).isoformat()}
    before = {each.metadata.name for each in cluster.pods(component)}
    import_module("kubernetes.client").AppsV1Api(cluster.api).patch_namespaced_deployment(
        f"smartcity-{component}", cluster.namespace, {"spec": {"template": {"metadata": {"annotations": stamp}}}}
    )
    wait(lambda: not before & {each.metadata.name for each in cluster.pods(component)} and whole(cluster))


def evict(cluster: Cluster, pod: str) -> int:
    """As `kubectl drain` asks for it; the status of the answer."""
    client: Any = import_module("kubernetes.client")
    body = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": pod, "namespace": cluster.namespace}}
    try:
        cluster.core.create_namespaced_pod_eviction(pod, cluster.namespace, body)
    except client.ApiException as refused:
        return int(refused.status)
    return 201


def settled(crowd: Crowd) -> None:
    """Names are looked up again, old connections have ended."""
    wait(lambda: whole(crowd.cluster))
    crowd.still(SETTLE_S)
    crowd.until(CALLS)


@pytest.mark.parametrize("component", ["governance", "economy", "gateway"])
def test_one_component_is_started_anew_and_nobody_notices(installed: Cluster, component: str) -> None:
    """Those that write, and the door; the others roll with the whole chart."""
    wait(lambda: whole(installed))
    with at_work(installed) as crowd:
        restart(installed, component)
        settled(crowd)
    print(component, crowd.totals)
    assert crowd.failures == []
    assert crowd.stale < 0.01


def test_a_node_is_drained_of_one_pod_of_each_at_a_time(installed: Cluster) -> None:
    wait(lambda: whole(installed))
    with at_work(installed) as crowd:
        for component in COMPONENTS:
            answers = [evict(installed, each.metadata.name) for each in installed.pods(component)]
            assert answers == [201, 429], f"{component}: the second one waits for the first's successor"
        settled(crowd)
    print(crowd.totals)
    assert crowd.failures == []
    assert crowd.stale < 0.01


def test_a_node_dies_with_one_pod_of_each_pillar(installed: Cluster) -> None:
    """Killed without a word. What people had on a gateway that dies is lost with it, so the gateways stay here."""
    wait(lambda: whole(installed))
    with at_work(installed) as crowd:
        for component in COMPONENTS:
            if component != "gateway":
                name = installed.pods(component)[0].metadata.name
                installed.core.delete_namespaced_pod(name, installed.namespace, grace_period_seconds=0)
        settled(crowd)
    print(crowd.totals)
    assert crowd.failures == []
    assert crowd.stale < 0.01
