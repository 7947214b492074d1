"""What Helm makes of the chart: valid for the Kubernetes versions it is for, whatever is switched on."""

import json
import os
import re
import shutil
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import helm_python
import kubernetes_validate
import pytest
import yaml
from helm_python import HelmError

from deploy.cluster.chart import CHART
from tests.deploy.helm.charts import (
    COMPONENTS,
    DEV,
    EVERYTHING,
    GATEWAY_API,
    MATRIX,
    Manifest,
    containers,
    files,
    of_kind,
    pods,
    render,
    together,
)  # fmt: skip

MINORS = ("1.35", "1.36", "1.37")
GOLDEN = Path(__file__).parent / "golden"
OTHERS = {"Certificate", "HTTPRoute"}
"""Kinds of cert-manager and of the Gateway API, whose schemas Kubernetes does not have."""

kubernetes_validate.utils.schema_contents = cache(kubernetes_validate.utils.schema_contents)  # else read per manifest


def test_one_of_each_is_said_once_for_gateways_too() -> None:
    manifests = render({"defaults": {"replicas": 1, "autoscaling": {"enabled": False}}})
    assert of_kind(manifests, "HorizontalPodAutoscaler") == {}
    assert {each["spec"]["replicas"] for each in of_kind(manifests, "Deployment").values()} == {1}


def test_the_minors_are_the_last_three() -> None:
    assert kubernetes_validate.latest_version() == f"{MINORS[-1]}.0"


@pytest.mark.parametrize("values", MATRIX.values(), ids=MATRIX)
def test_helm_finds_nothing_to_complain_about(values: dict[str, Any]) -> None:
    report = helm_python.lint(CHART, values, strict=True, namespace="city")
    assert [each for each in report["messages"] if each["severity"] > 1] == []


@cache
def wrong_in(manifest: str, minor: str) -> str:
    """What the schemas of a minor say against a manifest; most come again and again in the matrix."""
    try:
        kubernetes_validate.validate(json.loads(manifest), minor, strict=True)
    except kubernetes_validate.ValidationError as error:
        return f"{minor}: {'.'.join(map(str, error.path))}: {error.message}"
    return ""


