"""Rendering the chart in-process, and the values that it is rendered with."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from helm_python import Chart

from deploy.cluster.chart import CHART, merge
from deploy.permissions import ADMIN
from deploy.pillars import NAMES

Manifest = dict[str, Any]
Values = dict[str, Any]

COMPONENTS = (*NAMES, "gateway")
PUBLIC_KEYS = {name: f"U{letter * 55}" for name, letter in zip((*COMPONENTS, ADMIN), "ABCDEFGH", strict=True)}
"""Not keys of anybody; they have the right shape."""

_KEYS: Values = {"nats": {"publicKeys": PUBLIC_KEYS}}
_OIDC: Values = {"oidc": {"issuer": "https://login.example.org/realms/city", "audience": "smartcity"}}
_BANK: Values = {
    "economy": {"snap": {"url": "https://bank.example.org", "clientId": "city", "partnerId": "bank"}},
}
_MAIL: Values = {"governance": {"smtpUrl": "smtp://mail.example.org:587", "mailFrom": "noreply@example.org"}}
_MAIL_LOGIN: Values = {
    "governance": {
        "smtpUrl": "smtp://city:$(SMTP_PASSWORD)@mail.example.org:587",
        "smtpPassword": {"secret": "mail", "key": "word"},
    },
}
_WEATHER: Values = {"warnings": {"nowcastUrl": "https://weather.example.org/alerts/nowcast/id"}}
_OPERATORS: Values = {"living": {"operatorFeeds": "train=KAI@https://train.example.org/gtfs-rt"}}
_ISSUER: Values = {"tls": {"issuer": {"name": "smartcity", "kind": "Issuer"}}}
_REGISTRY: Values = {"global": {"imageRegistry": "registry.example.org"}}
_DEVICES: Values = {"mqtt": {"enabled": True, "vehicles": True, "issuer": f"A{'I' * 55}", "callout": f"U{'J' * 55}"}}
_OPERATOR: Values = {"operator": {"enabled": True}}
_RESTORED: Values = yaml.safe_load((CHART.parent / "values" / "restored.yaml").read_text(encoding="utf-8"))
_NO_SCALING: Values = {"autoscaling": {"enabled": False}}
_EXTRAS: Values = {
    "defaults": {
        "extraEnv": [{"name": "EXTRA", "value": "yes"}],
        "extraEnvFrom": [{"configMapRef": {"name": "more"}}],
        "extraVolumes": [{"name": "more", "configMap": {"name": "more"}}],
        "extraVolumeMounts": [{"name": "more", "mountPath": "/etc/more", "readOnly": True}],
        "podAnnotations": {"example.org/scrape": "no"},
        "podLabels": {"team": "city"},
        "nodeSelector": {"kubernetes.io/os": "linux"},
        "tolerations": [{"key": "city", "operator": "Exists"}],
        "affinity": {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": []}},
        "priorityClassName": "high",
    },
    "global": {"labels": {"owner": "city"}, "imagePullSecrets": [{"name": "pull"}]},
    "components": {"economy": {"pool": 4, "extraEnv": [{"name": "ONLY_HERE", "value": "1"}]}},
}
GATEWAY_API: Values = {
    "ingress": {"enabled": False},
    "gatewayApi": {"enabled": True, "parents": [{"name": "edge", "namespace": "ingress"}]},
}


def together(*parts: Mapping[str, Any]) -> Values:
    """Values with all of these, later ones over earlier ones."""
    merged: Values = {}
    for part in parts:
        merged = merge(merged, dict(part))
    return merged


EVERYTHING = together(_KEYS, _OIDC, _BANK, _MAIL, _WEATHER, _OPERATORS, _ISSUER)
"""A production installation with every way in use."""

PROXIES: Values = {"trustedProxies": "10.244.0.0/16"}
"""What every installation behind an ingress has to say; rendering says it unless the values do."""

DEV = together(_KEYS, {"dev": {"enabled": True}})

MATRIX: dict[str, Values] = {
    "default": {},
    "production": EVERYTHING,
    "dev": DEV,
    "dev with live update": together(DEV, {"dev": {"liveUpdate": True}}),
    "dev with login": together(DEV, _OIDC),
    "second city": together(EVERYTHING, {"city": "kabupaten-semarang", "publicUrl": "https://kab.example.org"}),
    "digest": {"image": {"digest": "sha256:" + "0a" * 32}},
    "registry": {**_REGISTRY, "image": {"repository": "city/it", "tag": "1.2.3"}},
    "dev from a registry": together(DEV, _REGISTRY),
    "issuer": _ISSUER,
    "cluster issuer": {"tls": {"issuer": {"name": "all", "kind": "ClusterIssuer"}}},
    "gateway api": GATEWAY_API,
    "no edge": {"ingress": {"enabled": False}},
    "no autoscaling": {"defaults": _NO_SCALING},
    "extras": _EXTRAS,
    "dev with extras": together(DEV, _EXTRAS),
    "login": _OIDC,
    "bank": _BANK,
    "mail": _MAIL,
    "mail with a login": _MAIL_LOGIN,
    "weather": _WEATHER,
    "operators": _OPERATORS,
    "devices": together(EVERYTHING, _DEVICES),
    "devices without vehicles": together(EVERYTHING, _DEVICES, {"mqtt": {"vehicles": False}}),
    "dev with devices": together(DEV, _DEVICES),
    "operator": together(EVERYTHING, _DEVICES, _OPERATOR),
    "dev with an operator": together(DEV, _OPERATOR),
    "restored": together(EVERYTHING, _RESTORED),
    "keys": _KEYS,
    "keys without the version before": together(_KEYS, {"nats": {"grantPrevious": False}}),
    "no network policies": {"networkPolicy": {"enabled": False}},
    "no migration": {"migrations": {"enabled": False}},
    "passwords by others": {"migrations": {"managePasswords": False}},
    "no telemetry": {"otlpEndpoint": ""},
    "a folder and one gateway": {
        "files": {"url": "file:///photos", "secret": ""},
        "components": {"gateway": {"replicas": 1, "autoscaling": {"enabled": False}}},
    },
}  # fmt: skip
"""Values worth rendering, by what is special about them."""


def files(values: Values | None = None, name: str = "smartcity", chart: Path = CHART) -> dict[str, str]:
    """What Helm renders, by template."""
    return Chart.load(chart).render(values=together(PROXIES, values or {}), name=name, namespace="city")


def render(values: Values | None = None, name: str = "smartcity", chart: Path = CHART) -> list[Manifest]:
    """Every manifest, in order."""
    return list(_rendered(json.dumps(values or {}, sort_keys=True), name, chart))


@cache
def _rendered(values: str, name: str, chart: Path) -> tuple[Manifest, ...]:
    """Parsed once: tests only look."""
    texts = [text for file, text in files(json.loads(values), name, chart).items() if not file.endswith(".txt")]
    return tuple(manifest for text in texts for manifest in yaml.load_all(text, _Strict) if manifest)


def of_kind(manifests: list[Manifest], kind: str) -> dict[str, Manifest]:
    """Manifests of one kind by name."""
    return {each["metadata"]["name"]: each for each in manifests if each["kind"] == kind}


def pods(manifests: list[Manifest]) -> Iterator[tuple[str, dict[str, Any], dict[str, str]]]:
    """Name, spec and labels of every pod that comes of these manifests."""
    for each in manifests:
        name = f"{each['kind']}/{each['metadata']['name']}"
        if each["kind"] == "Pod":
            yield name, each["spec"], each["metadata"]["labels"]
        elif "template" in (each.get("spec") or {}):
            template = each["spec"]["template"]
            yield name, template["spec"], template["metadata"]["labels"]


def containers(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """All of a pod, those that run first included."""
    return [*spec.get("initContainers", []), *spec["containers"]]


class _Strict(yaml.CSafeLoader):  # type: ignore[misc]
    """Refuses a key that comes twice, as the API server does in strict mode."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=deep) for key, _ in node.value]
        twice = {key for key in keys if keys.count(key) > 1}
        if twice:
            raise ValueError(f"{sorted(twice)} twice at {node.start_mark}")
        return dict(super().construct_mapping(node, deep=deep))
