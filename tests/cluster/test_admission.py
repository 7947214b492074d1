"""What the chart renders, given to a real API server: it takes every manifest, strictly, and lets every pod in.

No pod need run, so no image is needed.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from importlib import import_module

import pytest

from tests.cluster.conftest import Cluster
from tests.deploy.helm.charts import DEV, EVERYTHING, MATRIX, Manifest, Values, pods, render

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]

MANAGER = "smartcity-tests"
PATIENCE_S = 120
OF_OTHERS = {"cert-manager.io/v1", "gateway.networking.k8s.io/v1"}
"""Groups that a bare cluster does not have: manifests of theirs are given to it where it knows them."""
INSTALLED: dict[str, Values] = {"default": {}, "production": EVERYTHING, "dev": DEV}


class Server:
    """Gives manifests to the API server, in the namespace of the tests."""

    def __init__(self, cluster: Cluster) -> None:
        self.namespace = cluster.namespace
        self.core = import_module("kubernetes.client").CoreV1Api(cluster.api)
        self.unknown = import_module("kubernetes.dynamic.exceptions").ResourceNotFoundError
        self.kinds = import_module("kubernetes.dynamic").DynamicClient(cluster.api)

    def apply(self, manifest: Manifest, *, dry: bool) -> list[str]:
        """Applies one, answers what the server warns of. Fields that it does not know are an error."""
        try:
            kind = self.kinds.resources.get(api_version=manifest["apiVersion"], kind=manifest["kind"])
        except self.unknown:
            if manifest["apiVersion"] not in OF_OTHERS:
                raise
            return []
        answer = self.kinds.server_side_apply(
            kind, json.dumps(manifest), manifest["metadata"]["name"], self.namespace, field_manager=MANAGER,
            query_params=[("fieldValidation", "Strict")], dry_run="All" if dry else None, serialize=False,
        )  # fmt: skip
        return list(answer.headers.getlist("Warning"))

    def pods(self, release: str) -> dict[str, int]:
        """How many pods there are by component; each of them was let in."""
        found = self.core.list_namespaced_pod(
            self.namespace, label_selector=f"app.kubernetes.io/instance={release}"
        ).items
        names = [each.metadata.labels["app.kubernetes.io/component"] for each in found]
        return {name: names.count(name) for name in names}

    def refusals(self) -> list[str]:
        """What controllers say of pods, claims and the like that they could not make."""
        found = self.core.list_namespaced_event(self.namespace, field_selector="reason=FailedCreate").items
        return [f"{each.involved_object.name}: {each.message}" for each in found]


@pytest.fixture(scope="module")
def server(cluster: Cluster) -> Server:
    """Pods may be made: the account of those that have none of their own is there."""
    it = Server(cluster)
    wait(lambda: it.core.list_namespaced_service_account(it.namespace).items)
    return it


def wait(met: Callable[[], object]) -> None:
    """Until it is so; whoever waits asserts it."""
    end = time.monotonic() + PATIENCE_S
    while not met() and time.monotonic() < end:
        time.sleep(0.5)


@pytest.mark.parametrize("values", MATRIX.values(), ids=MATRIX)
def test_the_api_server_takes_every_manifest_and_warns_of_nothing(server: Server, values: Values) -> None:
    """It warns of templates whose pods it would not let in, too."""
    warnings = {each["metadata"]["name"]: server.apply(each, dry=True) for each in render(values)}
    assert {name: found for name, found in warnings.items() if found} == {}


@pytest.mark.parametrize("which", INSTALLED)
def test_every_pod_of_an_installation_is_let_in(server: Server, which: str) -> None:
    manifests = render(INSTALLED[which], name=which)
    for each in manifests:
        server.apply(each, dry=False)
    wanted = {labels["app.kubernetes.io/component"] for _, _, labels in pods(manifests)}
    wait(lambda: set(server.pods(which)) == wanted)
    assert (set(server.pods(which)), server.refusals()) == (wanted, [])


def test_a_pod_without_restrictions_is_not_let_in(server: Server) -> None:
    """Else the other tests would prove nothing."""
    pod = {"metadata": {"name": "open"}, "spec": {"containers": [{"name": "open", "image": "open"}]}}
    with pytest.raises(import_module("kubernetes.client").ApiException, match="violates PodSecurity") as refused:
        server.core.create_namespaced_pod(server.namespace, pod, dry_run="All")
    assert refused.value.status == 403
