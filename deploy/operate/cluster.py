"""What runs in a cluster, asked of the Kubernetes API: the release's Deployments with their pods, scaling and Job.

The account that asks needs to list deployments, pods, jobs and horizontalpodautoscalers in the namespace, no more.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deploy.operate.access import AccessError

if TYPE_CHECKING:
    from kubernetes import client as api

Model = Any
"""A model of the client; to the type checker nearly each of its fields may be None."""
NAME = "smartcity"
PATIENCE_S = 10.0
_COMPONENT = "app.kubernetes.io/component"
_IN_CLUSTER = Path("/var/run/secrets/kubernetes.io/serviceaccount/namespace")
_MIGRATION = "migrate"


@dataclass(frozen=True)
class Release:
    """An installation of the chart. Empty: the namespace and context that kubectl would take."""

    namespace: str = ""
    name: str = NAME
    context: str = ""


@dataclass(frozen=True)
class Objects:
    """What the API server answered, in the client's own models."""

    namespace: str
    deployments: list[Model]
    pods: list[Model]
    autoscalers: list[Model]
    jobs: list[Model]


def is_inside() -> bool:
    """Whether this process itself runs in a cluster, and could ask it: the image has no client of Kubernetes."""
    return bool(os.environ.get("KUBERNETES_SERVICE_HOST")) and find_spec("kubernetes") is not None


def read(release: Release) -> Objects:
    """Asks the API server; blocks. AccessError says what is missing: client, address, permission, release."""
    with connected(release) as (connection, namespace):
        found = _list(connection, namespace, release.name)
    if not found.deployments:
        raise AccessError(f"no release {release.name} in namespace {namespace}: see `helm list --all-namespaces`")
    return found


def lines(release: Release, names: Sequence[str], old: int | None) -> Iterator[tuple[str, str]]:
    """Pod and line of these components (none: of all): the last ``old`` of each (None: all). Errors as of ``read``.

    The account that asks needs to get the logs of pods, too.
    """
    from kubernetes import client

    with connected(release) as (connection, namespace):
        core = client.CoreV1Api(connection)
        pods: list[Model] = core.list_namespaced_pod(namespace, **_of(release.name)).items
        there = {_name(each) for each in pods}
        if missing := sorted(set(names) - there):
            known = ", ".join(sorted(there)) or "none"
            raise AccessError(f"no pods of {', '.join(missing)} in namespace {namespace}. There are: {known}")
        how: dict[str, Any] = {"_preload_content": False, "_request_timeout": PATIENCE_S}
        how |= {} if old is None else {"tail_lines": old}
        wanted = {str(each.metadata.name): each for each in pods if not names or _name(each) in names}
        for name, pod in sorted(wanted.items()):
            if pod.status.phase != "Pending":  # it has printed nothing yet, and the server says so by an error
                printed: Any = core.read_namespaced_pod_log(
                    name, namespace, container=pod.spec.containers[0].name, **how
                )
                for line in printed:
                    yield name.removeprefix(f"{release.name}-"), line.decode(errors="replace").rstrip("\r\n")


@contextmanager
def connected(release: Release) -> Iterator[tuple[api.ApiClient, str]]:
    """A client of the release's cluster, and its namespace. What fails inside is told as an AccessError."""
    if find_spec("kubernetes") is None:
        raise AccessError(
            "no client of Kubernetes is installed here, nor in the image: `pip install smartcity[cluster]`"
        )
    from kubernetes import client, config
    from kubernetes.client.exceptions import ApiException
    from kubernetes.config.config_exception import ConfigException
    from urllib3.exceptions import HTTPError

    try:
        namespace = release.namespace or _namespace(release.context)
        if is_inside() and not release.context:
            config.load_incluster_config()  # type: ignore[no-untyped-call]
        else:
            config.load_kube_config(context=release.context or None)  # type: ignore[no-untyped-call]
        with client.ApiClient() as connection:
            yield connection, namespace
    except (ConfigException, OSError) as error:
        raise AccessError(f"no cluster to ask ({error}): set KUBECONFIG, or --context to one it knows") from error
    except HTTPError as error:
        raise AccessError(f"the cluster does not answer ({error}): is KUBECONFIG's context the right one?") from error
    except ApiException as error:
        raise AccessError(f"the API server answered {error.status} {error.reason}: {_detail(error)}") from error


