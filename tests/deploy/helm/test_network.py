"""The network policies let through what deploy/flows.py declares, and nothing else."""

from itertools import product

import pytest

from deploy.cluster.chart import values as merged
from deploy.flows import DEVICES, FLOWS, INSIDE, OUTSIDE
from deploy.pillars import NAMES
from tests.deploy.helm.charts import (
    COMPONENTS,
    DEV,
    MATRIX,
    Manifest,
    Values,
    of_kind,
    pods,
    render,
    together,
)
from tests.deploy.helm.policies import End, allowed

PEOPLE = End("10.9.0.9", {"app": "controller"}, "ingress")
STRANGER = End("10.9.0.8", {"app": "stranger"})
METADATA = (End("169.254.169.254"), End("100.100.100.200"))
IN_USE: Values = together(MATRIX["operator"], {"files": {"url": "s3://photos"}, "living": {"feedMirrors": True}})
SERVERS = {
    "dns": (End("10.0.0.10", {"k8s-app": "kube-dns"}, "kube-system"), 53),
    "postgres": (End("10.0.1.1", {"cnpg.io/cluster": "smartcity-postgres"}), 5432),
    "keystore": (End("10.0.1.2", {"cnpg.io/cluster": "smartcity-keys"}), 5432),
    "nats": (End("10.0.1.3", {"app.kubernetes.io/name": "nats", "app.kubernetes.io/instance": "smartcity-nats"}), 4222),
    "mqtt": (End("10.0.1.3", {"app.kubernetes.io/name": "nats", "app.kubernetes.io/instance": "smartcity-nats"}), 8883),
    "otlp": (End("10.0.1.4", {"app.kubernetes.io/name": "opentelemetry-collector"}), 4318),
}
INTERNET = {
    "s3": (End("203.0.113.1"), 443),
    "idp": (End("203.0.113.2"), 443),
    "bank": (End("203.0.113.3"), 443),
    "mail": (End("203.0.113.4"), 587),
    "weather": (End("203.0.113.5"), 443),
    "operators": (End("203.0.113.6"), 443),
}
PORTS = {**dict.fromkeys(NAMES, 5000), "gateway": 8080, "migrate": 5000, "test": 8080}


def ends(manifests: list[Manifest]) -> dict[str, End]:
    """Our own pods, the Job and the test included."""
    found = {}
    for number, (_, _, labels) in enumerate(pods(manifests)):
        found[labels["app.kubernetes.io/component"]] = End(f"10.1.0.{number}", labels)
    return found


def reached(values: Values, targets: dict[str, tuple[End, int]]) -> dict[str, set[str]]:
    """Whom each component reaches, of these targets and of the components themselves."""
    manifests = render(values)
    policies = list(of_kind(manifests, "NetworkPolicy").values())
    ours = ends(manifests)
    everybody = {**targets, **{name: (ours[name], PORTS[name]) for name in ours if name in PORTS}}
    return {
        name: {other for other, (end, port) in everybody.items() if other != name and allowed(policies, own, end, port)}
        for name, own in ours.items()
    }


def by_port() -> dict[str, set[str]]:
    """Who may reach one server outside reaches the others on its port: the internet's addresses are not told apart."""
    ports = {name: port for name, (_, port) in INTERNET.items()}
    return {
        name: {*flows, *(other for other in ports if ports[other] in {ports[each] for each in flows & set(ports)})}
        for name, flows in FLOWS.items()
    }


def test_each_component_reaches_what_is_declared_and_nobody_else() -> None:
    assert reached(IN_USE, {**SERVERS, **INTERNET}) == by_port()


def test_with_addresses_of_their_own_servers_outside_are_told_apart() -> None:
    own = {
        each: {"peers": [{"ipBlock": {"cidr": f"{end.address}/32"}}], "port": port}
        for each, (end, port) in INTERNET.items()
    }
    assert reached(together(IN_USE, {"networkPolicy": own}), {**SERVERS, **INTERNET}) == FLOWS


def test_a_way_that_is_not_in_use_is_closed() -> None:
    nothing: Values = {
        "files": {"url": "file:///x"},
        "components": {"gateway": MATRIX["a folder and one gateway"]["components"]["gateway"]},
    }
    used = {"keystore"}
    there = set(FLOWS) - {"callout", "operator"}
    expected = {name: FLOWS[name] - (OUTSIDE - used) - {DEVICES} for name in there}
    assert reached(nothing, {**SERVERS, **INTERNET}) == expected


def test_from_inside_timetables_are_fetched_only_where_their_publishers_may_be_asked() -> None:
    assert MATRIX["operator"]["living"]["operatorFeeds"]
    assert "operators" not in reached(MATRIX["operator"], INTERNET)["operator"]
    assert "operators" in reached(IN_USE, INTERNET)["operator"]


@pytest.mark.parametrize(("purpose", "name"), [("bank", "economy"), ("mail", "governance")])
def test_an_empty_list_of_peers_is_nobody(purpose: str, name: str) -> None:
    values = together(IN_USE, {"networkPolicy": {purpose: {"peers": []}}})
    assert purpose in reached(IN_USE, INTERNET)[name]
    assert purpose not in reached(values, INTERNET)[name]


