"""`smartcity secrets`: everything that the chart refers to, fresh each time, kept nowhere; and rotation of keys."""

import base64
import json
import stat
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey
from typer.testing import CliRunner

from deploy.cli import app
from deploy.cluster import chart, rotation
from deploy.cluster.rotation import RotationError
from deploy.cluster.secrets import OWNER, Fresh, Secret, fresh, of_devices
from deploy.local.nats import public_key
from deploy.pillars import NAMES
from gateway.settings import GatewaySettings
from services.governance.keys.cipher import WrappingKey
from services.kit.signing import Signer
from tests.deploy.helm.charts import DEV, EVERYTHING, MATRIX, Values, containers, pods, render, together

BROUGHT = {
    ("smartcity-postgres-ca", "ca.crt"), ("smartcity-keys-ca", "ca.crt"), ("smartcity-nats-tls", "ca.crt"),
    ("smartcity-files", ""), ("smartcity-oidc", "client-secret"),
    ("smartcity-economy", "client-secret"), ("smartcity-economy", "bank.pem"), ("mail", "word"),
    *((f"smartcity-{name}-tls", "") for name in (*NAMES, "gateway")),
}  # fmt: skip
"""What operators, cert-manager and other houses bring; `smartcity secrets` lists them."""


def referred(values: Values) -> set[tuple[str, str]]:
    """Secrets and keys that pods cannot do without; an empty key is the whole Secret."""
    found: set[tuple[str, str]] = set()
    for _, spec, _ in pods(render(values)):
        for volume in spec.get("volumes", []):
            if "secret" in volume:
                items = volume["secret"].get("items", [{"key": ""}])
                found |= {(volume["secret"]["secretName"], item["key"]) for item in items}
        for each in containers(spec):
            found |= {(source["secretRef"]["name"], "") for source in each.get("envFrom", []) if "secretRef" in source}
            sources = [variable.get("valueFrom", {}).get("secretKeyRef") for variable in each.get("env", [])]
            found |= {(each["name"], each["key"]) for each in sources if each and not each.get("optional")}
    return found


def made(values: Values, *, dev: bool = False) -> tuple[Fresh, dict[str, dict[str, str]]]:
    """A fresh set for these values, and its contents by name."""
    found = fresh(chart.values(values), dev=dev)
    return found, {each["metadata"]["name"]: each["stringData"] for each in found.secrets}


@pytest.mark.parametrize(
    "which", ["default", "production", "login", "bank", "mail with a login", "devices", "operator"]
)
def test_every_secret_that_the_chart_refers_to_is_made_or_brought_by_others(which: str) -> None:
    _, contents = made(MATRIX[which])
    there = {(name, key) for name, data in contents.items() for key in data}
    assert referred(MATRIX[which]) - there <= BROUGHT


def test_in_dev_mode_nothing_needs_to_be_brought() -> None:
    _, contents = made({}, dev=True)
    assert referred(DEV) <= {(name, key) for name, data in contents.items() for key in data}


def test_devices_are_switched_on_later_with_what_is_theirs_alone() -> None:
    found = of_devices(chart.values())
    contents = {each["metadata"]["name"]: each["stringData"] for each in found.secrets}
    assert set(contents) == {"smartcity-devices", "smartcity-nats-callout", "smartcity-postgres-callout"}
    assert public_key(contents["smartcity-nats-callout"]["seed"]) == found.devices["callout"]
    assert public_key(contents["smartcity-devices"]["issuer"]) == found.devices["issuer"]
    assert len(base64.b64decode(contents["smartcity-devices"]["device-secret"])) == 32
    assert contents["smartcity-devices"]["reader-password"][0].isalpha()
    render(together(EVERYTHING, yaml.safe_load(found.values())))


def test_what_is_no_yaml_is_said_by_its_place_and_not_shown(tmp_path: Path) -> None:
    broken = "data:\n  key: SECRET: [\n"
    (tmp_path / "kota.yaml").write_text(broken)
    for words, given in (
        (["secrets", "rotate", "data-key", "announce"], broken),
        (["secrets", "--values", str(tmp_path / "kota.yaml")], None),
    ):
        done = CliRunner().invoke(app, words, input=given)
        assert done.exit_code == 2
        assert "is no YAML, see line 2" in done.stderr
        assert "SECRET" not in done.output


def test_other_names_in_the_values_are_other_names_of_the_secrets() -> None:
    values = together({"session": {"secret": "mine", "key": "s"}, "nats": {"users": {"prefix": "bus", "key": "nk"}}})
    _, contents = made(values)
    assert set(contents["mine"]) == {"s"}
    assert {f"bus-{name}" for name in (*NAMES, "gateway", "admin")} <= set(contents)


