"""People at work in a pod of the cluster, as `helm test` is let in, and what they saw."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.cluster.conftest import RELEASE, Cluster

PEOPLE = Path(__file__).with_name("people.py")
NAME = "people"
RATE = 12
"""Calls a second: two cores carry more, with nothing else on them."""
SETTLE_S = 16
"""The longest that a call under way may take."""


@dataclass
class Crowd:
    """How many calls there were, and which of them failed."""

    cluster: Cluster
    totals: dict[str, Any] = field(default_factory=dict)

    @property
    def failures(self) -> list[str]:
        """The first of them, each with what it was and when."""
        return list(self.totals["failures"])

    @property
    def stale(self) -> float:
        """Share of the calls that found a section of the home three seconds old: a pillar was silent for so long."""
        return float(self.totals["stale"]) / float(self.totals["calls"])

    def look(self) -> int:
        """Reads what they saw until now; how many calls."""
        lines = self.cluster.core.read_namespaced_pod_log(NAME, self.cluster.namespace, tail_lines=1).split("\n")
        if lines[0]:
            self.totals = json.loads(lines[0])
        return int(self.totals.get("calls", 0))

    def until(self, calls: int) -> None:
        """Until there were so many calls. Raises AssertionError when they stopped."""
        before = -1
        while (now := self.look()) < calls:
            assert now > before, f"nobody asks any more: {self.totals}"
            before = now
            time.sleep(5)

    def still(self, seconds: float) -> None:
        """Lets them go on for a while."""
        time.sleep(seconds)


@contextmanager
def at_work(cluster: Cluster, rate: float = RATE, url: str = f"http://{RELEASE}-gateway") -> Iterator[Crowd]:
    """From the first calls until the block ends and the last call under way was answered."""
    core, crowd = cluster.core, Crowd(cluster)
    text = PEOPLE.read_text(encoding="utf-8")
    core.create_namespaced_config_map(cluster.namespace, {"metadata": {"name": NAME}, "data": {"people.py": text}})
    core.create_namespaced_pod(cluster.namespace, _pod(cluster.values["image"], url, rate))
    try:
        _until_asking(crowd)
        yield crowd
        time.sleep(SETTLE_S)
        crowd.look()
    finally:
        core.delete_namespaced_config_map(NAME, cluster.namespace)
        core.delete_namespaced_pod(NAME, cluster.namespace, grace_period_seconds=0)
        _until_gone(cluster)


def _until_asking(crowd: Crowd) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        pod = crowd.cluster.core.read_namespaced_pod(NAME, crowd.cluster.namespace)
        if pod.status.phase == "Running" and crowd.look() > 0:
            return
        time.sleep(1)
    raise AssertionError(f"nobody came: {pod.status}")


def _until_gone(cluster: Cluster) -> None:
    wanted = f"metadata.name={NAME}"
    while cluster.core.list_namespaced_pod(cluster.namespace, field_selector=wanted).items:
        time.sleep(1)


def _pod(image: dict[str, str], url: str, rate: float) -> dict[str, Any]:
    labels = {
        "app.kubernetes.io/name": "smartcity",
        "app.kubernetes.io/instance": RELEASE,
        "app.kubernetes.io/component": "test",
    }
    container = {
        "name": NAME,
        "image": f"{image['repository']}:{image['tag']}",
        "imagePullPolicy": image["pullPolicy"],
        "command": ["python", "/people/people.py", url, str(rate)],
        "resources": {"requests": {"cpu": "20m", "memory": "64Mi"}},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [{"name": NAME, "mountPath": "/people", "readOnly": True}],
    }
    spec = {
        "restartPolicy": "Never",
        "automountServiceAccountToken": False,
        "securityContext": {"runAsNonRoot": True, "runAsUser": 10001, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [container],
        "volumes": [{"name": NAME, "configMap": {"name": NAME}}],
    }
    return {"metadata": {"name": NAME, "labels": labels}, "spec": spec}