@pytest.mark.parametrize("values", MATRIX.values(), ids=MATRIX)
def test_every_manifest_is_valid_for_the_last_three_minors(values: dict[str, Any]) -> None:
    manifests = render(values)
    for manifest in manifests:
        if manifest["kind"] in OTHERS:
            continue
        wrong = [found for minor in MINORS if (found := wrong_in(json.dumps(manifest), minor))]
        assert wrong == [], f"{manifest['kind']} {manifest['metadata']['name']}"
    names = [(each["kind"], each["metadata"]["name"]) for each in manifests]
    assert len(names) == len(set(names))
    assert all(len(name) <= 63 and re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", name) for _, name in names)


@pytest.mark.parametrize("values", MATRIX.values(), ids=MATRIX)
def test_a_deployment_says_replicas_only_where_nobody_scales_it(values: dict[str, Any]) -> None:
    manifests = render(values)
    scaled = {each["spec"]["scaleTargetRef"]["name"] for each in of_kind(manifests, "HorizontalPodAutoscaler").values()}
    for name, each in of_kind(manifests, "Deployment").items():
        assert ("replicas" in each["spec"]) == (name not in scaled)


def _rest(manifest: Manifest) -> dict[str, Any]:
    assert manifest["metadata"]["labels"]["app.kubernetes.io/part-of"] == "smartcity"
    return dict(manifest["spec"])


def test_certificates_are_as_cert_manager_wants_them() -> None:
    found = of_kind(render(EVERYTHING), "Certificate")
    assert set(found) == {f"smartcity-{name}" for name in COMPONENTS}
    for name, manifest in found.items():
        assert manifest["apiVersion"] == "cert-manager.io/v1"
        spec = _rest(manifest)
        assert spec["secretName"] == f"{name}-tls"
        assert spec["dnsNames"] == [name, f"{name}.city.svc"]
        assert set(spec["usages"]) == {"digital signature", "server auth", "client auth"}
        assert spec["issuerRef"] == {"name": "smartcity", "kind": "Issuer"}
        assert set(spec) == {"secretName", "duration", "renewBefore", "privateKey", "usages", "dnsNames", "issuerRef"}
        assert spec["privateKey"] == {"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Always"}


@pytest.mark.parametrize(
    ("values", "host"),
    [
        ({"publicUrl": "https://kota.example.org"}, "kota.example.org"),
        ({"publicUrl": "https://kota.example.org:8443"}, "kota.example.org"),
        ({"publicUrl": "https://kota.example.org", "ingress": {"host": "other.example.org"}}, "other.example.org"),
    ],
)
def test_people_come_to_the_host_of_the_public_url_unless_another_is_named(values: dict[str, Any], host: str) -> None:
    (ingress,) = of_kind(render(values), "Ingress").values()
    assert [each["host"] for each in ingress["spec"]["rules"]] == [host] == ingress["spec"]["tls"][0]["hosts"]
    named = {"gatewayApi": {"hostnames": [host]}} if "ingress" in values else {}
    (route,) = of_kind(render(together(values, GATEWAY_API, named)), "HTTPRoute").values()
    assert route["spec"]["hostnames"] == [host]


def test_a_route_of_the_gateway_api_leads_to_the_gateway() -> None:
    manifests = render(MATRIX["gateway api"])
    (route,) = of_kind(manifests, "HTTPRoute").values()
    assert route["apiVersion"] == "gateway.networking.k8s.io/v1"
    spec = _rest(route)
    assert spec["parentRefs"] == [{"name": "edge", "namespace": "ingress"}]
    assert spec["hostnames"] == ["smartcity.example.org"]
    assert spec["rules"] == [{"backendRefs": [{"name": "smartcity-gateway", "port": 80}]}]
    assert of_kind(manifests, "Ingress") == {}


def test_each_component_has_all_its_parts() -> None:
    manifests = render(EVERYTHING)
    whole = {f"smartcity-{name}" for name in COMPONENTS}
    for kind in ("Deployment", "Service", "HorizontalPodAutoscaler", "PodDisruptionBudget"):
        assert set(of_kind(manifests, kind)) == whole
    assert set(of_kind(manifests, "ServiceAccount")) == whole | {"smartcity-migrate"}
    for name in COMPONENTS:
        service = of_kind(manifests, "Service")[f"smartcity-{name}"]["spec"]
        assert (service.get("clusterIP") == "None") == (name != "gateway")
        spec = of_kind(manifests, "Deployment")[f"smartcity-{name}"]["spec"]["template"]["spec"]
        (container,) = spec["containers"]
        assert {"startupProbe", "readinessProbe", "livenessProbe", "resources", "lifecycle"} <= set(container)
        assert len(spec["topologySpreadConstraints"]) == 2
        (waiting,) = spec["initContainers"]
        assert waiting["args"] == ["deploy.wait", name, "300"]
        assert container["args"] == ["gateway" if name == "gateway" else f"services.{name}"]
        probes = [container[f"{probe}Probe"] for probe in ("startup", "readiness", "liveness")]
        if name == "gateway":  # visitors may take every connection of the other port
            assert {each["httpGet"]["port"] for each in probes} == {"health"}
        else:
            assert {each["grpc"]["port"] for each in probes} == {5001}
        assert {"name": "health", "containerPort": 5001} in container["ports"]


def test_a_pod_is_given_the_time_that_it_needs_to_drain() -> None:
    (spec,) = [
        s for n, s, _ in pods(render({"drainSeconds": 20, "preStopSeconds": 7})) if n == "Deployment/smartcity-economy"
    ]
    assert spec["terminationGracePeriodSeconds"] == 57
    assert spec["containers"][0]["lifecycle"] == {"preStop": {"sleep": {"seconds": 7}}}


def test_a_component_says_only_what_differs_from_the_defaults() -> None:
    manifests = render(MATRIX["extras"])
    economy = of_kind(manifests, "Deployment")["smartcity-economy"]["spec"]["template"]["spec"]["containers"][0]
    living = of_kind(manifests, "Deployment")["smartcity-living"]["spec"]["template"]["spec"]["containers"][0]
    extra = {"EXTRA", "ONLY_HERE"}
    assert [each["name"] for each in economy["env"] if each["name"] in extra] == ["ONLY_HERE"]
    assert [each["name"] for each in living["env"] if each["name"] in extra] == ["EXTRA"]
    assert {"name": "SMARTCITY_POSTGRES_POOL", "value": "4"} in economy["env"]
    assert {"name": "SMARTCITY_POSTGRES_POOL", "value": "8"} in living["env"]


def test_who_lets_devices_in_has_a_pod_as_every_component_has() -> None:
    """All that an operator says of pods, but its own command, environment, size and ports."""
    manifests = deepcopy(of_kind(render(together(MATRIX["devices"], MATRIX["extras"])), "Deployment"))
    found = [manifests[f"smartcity-{name}"]["spec"]["template"] for name in ("living", "callout")]
    for template in found:
        labels = template["metadata"]["labels"]
        assert labels.pop("app.kubernetes.io/component") in ("living", "callout")
        spec = template["spec"]
        assert spec.pop("serviceAccountName") in ("smartcity-living", "smartcity-callout")
        for spread in spec["topologySpreadConstraints"]:
            assert spread.pop("labelSelector")["matchLabels"]["app.kubernetes.io/component"] in ("living", "callout")
        for each in containers(spec):
            extra = [one for one in each.pop("env") if one["name"] == "EXTRA"]
            assert len(extra) == (each["name"] in ("living", "callout"))
            for key in ("name", "args", "resources", "ports"):
                each.pop(key, None)
        tls = {"name": "tls", "mountPath": "/etc/smartcity/tls", "readOnly": True}
        spec["containers"][0]["volumeMounts"] = [each for each in spec["containers"][0]["volumeMounts"] if each != tls]
        spec["volumes"] = [each for each in spec["volumes"] if each["name"] != "tls"]
    assert found[0] == found[1]
    assert found[1]["spec"]["tolerations"] == [{"key": "city", "operator": "Exists"}]


def test_a_release_whose_values_are_older_can_be_upgraded(tmp_path: Path) -> None:
    """`helm upgrade --reuse-values` takes the values that the former chart had, which lack what came since."""
    older = tmp_path / "smartcity"
    shutil.copytree(CHART, older)
    values = yaml.safe_load((older / "values.yaml").read_text(encoding="utf-8"))
    del values["warnings"], values["mqtt"], values["networkPolicy"]["mqtt"], values["operator"]
    (older / "values.yaml").write_text(yaml.safe_dump(values))
    assert files(EVERYTHING, chart=older) == files(EVERYTHING)
    assert files(DEV, chart=older) == files(DEV)


def test_a_digest_counts_instead_of_the_tag() -> None:
    digest = "sha256:" + "0a" * 32
    images = {c["image"] for _, spec, _ in pods(render(MATRIX["digest"])) for c in spec["containers"]}
    assert images == {f"smartcity@{digest}"}
    assert [name for name in of_kind(render(MATRIX["digest"]), "Job") if "0a0a0a0a" in name]


def test_a_registry_stands_before_every_image() -> None:
    for which in ("registry", "dev from a registry"):
        images = {c["image"] for _, spec, _ in pods(render(MATRIX[which])) for c in spec["containers"]}
        assert all(image.startswith("registry.example.org/") for image in images), images


def test_the_job_of_migrations_gets_another_name_when_its_pod_changes() -> None:
    (first,), (same,), (other,) = (
        of_kind(render(values), "Job") for values in ({}, {"drainSeconds": 9}, {"nats": {"streamReplicas": 5}})
    )
    assert first == same
    assert first != other
    assert re.fullmatch(r"smartcity-migrate-\d+-\d+-\d+-[0-9a-f]{8}", first)


def test_the_job_of_migrations_is_found_where_a_password_is_changed() -> None:
    """A Secret's content is not in the Job's name: while the Job of the last upgrade is there, none is made."""
    text = (CHART.parents[2] / "docs" / "operate.md").read_text(encoding="utf-8")
    (row,) = [line for line in text.splitlines() if line.startswith("| passwords of PostgreSQL |")]
    wanted = re.search(r"`kubectl delete job -l ([\w./]+)=(\w+)`.*`helm upgrade`", row)
    assert wanted
    assert [job["metadata"]["labels"][wanted[1]] for job in of_kind(render(), "Job").values()] == [wanted[2]]


LONGEST = {True: 39, False: 50}
"""Characters of a release's name, in dev mode or not."""


@pytest.mark.parametrize("which", MATRIX)
def test_names_are_short_enough_with_the_longest_name_of_a_release(which: str) -> None:
    manifests = render(MATRIX[which], "r" * LONGEST["dev" in MATRIX[which]])
    most = {"Service": 63, "Job": 63, "StatefulSet": 52}
    named = [(each["metadata"]["name"], most[each["kind"]]) for each in manifests if each["kind"] in most]
    assert named
    assert [
        name for name, letters in named if len(name) > letters or not re.fullmatch(r"[a-z0-9-]+[a-z0-9]", name)
    ] == []


@pytest.mark.parametrize("letters", [25, 26, 45, 46, 47, 50])
def test_jobs_of_two_versions_are_two_however_long_the_release_is_called(letters: int) -> None:
    versions = [{"image": {"digest": f"sha256:{each * 64}"}} for each in "ab"]
    names = {name for each in versions for name in of_kind(render(each, "r" * letters), "Job")}
    assert len(names) == 2
    assert [name for name in names if len(name) > 63 or "--" in name] == []


@pytest.mark.parametrize("values", [{}, DEV], ids=["production", "dev"])
def test_a_release_of_a_longer_name_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(HelmError, match="the release's name may have"):
        render(values, "r" * (LONGEST["dev" in values] + 1))


def test_the_second_city_differs_by_its_name_alone() -> None:
    manifests = render({"city": "kabupaten-semarang"})
    for _, spec, labels in pods(manifests):
        if labels["app.kubernetes.io/component"] in COMPONENTS:
            assert {"name": "SMARTCITY_CITY", "value": "kabupaten-semarang"} in spec["containers"][0]["env"]


def test_the_notes_name_the_next_three_commands() -> None:
    notes = files(EVERYTHING)["smartcity/templates/NOTES.txt"]
    assert re.findall(r"^(\d)\.", notes, re.MULTILINE) == ["1", "2", "3"]
    for command in (
        "kubectl -n city rollout status",
        "smartcity status --namespace city",
        "helm -n city test smartcity",
    ):
        assert command in notes
    assert "https://smartcity.example.org" in notes
    dev = files(DEV)["smartcity/templates/NOTES.txt"]
    assert "port-forward service/smartcity-gateway 8080:80   # http://localhost:8080" in dev


@pytest.mark.parametrize(("name", "values"), [("default", {}), ("dev", DEV)])
def test_what_is_rendered_is_what_was_reviewed(name: str, values: dict[str, Any]) -> None:
    """Renew with: SMARTCITY_GOLDEN=write .venv/bin/python -m pytest tests/deploy/helm/test_render.py -k reviewed."""
    rendered = yaml.safe_dump_all(render(values), sort_keys=True, width=120)
    golden = GOLDEN / f"{name}.yaml"
    if os.environ.get("SMARTCITY_GOLDEN") == "write":
        golden.write_text(rendered, encoding="utf-8")
    assert rendered == golden.read_text(encoding="utf-8"), "look at the difference, then renew (see this test)"
