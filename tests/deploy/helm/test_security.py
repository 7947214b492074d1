"""Pod Security "restricted" (the standard's own list), for every pod, and no Kubernetes token for any."""

from typing import Any

import pytest

from tests.deploy.helm.charts import COMPONENTS, MATRIX, containers, of_kind, pods, render

VOLUMES = {
    "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret",
}  # fmt: skip


def offences(spec: dict[str, Any]) -> list[str]:
    """What the restricted profile has against a pod."""
    found = [f"host{each}" for each in ("Network", "PID", "IPC") if spec.get(f"host{each}")]
    pod = spec.get("securityContext", {})
    for volume in spec.get("volumes", []):
        found += [f"volume {kind}" for kind in set(volume) - {"name"} - VOLUMES]
    for each in containers(spec):
        own = each.get("securityContext", {})
        whole = {**pod, **own}
        name = each["name"]
        found += [f"{name} runs as root"] if whole.get("runAsNonRoot") is not True or not whole.get("runAsUser") else []
        found += [f"{name} may gain privileges"] if own.get("allowPrivilegeEscalation") is not False else []
        found += [f"{name} is privileged"] if own.get("privileged") else []
        found += [f"{name} has capabilities"] if own.get("capabilities") != {"drop": ["ALL"]} else []
        kind = whole.get("seccompProfile", {}).get("type")
        found += [f"{name} has no seccomp profile"] if kind not in {"RuntimeDefault", "Localhost"} else []
        found += [f"{name} has host ports"] if any(port.get("hostPort") for port in each.get("ports", [])) else []
        found += [f"{name} has a process mount"] if own.get("procMount") else []
    return found


@pytest.mark.parametrize("values", MATRIX.values(), ids=MATRIX)
def test_every_pod_is_restricted(values: dict[str, Any]) -> None:
    seen = list(pods(render(values)))
    assert {name: offences(spec) for name, spec, _ in seen if offences(spec)} == {}
    assert len(seen) >= 8


@pytest.mark.parametrize("values", MATRIX.values(), ids=MATRIX)
def test_every_pod_has_a_read_only_root_and_limits_and_no_token(values: dict[str, Any]) -> None:
    manifests = render(values)
    for name, spec, _ in pods(manifests):
        assert spec["automountServiceAccountToken"] is False, name
        assert spec["enableServiceLinks"] is False, name
        for each in spec["containers"]:
            assert each["securityContext"]["readOnlyRootFilesystem"] is not writable(values, name), name
            assert "/tmp" in {mount["mountPath"] for mount in each["volumeMounts"]}, name
            assert set(each["resources"]) == {"requests", "limits"}, name
            assert "memory" in each["resources"]["limits"], name
    for account in of_kind(manifests, "ServiceAccount").values():
        assert account["automountServiceAccountToken"] is False


def writable(values: dict[str, Any], pod: str) -> bool:
    """Where Tilt may write: the services themselves, when it is asked for; the profile does not forbid it."""
    ours = {f"Deployment/smartcity-{name}" for name in COMPONENTS}
    return bool(values.get("dev", {}).get("liveUpdate")) and pod in ours


@pytest.mark.parametrize("values", MATRIX.values(), ids=MATRIX)
def test_secrets_are_only_referred_to(values: dict[str, Any]) -> None:
    assert of_kind(render(values), "Secret") == {}


def test_of_an_authority_only_the_certificate_is_mounted() -> None:
    """The Secret of an operator's authority holds its private key beside it."""
    for _, spec, _ in pods(render()):
        for volume in spec.get("volumes", []):
            if volume["name"].endswith("-ca"):
                assert [item["key"] for item in volume["secret"]["items"]] == ["ca.crt"]
