"""What NetworkPolicies amount to: a small evaluator after the rules of networking.k8s.io/v1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Any

from tests.deploy.helm.charts import Manifest

NAMESPACE = "city"


@dataclass(frozen=True)
class End:
    """One end of a connection: a pod with labels, or an address outside (no labels)."""

    address: str
    labels: Mapping[str, str] = field(default_factory=dict)
    namespace: str = NAMESPACE

    @property
    def is_pod(self) -> bool:
        """Pods have labels."""
        return bool(self.labels)


def allowed(policies: Sequence[Manifest], source: End, target: End, port: int, protocol: str = "TCP") -> bool:
    """Whether a connection is let out at the source and in at the target."""
    out = _lets(policies, source, target, "Egress", "egress", "to", port, protocol)
    return out and _lets(policies, target, source, "Ingress", "ingress", "from", port, protocol)


def _lets(
    policies: Sequence[Manifest], pod: End, other: End, kind: str, rules: str, peers: str, port: int, protocol: str
) -> bool:
    """A pod that no policy of that kind selects is open; else one rule of one policy must say yes."""
    chosen = [
        each["spec"] for each in policies if _selects_pod(each["spec"], pod) and kind in each["spec"]["policyTypes"]
    ]
    if not chosen:
        return True
    return any(
        _has_port(rule, port, protocol) and _has_peer(rule.get(peers, []), other)
        for spec in chosen
        for rule in spec.get(rules) or []
    )


def _selects_pod(spec: Mapping[str, Any], pod: End) -> bool:
    return pod.is_pod and pod.namespace == NAMESPACE and matches(spec["podSelector"], pod.labels)


def _has_port(rule: Mapping[str, Any], port: int, protocol: str) -> bool:
    ports = rule.get("ports", [])
    return not ports or any(each["port"] == port and each["protocol"] == protocol for each in ports)


def _has_peer(peers: Sequence[Mapping[str, Any]], other: End) -> bool:
    return not peers or any(_is_peer(peer, other) for peer in peers)


def _is_peer(peer: Mapping[str, Any], other: End) -> bool:
    if "ipBlock" in peer:
        address = ip_address(other.address)
        block = peer["ipBlock"]
        inside = address in ip_network(block["cidr"])
        return inside and not any(address in ip_network(each) for each in block.get("except", []))
    if not other.is_pod:
        return False
    if "namespaceSelector" in peer:
        there = matches(peer["namespaceSelector"], {"kubernetes.io/metadata.name": other.namespace})
    else:
        there = other.namespace == NAMESPACE
    return there and matches(peer.get("podSelector", {}), other.labels)


def matches(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Whether a label selector chooses these labels; an empty one chooses all."""
    wanted = selector.get("matchLabels", {})
    listed = selector.get("matchExpressions", [])
    assert all(each["operator"] == "In" for each in listed), "only In is evaluated"
    return all(labels.get(key) == value for key, value in wanted.items()) and all(
        labels.get(each["key"]) in each["values"] for each in listed
    )
