"""What the chart puts into the environment is what the settings classes read, and enough for each to start."""

import os
import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from deploy.callout.settings import CalloutSettings
from deploy.local.secrets import new_jwk
from deploy.migrate import MigrateSettings
from deploy.operate import access
from deploy.pillars import NAMES, pillar
from gateway.settings import GatewaySettings
from observability.viewer.settings import ViewerSettings
from tests.deploy.helm.charts import DEV, EVERYTHING, MATRIX, Values, containers, pods, render

PREFIX = "SMARTCITY_"
CLASSES: dict[str, type[BaseSettings]] = {
    **{name: pillar(name).settings for name in NAMES},
    "gateway": GatewaySettings,
    "migrate": MigrateSettings,
    "callout": CalloutSettings,
    "dev-viewer": ViewerSettings,
}


def environment(values: Values, component: str) -> dict[str, str]:
    """Of a component's own container. What comes out of a secret is made up; `$(NAME)` is filled in as in a pod."""
    for _, spec, labels in pods(render(values)):
        if labels["app.kubernetes.io/component"] == component:
            variables = spec["containers"][0].get("env", [])
            names = [each["name"] for each in variables]
            assert len(names) == len(set(names)), "a variable stands twice"
            return filled({each["name"]: each.get("value", secret(each["name"])) for each in variables})
    raise AssertionError(f"no pod of {component}")


def filled(given: dict[str, str]) -> dict[str, str]:
    """`$(NAME)` replaced by what stands before it."""
    return {name: re.sub(r"\$\(([A-Z_]+)\)", lambda match: given[match[1]], text) for name, text in given.items()}


def secret(name: str) -> str:
    """Something of the right shape."""
    return str(new_jwk()) if name.endswith("_KEY") else "letters4nd" * 4


@pytest.mark.parametrize("component", CLASSES)
def test_every_variable_is_a_setting_and_every_required_setting_is_given(
    component: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = CLASSES[component]
    fields = {f"{PREFIX}{name.upper()}" for name in settings.model_fields}
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)
    for which, values in MATRIX.items():
        if component not in {labels["app.kubernetes.io/component"] for _, _, labels in pods(render(values))}:
            continue
        given = environment(values, component)
        assert {name for name in given if name.startswith(PREFIX)} <= fields, which
        with monkeypatch.context() as patch:
            for name, value in given.items():
                patch.setenv(name, value)
            settings()


def test_the_viewer_of_a_cluster_tells_times_by_the_clock_of_its_city() -> None:
    assert environment({**DEV, "city": "kabupaten-semarang"}, "dev-viewer")["SMARTCITY_CITY"] == "kabupaten-semarang"


@pytest.mark.parametrize("component", CLASSES)
def test_what_the_settings_call_secret_comes_out_of_a_secret(component: str) -> None:
    secrets = {f"{PREFIX}{name.upper()}" for name, each in CLASSES[component].model_fields.items() if hides(each)}
    for _, spec, labels in pods(render(DEV if component == "dev-viewer" else MATRIX["devices"])):
        if labels["app.kubernetes.io/component"] == component:
            for each in spec["containers"][0].get("env", []):
                if each["name"] in secrets:
                    assert "secretKeyRef" in each.get("valueFrom", {}) or "$(" in each["value"], each["name"]


def hides(field: FieldInfo) -> bool:
    """Whether a field holds secrets."""
    return "SecretStr" in str(field.annotation)


def test_from_inside_an_operator_reaches_what_the_migration_does_and_the_store_of_keys() -> None:
    """By the commands' own way to a platform, which is the environment alone."""
    given = environment(MATRIX["operator"], "operator")
    migration = environment(MATRIX["operator"], "migrate")
    assert {name: given[name] for name in migration} == migration
    assert set(given) - set(migration) == {"POSTGRES_PASSWORD", "SMARTCITY_KEYSTORE_URL"}
    assert given["SMARTCITY_CITY"] == environment(MATRIX["operator"], "living")["SMARTCITY_CITY"]
    assert given["SMARTCITY_KEYSTORE_URL"] == environment(MATRIX["operator"], "governance")["SMARTCITY_KEYSTORE_URL"]
    found = access.find(given)
    assert found.nats_url == "tls://smartcity-nats:4222"
    assert found.nats_ca_file == "/etc/smartcity/nats/ca.crt"


def test_every_component_with_an_image_of_ours_has_its_settings_checked() -> None:
    ours = {
        labels["app.kubernetes.io/component"]
        for _, spec, labels in pods(render(MATRIX["dev with devices"]))
        if any(each["image"].startswith("smartcity:") for each in containers(spec))
    }
    assert ours == {*CLASSES, "test"}


