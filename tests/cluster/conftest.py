"""A namespace of its own in a real cluster, restricted as in production, with the secrets of a dev installation."""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml
from helm_python import Chart, Config

from deploy.cluster import chart
from deploy.cluster.chart import CHART, merge
from deploy.cluster.secrets import Fresh, fresh

RELEASE = "smartcity"
PATIENCE_S = 600
"""The longest that Helm may wait for all pods."""
SMALL_NODE = CHART.parent / "values" / "small-node.yaml"
_RATES = ("SMARTCITY_READ_RATE", "SMARTCITY_WRITE_RATE", "SMARTCITY_ANONYMOUS_WRITE_RATE")
PEOPLE: dict[str, Any] = {
    "components": {"gateway": {"extraEnv": [{"name": name, "value": "100000"} for name in _RATES]}}
}
"""All people of the tests come from one address."""


@dataclass(frozen=True)
class Cluster:
    """Where the tests write, and what they write there."""

    kubeconfig: Path
    namespace: str
    helm: Config
    api: Any
    """An ApiClient of the `kubernetes` package."""
    values: dict[str, Any]

    @property
    def core(self) -> Any:
        """Pods, Secrets, ConfigMaps."""
        return import_module("kubernetes.client").CoreV1Api(self.api)

    def pods(self, component: str) -> list[Any]:
        """Pods of a component that are not on their way out."""
        wanted = f"app.kubernetes.io/instance={RELEASE},app.kubernetes.io/component={component}"
        found = self.core.list_namespaced_pod(self.namespace, label_selector=wanted).items
        return [each for each in found if each.metadata.deletion_timestamp is None]

    @contextmanager
    def apart(self) -> Iterator[Any]:
        """As ``core``, by a client of its own: while one streams, nobody else may ask anything through it."""
        kubernetes: Any = import_module("kubernetes")
        api = kubernetes.config.new_client_from_config(str(self.kubeconfig))
        try:
            yield kubernetes.client.CoreV1Api(api)
        finally:
            api.close()

    def run(self, pod: str, code: str) -> str:
        """What Python code says that runs beside a pod's own."""
        stream = import_module("kubernetes.stream").stream
        how: dict[str, Any] = {"command": ["python", "-c", code], "stdout": True, "stderr": True}
        with self.apart() as core:
            ask = core.connect_get_namespaced_pod_exec
            ran = stream(ask, pod, self.namespace, _preload_content=False, **how)
            try:
                ran.run_forever()
                return str(ran.read_all())
            finally:
                ran.sock.shutdown()  # close() leaves it open where the server ended first

    def ready(self) -> set[str]:
        """Components of which every replica is ready and of the newest kind."""
        found = self.deployments()
        return {
            name
            for name, each in found.items()
            if each.status.ready_replicas == each.spec.replicas == each.status.updated_replicas
        }

    def deployments(self) -> dict[str, Any]:
        """Deployments of the release by component."""
        found = import_module("kubernetes.client").AppsV1Api(self.api).list_namespaced_deployment(self.namespace).items
        return {each.metadata.labels["app.kubernetes.io/component"]: each for each in found}

    def jobs(self) -> dict[str, Any]:
        """Jobs by name."""
        found = import_module("kubernetes.client").BatchV1Api(self.api).list_namespaced_job(self.namespace).items
        return {each.metadata.name: each for each in found}


@pytest.fixture(scope="session")
def kubeconfig() -> Path:
    """A file of one's own: nothing here ever takes the usual one."""
    named = os.environ.get("SMARTCITY_KUBECONFIG")
    if not named:
        pytest.skip("SMARTCITY_KUBECONFIG names no kubeconfig: give one of a cluster that may be written to (kind)")
    return Path(named)


@pytest.fixture(scope="session")
def image() -> dict[str, str]:
    """The image as the cluster knows it; without one, no pod could run."""
    named = os.environ.get("SMARTCITY_IMAGE")
    if not named:
        pytest.skip("SMARTCITY_IMAGE names no image: build deploy/Containerfile and load it (kind load docker-image)")
    repository, _, tag = named.rpartition(":")
    return {"repository": repository, "tag": tag, "pullPolicy": "IfNotPresent"}


@pytest.fixture(scope="module")
def cluster(kubeconfig: Path) -> Iterator[Cluster]:
    """An empty namespace; everything goes away with it."""
    with namespace(kubeconfig) as made:
        yield made


@pytest.fixture(scope="session")
def installed(kubeconfig: Path, image: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """The version before, running, two of everything; one for all tests that need pods."""
    small = yaml.safe_load(SMALL_NODE.read_text(encoding="utf-8"))
    with namespace(kubeconfig) as made:
        it = replace(made, values=merge(merge(merge(small, made.values), PEOPLE), {"image": image}))
        before, its_image = version_before(tmp_path_factory.mktemp("chart"), image)
        it.helm.install(
            Chart.load(before), RELEASE, merge(it.values, {"image": its_image}), namespace=it.namespace,
            wait="watcher", timeout=PATIENCE_S,
        )  # fmt: skip
        yield it


def version_before(folder: Path, image: dict[str, str]) -> tuple[Path, dict[str, str]]:
    """Chart and image of an earlier version: SMARTCITY_CHART_BEFORE and SMARTCITY_IMAGE_BEFORE, where they are given.

    Else the chart with another number, hence with another Job of migrations.
    """
    if named := os.environ.get("SMARTCITY_CHART_BEFORE"):
        repository, _, tag = os.environ["SMARTCITY_IMAGE_BEFORE"].rpartition(":")
        return Path(named), image | {"repository": repository, "tag": tag}
    before = folder / "before"
    shutil.copytree(CHART, before)
    about = before / "Chart.yaml"
    about.write_text(re.sub(r"^(version|appVersion): .*$", r"\1: 0.0.9", about.read_text(), flags=re.MULTILINE))
    return before, image


@contextmanager
def namespace(kubeconfig: Path, made: Fresh | None = None) -> Iterator[Cluster]:
    """A namespace with these secrets, or those of a dev installation, until the block ends."""
    kubernetes: Any = import_module("kubernetes")  # half of it has types
    api = kubernetes.config.new_client_from_config(str(kubeconfig))
    core = kubernetes.client.CoreV1Api(api)
    name = f"smartcity-test-{secrets.token_hex(4)}"
    labels = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "warn")}
    core.create_namespace({"metadata": {"name": name, "labels": labels}})
    try:
        made = made or fresh(chart.values(), RELEASE, dev=True)
        for each in made.secrets:
            core.create_namespaced_secret(name, each)
        values: dict[str, Any] = {"dev": {"enabled": True}, "nats": {"publicKeys": made.public_keys}}
        yield Cluster(kubeconfig, name, Config(kubeconfig_path=kubeconfig, namespace=name), api, values)
    finally:
        core.delete_namespace(name)
        api.close()
