"""Values that would fail at night are refused when they are rendered, and the message says what to do."""

from typing import Any

import pytest
from helm_python import HelmError

from deploy.cluster.chart import values as merged
from tests.deploy.helm.charts import DEV, GATEWAY_API, MATRIX, PUBLIC_KEYS, Values, render, together

ALL = {"cidr": "0.0.0.0/0"}
OUTSIDE = [{"ipBlock": {"cidr": "203.0.113.7/32"}}]


def outside(server: str, **values: Any) -> Values:
    """A server that is none of the cluster's, at the usual port of the policy."""
    return {"networkPolicy": {server: {"peers": OUTSIDE}}, **values}


KEYSTORE = {"host": "keys.example.org", "port": 25061}
MQTT = {"url": "mqtts://nats.example.org:8884"}
SERVERS = "tls://a.example.org:4223,tls://b.example.org:4223"


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"defaults": {"autoscaling": {"max": 20}}}, "lower defaults.pool or autoscaling.max, or raise maxConnections"),
        (
            {"defaults": {"pool": 16}},
            "may take 756 connections, 80 % of postgres.maxConnections are 480",
        ),
        ({"components": {"living": {"autoscaling": {"min": 9}}}}, "components.living: autoscaling.min 9 is above"),
        ({"files": {"url": "file:///photos"}}, "more than one gateway needs files.url to be s3://"),
        ({"tls": {"enabled": False}}, "tls.enabled: false is possible with dev.enabled only"),
        ({"nats": {"url": "nats://smartcity-nats:4222"}}, "nats.url must begin with tls:// outside dev mode"),
        ({"postgres": {"sslmode": "require"}}, "postgres.sslmode must be verify-full outside dev mode"),
        ({"publicUrl": "http://smartcity.example.org"}, "publicUrl must begin with https:// outside dev mode"),
        ({"oidc": {"issuer": "http://login.example.org"}}, "oidc.issuer must begin with https:// outside dev mode"),
        ({"economy": {"snap": {"url": "http://bank.example.org"}}}, "economy.snap.url must begin with https://"),
        ({"economy": {"snap": {"reportUrl": "ftp://bank/{day}"}}}, "economy.snap.reportUrl must begin with https://"),
        ({"gatewayApi": {"enabled": True, "parents": [{"name": "x"}]}}, "choose one of ingress and gatewayApi"),
        ({"gatewayApi": {"enabled": True}, "ingress": {"enabled": False}}, "needs gatewayApi.parents"),
        ({"dev": {"enabled": True}}, "`smartcity secrets --dev` prints them"),
        ({"nats": {"publicKeys": {"admin": PUBLIC_KEYS["admin"]}}}, "nats.publicKeys lacks"),
        ({"trustedProxies": ""}, "trustedProxies is empty, so all visitors would share one rate: put the addresses"),
        (together(GATEWAY_API, {"trustedProxies": ""}), "trustedProxies is empty"),
        ({"trustedProxies": "10.0.0.0/8, 0.0.0.0/0"}, "trustedProxies: 0.0.0.0/0 believes everybody"),
        ({"trustedProxies": "::/0"}, "trustedProxies: ::/0 believes everybody"),
        ({"trustedProxies": "my-ingress"}, "trustedProxies"),
        ({"governance": {"smtpUrl": "smtps://mail.example.org"}}, "set networkPolicy.mail.port to 465"),
        ({"governance": {"smtpUrl": "smtp://me:word@[2001:db8::1]:25"}}, "governance.smtpUrl is at port 25, and"),
        ({"governance": {"smtpUrl": "mail.example.org:587"}}, "governance/smtpUrl"),
        ({"governance": {"smtpUrl": "smtp://me:$(SMTP_PASSWORD)@mail.example.org"}}, "governance.smtpPassword.secret"),
        ({"governance": {"smtpPassword": {"secret": "mail"}}}, "governance.smtpUrl says $(SMTP_PASSWORD)"),
        ({"oidc": {"issuer": "https://login.example.org:8443/realms/city"}}, "set networkPolicy.idp.port to 8443"),
        ({"oidc": {"issuer": "login.example.org"}}, "oidc/issuer"),
        ({"economy": {"snap": {"url": "https://bank.example.org:9443"}}}, "set networkPolicy.bank.port to 9443"),
        (
            {"living": {"operatorFeeds": "a=A@https://a.example.org/rt b=B@https://b.example.org:81/rt"}},
            "living.operatorFeeds is at port 81, and networkPolicy.operators opens 443 alone",
        ),
        (
            outside("postgres", postgres={"host": "pg.example.org", "port": 25060}),
            "postgres.port is at port 25060, and networkPolicy.postgres opens 5432 alone",
        ),
        (outside("keystore", postgres={"keystore": KEYSTORE}), "set networkPolicy.keystore.port to 25061"),
        (outside("nats", nats={"url": "tls://nats.example.org:4223"}), "set networkPolicy.nats.port to 4223"),
        (outside("nats", nats={"url": SERVERS}), "nats.url is at port 4223, and networkPolicy.nats opens 4222 alone"),
        (outside("nats", nats={"url": "tls://a.example.org, tls://b.example.org:4223"}), "nats.url is at port 4223"),
        (together(MATRIX["devices"], outside("mqtt", mqtt=MQTT)), "set networkPolicy.mqtt.port to 8884"),
        (outside("otlp", otlpEndpoint="https://otlp.example.org"), "set networkPolicy.otlp.port to 443"),
        ({"networkPolicy": {"s3": {"peers": [{"ipBlock": ALL}]}}}, "networkPolicy.s3 opens the metadata address"),
        ({"networkPolicy": {"idp": {"peers": [{"ipBlock": {"cidr": "::/0"}}]}}}, "add fd00:ec2::254/128"),
    ],
    ids=lambda it: str(it)[:60],
)
def test_it_is_refused_with_what_to_do(values: Values, message: str) -> None:
    with pytest.raises(HelmError) as refused:
        render(values)
    assert message in str(refused.value)