def _of(release: str) -> dict[str, Any]:
    return {
        "label_selector": f"app.kubernetes.io/name={NAME},app.kubernetes.io/instance={release}",
        "_request_timeout": PATIENCE_S,
    }


def _list(connection: api.ApiClient, namespace: str, release: str) -> Objects:
    from kubernetes import client

    of_release = _of(release)
    apps, core, batch = client.AppsV1Api(connection), client.CoreV1Api(connection), client.BatchV1Api(connection)
    scaling = client.AutoscalingV2Api(connection)
    return Objects(
        namespace,
        apps.list_namespaced_deployment(namespace, **of_release).items,
        core.list_namespaced_pod(namespace, **of_release).items,
        scaling.list_namespaced_horizontal_pod_autoscaler(namespace, **of_release).items,
        batch.list_namespaced_job(namespace, **of_release).items,
    )


def _namespace(context: str) -> str:
    """The one kubectl would take."""
    from kubernetes import config

    if _IN_CLUSTER.exists() and not context:
        return _IN_CLUSTER.read_text().strip()
    contexts, active = config.list_kube_config_contexts()  # type: ignore[no-untyped-call]
    chosen = next((each for each in contexts if each["name"] == context), active)
    return str(chosen["context"].get("namespace") or "default")


def _detail(error: api.ApiException) -> str:
    import json

    try:
        return str(json.loads(error.body or "")["message"])
    except (TypeError, ValueError, KeyError):
        return "no more is known"


def components(objects: Objects) -> list[dict[str, Any]]:
    """A component per Deployment and one for the newest migration, in the shape of the local ones."""
    scalers = {each.spec.scale_target_ref.name: each for each in objects.autoscalers}
    pods: dict[str, list[Model]] = {}
    for pod in objects.pods:
        pods.setdefault((pod.metadata.labels or {}).get(_COMPONENT, ""), []).append(pod)
    found = [
        _component(objects.namespace, each, pods.get(_name(each), []), scalers.get(each.metadata.name))
        for each in sorted(objects.deployments, key=_name)
    ]
    newest = max(objects.jobs, key=lambda job: job.metadata.creation_timestamp, default=None)
    return found if newest is None else [_migration(objects.namespace, newest, pods.get(_MIGRATION, [])), *found]


def _name(each: Model) -> str:
    return str((each.metadata.labels or {}).get(_COMPONENT) or each.metadata.name)


def _component(namespace: str, it: Model, pods: list[Model], scaler: Model | None) -> dict[str, Any]:
    name, wanted, ready = _name(it), _wanted(it), it.status.ready_replicas or 0
    state, why = _state(it, pods, wanted, ready)
    return {
        **_shape(name, state, pods, _versions(it.spec.template.spec, pods)),
        "ok": state in ("ready", "rolling out", "scaled to 0") and ready >= wanted,
        "ready": ready,
        "wanted": wanted,
        "autoscaling": None if scaler is None else _scaling(scaler),
        "reason": why or (_scaling_trouble(scaler) if scaler is not None else ""),
        "log": f"kubectl logs -n {namespace} deployment/{it.metadata.name}",
    }


def _shape(name: str, state: str, pods: list[Model], version: str) -> dict[str, Any]:
    """What Deployments and Jobs have in common; times in seconds since the epoch."""
    started = [pod.status.start_time for pod in pods if pod.status.start_time]
    since = min(started, default=None)
    return {
        "name": name,
        "state": state,
        "pid": None,
        "restarts": sum(each.restart_count for pod in pods for each in pod.status.container_statuses or []),
        "started_at": since.timestamp() if isinstance(since, datetime) else None,
        "ready_at": None,
        "ports": {},
        "version": version,
        "once": False,
    }


