"""A namespace of its own in a real cluster, restricted as in production, with the secrets of a dev installation."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from helm_python import Config

from deploy.cluster import chart
from deploy.cluster.secrets import fresh

RELEASE = "smartcity"


@dataclass(frozen=True)
class Cluster:
    """Where the tests write, and what they write there."""

    kubeconfig: Path
    namespace: str
    helm: Config
    api: Any
    """An ApiClient of the `kubernetes` package."""
    values: dict[str, Any]

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
    """Everything goes away with the namespace."""
    kubernetes: Any = import_module("kubernetes")  # half of it has types
    api = kubernetes.config.new_client_from_config(str(kubeconfig))
    core = kubernetes.client.CoreV1Api(api)
    namespace = f"smartcity-test-{secrets.token_hex(4)}"
    labels = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "warn")}
    core.create_namespace({"metadata": {"name": namespace, "labels": labels}})
    try:
        made = fresh(chart.values(), RELEASE, dev=True)
        for each in made.secrets:
            core.create_namespaced_secret(namespace, each)
        values = {
            "dev": {"enabled": True},
            "nats": {"publicKeys": made.public_keys},
            "defaults": {"autoscaling": {"enabled": False}, "replicas": 1},
            "components": {"gateway": {"autoscaling": {"enabled": False}}},
        }
        helm = Config(kubeconfig_path=kubeconfig, namespace=namespace)
        yield Cluster(kubeconfig, namespace, helm, api, values)
    finally:
        core.delete_namespace(namespace)
        api.close()