@pytest.mark.parametrize("purpose", ["dns", "postgres", "nats", "otlp"])
def test_an_empty_list_of_what_all_reach_is_nobody_and_opens_its_port_to_nobody(purpose: str) -> None:
    values = together(IN_USE, {"networkPolicy": {purpose: {"peers": []}}})
    elsewhere = {f"elsewhere-{number}": (end, SERVERS[purpose][1]) for number, end in enumerate(METADATA)}
    there = {purpose: SERVERS[purpose], **elsewhere}
    assert all(not found & set(there) for found in reached(values, there).values())


def test_an_empty_list_of_who_comes_in_leaves_the_gateway_to_the_test() -> None:
    manifests = render(together(IN_USE, {"networkPolicy": {"ingress": {"peers": []}}}))
    policies = list(of_kind(manifests, "NetworkPolicy").values())
    ours = ends(manifests)
    others = {"people": PEOPLE, "stranger": STRANGER, **{name: end for name, end in ours.items() if name != "gateway"}}
    assert {name for name, end in others.items() if allowed(policies, end, ours["gateway"], 8080)} == {"test"}


def test_without_telemetry_nobody_reaches_the_collector() -> None:
    assert all("otlp" not in found for found in reached({"otlpEndpoint": ""}, SERVERS).values())


def test_the_values_name_the_ways_out_that_are_declared() -> None:
    of = merged()["components"]
    assert set(of) == set(COMPONENTS) == set(FLOWS) - {"migrate", "test", "callout", "operator"}
    for name, own in of.items():
        assert set(own.get("reaches", [])) == FLOWS[name] & OUTSIDE
        assert FLOWS[name] >= INSIDE


@pytest.mark.parametrize("values", [IN_USE, DEV, together(DEV, {"oidc": {"issuer": "http://login:80"}})], ids=str)
def test_nobody_reaches_the_metadata_service(values: Values) -> None:
    manifests = render(values)
    policies = list(of_kind(manifests, "NetworkPolicy").values())
    for own, address, port in product(ends(manifests).values(), METADATA, (53, 80, 443, 587, 5432, 4222, 4318)):
        assert not allowed(policies, own, address, port)


def test_nobody_reaches_the_api_server_or_another_ones_pods_through_the_ways_outside() -> None:
    manifests = render(IN_USE)
    policies = list(of_kind(manifests, "NetworkPolicy").values())
    for own, address in product(ends(manifests).values(), ("10.96.0.1", "172.20.0.1", "192.168.1.1")):
        assert not allowed(policies, own, End(address), 443)
        assert not allowed(policies, own, STRANGER, 443)


def test_dns_goes_over_both_protocols() -> None:
    manifests = render(IN_USE)
    policies = list(of_kind(manifests, "NetworkPolicy").values())
    dns, port = SERVERS["dns"]
    for own, protocol in product(ends(manifests).values(), ("UDP", "TCP")):
        assert allowed(policies, own, dns, port, protocol)


@pytest.mark.parametrize("values", [IN_USE, DEV], ids=["production", "dev"])
def test_people_come_in_to_the_gateway_only_and_strangers_nowhere(values: Values) -> None:
    manifests = render(values)
    policies = list(of_kind(manifests, "NetworkPolicy").values())
    for (name, end), port in product(ends(manifests).items(), (80, 5000, 5001, 8080, 5432, 4222, 4318)):
        assert allowed(policies, PEOPLE, end, port) == ((name, port) == ("gateway", 8080))
        assert not allowed(policies, STRANGER, end, port)


def test_health_ports_are_the_nodes_alone() -> None:
    manifests = render(IN_USE)
    policies = list(of_kind(manifests, "NetworkPolicy").values())
    ours = ends(manifests)
    for one, other in product(ours.values(), ours.values()):
        assert not allowed(policies, one, other, 5001)


@pytest.mark.parametrize(
    ("values", "devices"),
    [(DEV, set()), (MATRIX["dev with devices"], {DEVICES}), (MATRIX["dev with an operator"], set())],
    ids=["without", "devices", "operator"],
)
def test_in_dev_mode_the_servers_beside_it_are_meant(values: Values, devices: set[str]) -> None:
    ours = ends(render(values))
    servers = {"postgres": "dev-postgres", "nats": "dev-nats", "otlp": "dev-viewer"}
    targets = {name: (ours[pod], SERVERS[name][1]) for name, pod in servers.items()}
    found = reached(values, {"dns": SERVERS["dns"], DEVICES: (ours["dev-nats"], 1883), **targets})
    for name, flows in FLOWS.items():
        if name not in found:  # devices are off, or nobody operates from inside
            continue
        assert found[name] == flows - OUTSIDE - ({DEVICES} - devices)
    assert all(found[pod] == set() for pod in servers.values())
    away = reached(values, {name: SERVERS[name] for name in ("postgres", "keystore", "nats", "otlp")})
    assert all(not flows & {"postgres", "keystore", "nats", "otlp"} for flows in away.values())


def test_without_policies_nothing_is_said() -> None:
    assert of_kind(render({"networkPolicy": {"enabled": False}}), "NetworkPolicy") == {}