def _state(it: Model, pods: list[Model], wanted: int, ready: int) -> tuple[str, str]:
    """In one word, and why if something is wrong."""
    waiting = ", ".join(sorted(set(_waiting(pods))))
    conditions = it.status.conditions or []
    for refused in (each for each in conditions if each.type == "ReplicaFailure" and each.status == "True"):
        return "stuck", f"{refused.reason}: {refused.message}"  # by a quota, Pod Security, a webhook: no pod says so
    if any(each.type == "Progressing" and each.status == "False" for each in conditions):
        return "stuck", waiting or "its rollout does not come to an end"
    seen = (it.status.observed_generation or 0) >= (it.metadata.generation or 0)
    if not seen or (it.status.updated_replicas or 0) < wanted or (it.status.replicas or 0) > wanted:
        return "rolling out", waiting
    if not wanted:
        return "scaled to 0", "nobody serves"
    return ("ready", waiting) if ready >= wanted else ("short", waiting or f"{wanted - ready} of {wanted} not ready")


def _waiting(pods: Iterable[Model]) -> list[str]:
    """Why containers do not run: CrashLoopBackOff, ImagePullBackOff, Unschedulable."""
    states = [pod.status for pod in pods]
    containers = [each for it in states for each in (it.init_container_statuses or []) + (it.container_statuses or [])]
    found = [each.state.waiting.reason for each in containers if each.state and each.state.waiting]
    found += [each.reason for it in states for each in it.conditions or [] if each.reason == "Unschedulable"]
    return [reason for reason in found if reason and reason not in ("ContainerCreating", "PodInitializing")]


def _wanted(it: Model) -> int:
    return 1 if it.spec.replicas is None else int(it.spec.replicas)


def _versions(spec: Model, pods: list[Model]) -> str:
    """Versions of the images that run; two while one replaces the other."""
    images = {pod.spec.containers[0].image for pod in pods} or {spec.containers[0].image}
    return ", ".join(sorted(_version(image) for image in images))


def _version(image: str) -> str:
    """Tag, or the beginning of the digest, of an image's name."""
    name, _, digest = image.partition("@")
    if digest:
        return digest.removeprefix("sha256:")[:12]
    tag = name.rpartition("/")[2].partition(":")[2]
    return tag or "latest"


def _scaling(scaler: Model) -> dict[str, int]:
    now = scaler.status.current_replicas if scaler.status else None
    return {"min": scaler.spec.min_replicas or 1, "now": now or 0, "max": scaler.spec.max_replicas}


def _scaling_trouble(scaler: Model) -> str:
    """Why it cannot scale, usually for want of metrics-server."""
    conditions = (scaler.status.conditions if scaler.status else None) or []
    off = [each for each in conditions if each.type in ("AbleToScale", "ScalingActive") and each.status == "False"]
    return ", ".join(f"cannot scale: {each.reason}" for each in off if each.reason != "ScalingDisabled")


def _migration(namespace: str, job: Model, pods: list[Model]) -> dict[str, Any]:
    own = [pod for pod in pods if (pod.metadata.labels or {}).get("batch.kubernetes.io/job-name") == job.metadata.name]
    failed = [each for each in job.status.conditions or [] if each.type == "Failed" and each.status == "True"]
    done = bool(job.status.succeeded)
    state = "done" if done else "failed" if failed else "running"
    return {
        **_shape(_MIGRATION, state, own, _versions(job.spec.template.spec, own)),
        "ok": not failed,
        "ready": int(done),
        "wanted": 1,
        "autoscaling": None,
        "reason": failed[0].reason if failed else ", ".join(_waiting(own)),
        "once": True,
        "log": f"kubectl logs -n {namespace} job/{job.metadata.name}",
    }