def test_each_secret_is_of_use() -> None:
    found, contents = made(EVERYTHING)
    for name, key in found.public_keys.items():
        assert public_key(contents[f"smartcity-nats-{name}"]["seed"]) == key
    governance = contents["smartcity-governance"]
    assert WrappingKey.read(governance["data-key"])
    assert len(base64.b64decode(governance["link-secret"])) == 32
    assert Signer.load(governance["receipt.jwk"]).key_id
    assert (
        Signer.load(contents["smartcity-economy"]["receipt.jwk"]).key_id
        != Signer.load(governance["receipt.jwk"]).key_id
    )
    assert contents["smartcity-economy"]["private.pem"].startswith("-----BEGIN PRIVATE KEY-----")
    assert len(contents["smartcity-session"]["secret"]) >= 32
    assert GatewaySettings.model_fields["session_secret"].is_required()
    passwords = [contents[f"smartcity-postgres-{name}"]["password"] for name in NAMES]
    assert all(word.isalnum() and len(word) == 32 for word in passwords)
    assert len(set(passwords)) == len(passwords)


def test_the_owner_of_the_database_is_named_as_the_operator_and_the_migration_need_it() -> None:
    _, contents = made({})
    admin = contents["smartcity-postgres-admin"]
    assert admin["username"] == OWNER
    assert admin["url"] == (
        f"postgresql://{OWNER}:{admin['password']}@smartcity-postgres-rw:5432/smartcity"
        "?sslmode=verify-full&sslrootcert=/etc/smartcity/postgres/ca.crt"
    )
    _, contents = made({}, dev=True)
    admin = contents["smartcity-postgres-admin"]
    assert (
        admin["url"]
        == f"postgresql://postgres:{admin['password']}@smartcity-dev-postgres:5432/smartcity?sslmode=disable"
    )


@pytest.mark.parametrize("file", ["cloudnative-pg.yaml", "cloudnative-pg-restore.yaml"])
def test_a_server_of_cloudnativepg_takes_a_new_password_as_soon_as_its_secret_has_it(file: str) -> None:
    """The operator watches labelled Secrets; at another it looks when it next looks at the cluster, hours later."""
    servers = yaml.safe_load_all((chart.CHART.parent / "values" / file).read_text(encoding="utf-8"))
    clusters = [each["spec"] for each in servers if each["kind"] == "Cluster"]
    logins = {spec.get("bootstrap", {}).get("initdb", {}).get("secret", {}).get("name") for spec in clusters}
    logins |= {role["passwordSecret"]["name"] for spec in clusters for role in spec.get("managed", {}).get("roles", [])}
    labels = {each["metadata"]["name"]: each["metadata"].get("labels", {}) for each in made({})[0].secrets}
    named = logins - {None}
    assert named
    assert {name for name in named if labels[name].get("cnpg.io/reload") != "true"} == set()


def test_two_sets_have_nothing_in_common() -> None:
    _, one = made(EVERYTHING)
    _, other = made(EVERYTHING)
    both = [(name, key) for name, data in one.items() for key in data if data[key] and other[name][key] == data[key]]
    assert {key for _, key in both} == {"username"}


def run(*arguments: str, given: str = "") -> tuple[int, str]:
    """Exit code and output of the command."""
    result = CliRunner().invoke(app, ["secrets", *arguments], input=given)
    return result.exit_code, result.output


def test_what_is_printed_is_yaml_and_tells_what_others_bring() -> None:
    code, output = run()
    assert code == 0
    assert {each["kind"] for each in yaml.safe_load_all(output)} == {"Secret"}
    assert "# nats:" in output
    assert "# Others bring:" in output
    assert "oidc.secret" in output
    assert "Others bring" not in run("--dev")[1]


def test_the_values_that_are_printed_are_taken_by_the_chart(tmp_path: Path) -> None:
    assert run("--dev", "--write", str(tmp_path))[0] == 0
    keys = yaml.safe_load((tmp_path / "public-keys.yaml").read_text())
    assert render(together({"dev": {"enabled": True}}, keys))


