"""Production mode, TLS everywhere: rolled from the version before, its certificates replaced, with people at work."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from helm_python import Chart

from deploy.cluster import chart
from deploy.cluster.chart import CHART, merge
from deploy.cluster.secrets import fresh
from tests.cluster import production
from tests.cluster.conftest import PATIENCE_S, PEOPLE, RELEASE, SMALL_NODE, Cluster, namespace, version_before
from tests.cluster.crowd import at_work
from tests.deploy.helm.charts import COMPONENTS

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(1800)]

CALLS = 2_000
TAKEN_S = 240
"""The kubelet writes a changed Secret into its pods within two minutes or so, the gateway looks once a minute."""
SHOWN = """
import ssl, socket, sys
from cryptography import x509
context = ssl.create_default_context(cafile="/etc/smartcity/tls/ca.crt")
context.load_cert_chain("/etc/smartcity/tls/tls.crt", "/etc/smartcity/tls/tls.key")
context.set_alpn_protocols(["h2"])
found = set()
name = "smartcity-PILLAR"
for address in {each[4][0] for each in socket.getaddrinfo(name, 5000)}:
    try:
        raw = socket.create_connection((address, 5000), 5)
    except OSError:  # a pod that ended: names are remembered for half a minute
        continue
    with raw, context.wrap_socket(raw, server_hostname=name) as it:
        found.add(x509.load_der_x509_certificate(it.getpeercert(True)).serial_number)
assert found, "no pod answers"
print("serials", *found)
"""


@dataclass(frozen=True)
class House:
    """A production installation, and who signs its certificates."""

    cluster: Cluster
    authority: production.InCluster


@pytest.fixture(scope="module")
def house(kubeconfig: Path, image: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The version before, two of everything, with servers of its own."""
    small = yaml.safe_load(SMALL_NODE.read_text(encoding="utf-8"))
    given = merge(merge(small, PEOPLE), production.VALUES)
    made = fresh(chart.values(given), RELEASE)
    given = merge(given, {"image": image, "nats": {"publicKeys": made.public_keys}})
    with namespace(kubeconfig, made) as space:
        cluster = replace(space, values=given)
        authority = production.InCluster(tmp_path_factory.mktemp("authority"), "ca")
        authority.namespace = cluster.namespace
        production.bring(cluster, made, authority)
        before, its_image = version_before(tmp_path_factory.mktemp("chart"), image)
        cluster.helm.install(
            Chart.load(before), RELEASE, merge(given, {"image": its_image}), namespace=cluster.namespace,
            wait="watcher", timeout=PATIENCE_S,
        )  # fmt: skip
        yield House(cluster, authority)


def test_it_comes_up_and_every_section_answers(house: House) -> None:
    assert set(COMPONENTS) <= house.cluster.ready()
    assert "ok" in house.cluster.helm.test(RELEASE, timeout=PATIENCE_S, logs=True)["logs"]


def test_an_upgrade_rolls_everything_and_fails_nobody(house: House) -> None:
    cluster = house.cluster
    with at_work(cluster) as crowd:
        cluster.helm.upgrade(
            Chart.load(CHART), RELEASE, cluster.values, namespace=cluster.namespace, wait="watcher", timeout=PATIENCE_S
        )
        crowd.until(CALLS)
    print(crowd.totals)
    assert set(COMPONENTS) <= cluster.ready()
    assert crowd.failures == []
    assert crowd.stale < 0.01


def test_certificates_are_replaced_and_nobody_notices(house: House) -> None:
    cluster = house.cluster
    before = {pillar: shown(cluster, pillar) for pillar in ("governance", "economy")}
    with at_work(cluster) as crowd:
        for component in COMPONENTS:
            held = production.certificate(house.authority, f"{RELEASE}-{component}")
            cluster.core.patch_namespaced_secret(f"{RELEASE}-{component}-tls", cluster.namespace, {"stringData": held})
        end = time.monotonic() + TAKEN_S
        while any(shown(cluster, pillar) & serials for pillar, serials in before.items()):
            assert time.monotonic() < end, "pillars show their old certificates"
            time.sleep(5)
        while not all(map(renewed, gateways(cluster))):
            assert time.monotonic() < end, "a gateway uses its old certificate"
            time.sleep(5)
        crowd.until(CALLS)
    print(crowd.totals)
    assert crowd.failures == []
    assert crowd.stale < 0.01


def gateways(house: Cluster) -> list[str]:
    """What each gateway logged."""
    return [
        house.core.read_namespaced_pod_log(each.metadata.name, house.namespace, container="gateway")
        for each in house.pods("gateway")
    ]


def renewed(log: str) -> bool:
    """Whether a gateway says that it took up its new certificate."""
    return any(
        json.loads(line).get("event") == "certificate renewed" for line in log.splitlines() if line.startswith("{")
    )


def shown(cluster: Cluster, pillar: str) -> set[str]:
    """Serial numbers of the certificates that a pillar's pods show to a gateway."""
    said: Any = cluster.run(cluster.pods("gateway")[0].metadata.name, SHOWN.replace("PILLAR", pillar))
    assert said.startswith("serials"), said
    return set(said.split()[1:])