@pytest.mark.parametrize("component", [*NAMES, "gateway"])
def test_what_an_operator_may_set_reaches_the_process(component: str) -> None:
    values: Values = {"logLevel": "WARNING", "traceRatio": 0.5, "drainSeconds": 9, "image": {"tag": "9.9.9"}}
    given = environment(values, component)
    expected = {"LOG_LEVEL": "WARNING", "TRACE_RATIO": "0.5", "DRAIN_SECONDS": "9", "VERSION": "9.9.9"}
    assert {name: given[f"{PREFIX}{name}"] for name in expected} == expected


@pytest.mark.parametrize("component", ["governance", "economy", "environment", "society"])
def test_the_password_of_the_mail_server_comes_out_of_a_secret(component: str) -> None:
    given = environment(MATRIX["mail with a login"], component)
    where = urlsplit(given[f"{PREFIX}SMTP_URL"])
    assert (where.username, where.hostname, where.port) == ("city", "mail.example.org", 587)
    assert where.password == secret("SMTP_PASSWORD")
    (spec,) = [
        spec for _, spec, labels in pods(render(MATRIX["mail with a login"]))
        if labels["app.kubernetes.io/component"] == component
    ]  # fmt: skip
    (held,) = [each for each in spec["containers"][0]["env"] if each["name"] == "SMTP_PASSWORD"]
    assert held["valueFrom"] == {"secretKeyRef": {"name": "mail", "key": "word"}}


def databases(values: Values, component: str) -> dict[str, str]:
    return {name: url for name, url in environment(values, component).items() if "://" in url and "postgres" in url}


def test_in_production_nothing_is_spoken_without_tls() -> None:
    for component in (*NAMES, "gateway", "migrate"):
        given = environment(EVERYTHING, component)
        assert given["SMARTCITY_NATS_URL"].startswith("tls://")
        assert given["SMARTCITY_NATS_CA_FILE"].startswith("/etc/smartcity/nats/")
        for url in databases(EVERYTHING, component).values():
            assert "sslmode=verify-full&sslrootcert=/etc/smartcity/" in url
        if component != "migrate":
            assert given["SMARTCITY_GRPC_CERTIFICATE_FILE"] == "/etc/smartcity/tls/tls.crt"
            assert given["SMARTCITY_MODE"] == "production"
    assert environment(EVERYTHING, "gateway")["SMARTCITY_GRPC_TLS"] == "true"


def test_wrapped_keys_have_a_server_of_their_own() -> None:
    urls = databases(EVERYTHING, "governance")
    assert "@smartcity-postgres-rw:5432/smartcity?" in urls["SMARTCITY_POSTGRES_URL"]
    assert "@smartcity-keys-rw:5432/smartcity_keys?" in urls["SMARTCITY_KEYSTORE_URL"]
    assert urls["SMARTCITY_KEYSTORE_URL"].endswith("/etc/smartcity/keystore/ca.crt")


def test_files_named_in_the_environment_are_mounted() -> None:
    for _, spec, _ in pods(render(MATRIX["operator"])):
        for each in containers(spec):
            mounts = [mount["mountPath"] for mount in each["volumeMounts"]]
            for variable in each.get("env", []):
                for path in re.findall(r"/etc/smartcity/[a-z]+", variable.get("value", "")):
                    assert path in mounts, (each["name"], variable["name"])


def test_a_restored_platform_deletes_no_photo_that_it_does_not_know_until_it_is_told_to() -> None:
    assert environment(MATRIX["restored"], "gateway")["SMARTCITY_PHOTO_SWEEP"] == "false"
    assert "SMARTCITY_PHOTO_SWEEP" not in environment(EVERYTHING, "gateway"), "it sweeps unless it is told not to"


def test_dev_mode_is_local_speaks_plainly_and_is_reached_over_http() -> None:
    """Over plain http cookies are not Secure and forms are taken from the address that port-forward gives."""
    given: dict[str, Any] = environment(DEV, "gateway")
    assert given["SMARTCITY_MODE"] == "local"
    assert given["SMARTCITY_PUBLIC_URL"] == "http://localhost:8080"
    assert given["SMARTCITY_GRPC_TLS"] == "false"
    assert given["SMARTCITY_FILES_URL"].startswith("file:///tmp/")
    assert given["SMARTCITY_OTLP_ENDPOINT"] == "http://smartcity-dev-viewer:4318"
    assert environment(DEV, "governance")["SMARTCITY_PUBLIC_URL"] == "http://localhost:8080"
    assert environment(DEV, "migrate")["SMARTCITY_STREAM_REPLICAS"] == "1"


def test_dev_has_the_secret_of_the_administrator_under_its_own_key() -> None:
    (spec,) = [s for _, s, labels in pods(render(DEV)) if labels["app.kubernetes.io/component"] == "dev-postgres"]
    (password,) = [e for e in spec["containers"][0]["env"] if e["name"] == "POSTGRES_PASSWORD"]
    assert password["valueFrom"]["secretKeyRef"] == {"name": "smartcity-postgres-admin", "key": "password"}