def test_several_servers_of_nats_are_reached_at_the_port_that_all_of_them_have() -> None:
    assert render({"nats": {"url": SERVERS}, "networkPolicy": {"nats": {"peers": OUTSIDE, "port": 4223}}})


def connections(values: Values) -> int:
    """Every replica at its most and one more while it rolls, and four of the migration."""
    found = 4
    of = merged(values)
    for own in of["components"].values():
        it = merged({"defaults": own})["defaults"]
        found += (it["autoscaling"]["max"] + 1) * it["pool"]
    return found


@pytest.mark.parametrize("most", [475, 476])
def test_the_connections_may_take_four_fifths_and_not_one_more(most: int) -> None:
    """380 connections at the most are 80 % of 475."""
    values: dict[str, Any] = {"postgres": {"maxConnections": most - 1}}
    assert connections(values) == 380
    if (most - 1) * 8 // 10 >= 380:
        assert render(values)
    else:
        with pytest.raises(HelmError, match="380 connections"):
            render(values)


@pytest.mark.parametrize(
    "values",
    [{"ingress": {"enabled": False}}, DEV, {"trustedProxies": "10.244.0.0/16,2001:db8::/32, 192.0.2.7"}],
    ids=["no ingress", "dev", "named"],
)
def test_proxies_need_a_name_only_where_there_are_any(values: Values) -> None:
    assert render(together({"trustedProxies": ""}, values))


@pytest.mark.parametrize(
    "values",
    [
        {"publicUrl": "http://smartcity.example.org", "tls": {"enabled": False}},
        {"postgres": {"sslmode": "disable"}, "nats": {"url": "nats://somewhere:4222"}},
        {"oidc": {"issuer": "http://login:8080"}},
    ],
    ids=str,
)
def test_dev_mode_takes_what_production_refuses(values: Values) -> None:
    assert render(together(DEV, values))


INSIDE = [{"podSelector": {"matchLabels": {"app": "mail"}}}]


@pytest.mark.parametrize(
    "values",
    [
        {"governance": {"smtpUrl": "smtp://mail.example.org"}},
        {"governance": {"smtpUrl": "smtps://mail.example.org"}, "networkPolicy": {"mail": {"port": 465}}},
        {"governance": {"smtpUrl": "smtp://mail:25"}, "networkPolicy": {"mail": {"port": 2525, "peers": INSIDE}}},
        {"governance": {"smtpUrl": "smtp://mail:25"}, "networkPolicy": {"mail": {"peers": []}}},
        {"governance": {"smtpUrl": "smtp://mail:25"}, "networkPolicy": {"enabled": False}},
        {"oidc": {"issuer": "https://login.example.org/realms/city"}},
        {"postgres": {"port": 6432}},
        outside("postgres", postgres={"host": "pg.example.org"}),
        outside("nats", nats={"url": "tls://nats.example.org"}),
        outside("mqtt", mqtt={"url": "mqtts://nats.example.org:8884"}),
        outside("otlp", otlpEndpoint=""),
        together(DEV, outside("postgres", postgres={"port": 25060})),
    ],
    ids=lambda it: str(it)[:60],
)
def test_the_port_of_an_address_counts_for_servers_outside_that_a_policy_opens(values: Values) -> None:
    render(values)