def test_files_are_written_for_their_owner_and_never_over_others(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    code, output = run("--write", str(folder))
    assert code == 0
    assert "stringData" not in output
    assert "the portal's certificate: ingress.tlsSecret" in output, "what others bring is told here as well"
    assert {stat.S_IMODE(each.stat().st_mode) for each in folder.iterdir()} == {0o600}
    before = (folder / "secrets.yaml").read_text()
    code, output = run("--write", str(folder))
    assert code == 1
    assert "never overwritten" in output
    (folder / "secrets.yaml").unlink()
    assert run("--write", str(folder))[0] == 1, "half of a set belongs to another one"
    assert not (folder / "secrets.yaml").exists()
    assert before


def in_cluster(secrets: list[Secret]) -> str:
    """As `kubectl get -o yaml` prints them."""
    items = [
        {
            **{key: each[key] for key in ("apiVersion", "kind", "type")},
            "metadata": {**each["metadata"], "uid": "1", "resourceVersion": "7"},
            "data": {key: base64.b64encode(value.encode()).decode() for key, value in each["stringData"].items()},
        }
        for each in secrets
    ]
    return str(yaml.safe_dump({"apiVersion": "v1", "kind": "List", "items": items}))


def applied(held: Secret, given: Secret) -> Secret:
    """As `kubectl apply` leaves it, seen on a real API server: `data` is replaced, `stringData` only adds."""
    replaced = {key: base64.b64decode(value).decode() for key, value in given.get("data", {}).items()}
    return {**held, "stringData": {**(replaced or held["stringData"]), **given.get("stringData", {})}}


class Rotating:
    """The secrets of a cluster, step by step."""

    def __init__(self, way: str) -> None:
        found, _ = made({})
        self.way, self.held = way, {each["metadata"]["name"]: each for each in found.secrets}

    def step(self, step: str) -> int:
        """Applies what the command prints; its exit code."""
        code, output = run("rotate", self.way, step, given=in_cluster(list(self.held.values())))
        if code == 0:
            for each in yaml.safe_load_all(output):
                self.held[each["metadata"]["name"]] = applied(self.held[each["metadata"]["name"]], each)
        return code

    def get(self, name: str, key: str) -> str:
        return str(self.held[name]["stringData"].get(key, ""))


def signed(private: str) -> str:
    key = OKPKey.import_key(json.loads(private))
    return jwt.encode({"alg": "Ed25519", "kid": key.kid}, {"sub": "x"}, key, algorithms=["Ed25519"])


def holds(token: str, public: str) -> bool:
    try:
        jwt.decode(token, KeySet.import_key_set(json.loads(public)), algorithms=["Ed25519"])
    except JoseError:
        return False
    return True


def test_at_every_moment_of_a_rotation_pillars_believe_the_gateway() -> None:
    """Old and new pods stand beside each other in each step: each signer is believed by each verifier."""
    rotating = Rotating("assertions")
    private, public = ("smartcity-assertions", "private.jwk"), ("smartcity-assertions-public", "jwks.json")
    states = [(rotating.get(*private), rotating.get(*public))]
    for step in rotation.STEPS:
        assert rotating.step(step) == 0
        states.append((rotating.get(*private), rotating.get(*public)))
    for before, after in pairwise(states):
        for signer in (before[0], after[0]):
            for verifier in (before[1], after[1]):
                assert holds(signed(signer), verifier)
    assert not holds(signed(states[0][0]), states[-1][1]), "the former key is forgotten"
    assert "next.jwk" not in rotating.held["smartcity-assertions"]["stringData"]


def test_at_every_moment_of_a_rotation_every_pod_opens_every_contact_and_takes_no_new_key_for_a_former_one() -> None:
    rotating = Rotating("data-key")

    def state() -> tuple[str, set[str]]:
        held = rotating.held["smartcity-governance"]["stringData"]
        former = set(filter(None, held["data-keys-old"].split(","))) - {held.get("data-key-next")}
        formers.append(former)
        return held["data-key"], {held["data-key"], *filter(None, held["data-keys-old"].split(","))}

    formers: list[set[str]] = []
    states = [state()]
    for step in ("announce", "switch"):
        assert rotating.step(step) == 0
        states.append(state())
    for before, after in pairwise(states):
        assert {before[0], after[0]} <= before[1] & after[1]
    assert formers == [set(), set(), {states[0][0]}]
    assert rotating.step("retire") == 0
    assert state() == (states[-1][0], {states[-1][0]})
    assert states[0][0] != states[-1][0]
    assert "data-key-next" not in rotating.held["smartcity-governance"]["stringData"]


def test_the_data_key_that_stays_is_named_as_the_key_store_names_it() -> None:
    rotating = Rotating("data-key")
    assert [rotating.step(step) for step in ("announce", "switch")] == [0, 0]
    code, output = run("rotate", "data-key", "retire", given=in_cluster(list(rotating.held.values())))
    kept = WrappingKey.read(rotating.get("smartcity-governance", "data-key")).id
    assert (code, f"# {kept} is kept" in output) == (0, True)


@pytest.mark.parametrize("way", ["assertions", "data-key"])
def test_a_step_out_of_order_is_refused_with_the_one_to_take(way: str) -> None:
    rotating = Rotating(way)
    assert rotating.step("switch") == 1
    assert rotating.step("announce") == 0
    assert rotating.step("announce") == 1
    assert rotating.step("retire") == 1
    assert rotating.step("switch") == 0
    assert rotating.step("switch") == 1
    assert rotating.step("retire") == 0


@pytest.mark.parametrize(
    ("way", "name", "following", "key"),
    [
        ("assertions", "smartcity-assertions", "next.jwk", "private.jwk"),
        ("data-key", "smartcity-governance", "data-key-next", "data-key"),
    ],
)
def test_a_key_that_is_in_use_is_announced_no_more(way: str, name: str, following: str, key: str) -> None:
    """A second switch would forget the former key while contacts are still wrapped with it."""
    rotating = Rotating(way)
    assert rotating.step("announce") == 0
    assert rotating.step("switch") == 0
    held = rotating.held[name]["stringData"]
    held[following] = held[key]
    assert rotating.step("switch") == 1
    assert rotating.step("retire") == 0
    assert following not in rotating.held[name]["stringData"]


def test_what_is_not_read_is_named() -> None:
    names: dict[str, Any] = chart.values()["assertions"]
    with pytest.raises(RotationError, match="Secret smartcity-assertions is not among what was read"):
        rotation.assertions({}, names, "announce")
    assert run("rotate", "passwords", "announce")[0] == 2
