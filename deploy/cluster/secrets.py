"""Secret manifests with fresh random values for everything that the chart's values refer to.

What others make is not among them: certificates and their authorities (cert-manager, the operator of PostgreSQL), the
keys of the S3 store, the secret of the identity provider, and what an acquirer hands out (`BROUGHT`).
"""

from __future__ import annotations

import base64
import json
import secrets
import string
from dataclasses import dataclass
from typing import Any

import yaml

from deploy.doors import DOORS
from deploy.local.nats import new_seed, public_key
from deploy.local.secrets import new_jwk, new_rsa, public_jwks
from deploy.permissions import ADMIN
from services.kit.door.door import CALLOUT

OWNER = "smartcity_owner"
"""Role that owns the database and may create roles; the migration runs as it."""

KEYS = "governance"
"""Role that owns the database of contacts' keys, whose server takes its password from the Secret."""

BROUGHT = {
    "the authority of PostgreSQL's certificate": "postgres.ca, postgres.keystore.ca",
    "the authority of NATS's certificate": "nats.ca",
    "certificates of gateway and pillars, unless tls.issuer makes them": "<release>-<component>-tls",
    "the portal's certificate": "ingress.tlsSecret",
    "credentials of the photo store": "files.secret",
    "the client's secret at the identity provider, with an oidc.issuer": "oidc.secret",
    "the password at the mail server, where it asks for one": "governance.smtpPassword",
    "what the acquirer hands out, with an economy.snap.url": "client-secret and bank.pem of economy.secret",
}
"""What `smartcity secrets` cannot make, and which value names it."""

Secret = dict[str, Any]


@dataclass(frozen=True)
class Fresh:
    """A first set of secrets, and the values that belong to them."""

    secrets: list[Secret]
    public_keys: dict[str, str]
    devices: dict[str, str]
    """Public keys of `mqtt`; none where devices are not made."""

    def manifests(self) -> str:
        """All Secrets as YAML documents."""
        return str(yaml.safe_dump_all(self.secrets, sort_keys=False, width=1000))

    def values(self) -> str:
        """The part of the chart's values that goes with them, empty where there is none; nothing in it is secret."""
        nats = {"nats": {"publicKeys": self.public_keys}} if self.public_keys else {}
        mqtt = {"mqtt": {"enabled": True, "vehicles": True, **self.devices}} if self.devices else {}
        return str(yaml.safe_dump({**nats, **mqtt}, sort_keys=False, width=1000)) if nats or mqtt else ""


def fresh(values: dict[str, Any], release: str = "smartcity", *, dev: bool = False) -> Fresh:
    """Everything for one installation, that of devices where `mqtt.enabled`.

    `values` are the chart's, merged; `dev`: for its single-node servers.
    """
    components = list(values["components"])
    seeds = {name: new_seed() for name in (*components, ADMIN)}
    made = [
        *_roles(values, components),
        _admin(values, release, dev=dev),
        *(
            secret(f"{values['nats']['users']['prefix']}-{name}", {values["nats"]["users"]["key"]: seed})
            for name, seed in seeds.items()
        ),
        *_assertions(values["assertions"]),
        secret(values["session"]["secret"], {values["session"]["key"]: _key()}),
        secret(values["governance"]["secret"], _governance()),
        secret(values["economy"]["secret"], _economy(values)),
    ]
    devices = of_devices(values) if values["mqtt"]["enabled"] else Fresh([], {}, {})
    public_keys = {name: public_key(seed) for name, seed in seeds.items()}
    return Fresh([*made, *devices.secrets], public_keys, devices.devices)


def of_devices(values: dict[str, Any]) -> Fresh:
    """What is added when devices are switched on later; everything else stays as it is."""
    issuer, callout = new_seed(account=True), new_seed()
    # The server reads a reader's password as a value of its configuration: it must not look like a number.
    readers = {f"{door.reader}-password": f"r{password()}" for door in DOORS}
    held = {**{f"{door.kind}-secret": _key() for door in DOORS}, "issuer": issuer, **readers}
    users, roles = values["nats"]["users"], values["postgres"]["roles"]
    made = [
        secret(values["mqtt"]["secret"], held),
        secret(f"{users['prefix']}-{CALLOUT}", {users["key"]: callout}),
        _login(f"{roles['prefix']}-{CALLOUT}", CALLOUT, roles["key"], password()),
    ]
    return Fresh(made, {}, {"issuer": public_key(issuer), "callout": public_key(callout)})


def of_tickets(values: dict[str, Any]) -> Fresh:
    """What is added when tickets begin to be sold."""
    held = {"ticket.jwk": json.dumps(new_jwk()), "ticket-secret": _key()}
    return Fresh([secret(values["tickets"]["secret"], held)], {}, {})


def secret(name: str, data: dict[str, str], kind: str = "Opaque") -> Secret:
    """One Secret whose values are plain text."""
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "type": kind, "stringData": data}


def password() -> str:
    """32 letters and digits: it stands in URLs as it is."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(32))


def data_key() -> str:
    """32 random bytes in base64."""
    return _key()


def _roles(values: dict[str, Any], components: list[str]) -> list[Secret]:
    """As an operator of PostgreSQL takes them too: with the name of the role."""
    roles = values["postgres"]["roles"]
    made = {name: _login(f"{roles['prefix']}-{name}", name, roles["key"], password()) for name in components}
    _watched(made[KEYS])
    return list(made.values())


def _login(name: str, user: str, key: str, word: str, **more: str) -> Secret:
    kind = "kubernetes.io/basic-auth" if key == "password" else "Opaque"
    return secret(name, {"username": user, key: word, **more}, kind)


def _watched(login: Secret) -> Secret:
    """Of a role whose password CloudNativePG sets: unlabelled, a new one is noticed with the cluster's next change."""
    login["metadata"]["labels"] = {"cnpg.io/reload": "true"}
    return login


def _admin(values: dict[str, Any], release: str, *, dev: bool) -> Secret:
    postgres = values["postgres"]
    word, user = password(), "postgres" if dev else OWNER
    if dev:
        url = f"postgresql://{user}:{word}@{release}-dev-postgres:5432/{postgres['database']}?sslmode=disable"
    else:
        url = (
            f"postgresql://{user}:{word}@{postgres['host']}:{postgres['port']}/{postgres['database']}"
            f"?sslmode={postgres['sslmode']}&sslrootcert=/etc/smartcity/postgres/{postgres['ca']['key']}"
        )
    return _watched(_login(postgres["admin"]["secret"], user, "password", word, **{postgres["admin"]["key"]: url}))


def _assertions(names: dict[str, Any]) -> list[Secret]:
    private = new_jwk()
    return [
        secret(names["private"]["secret"], {names["private"]["key"]: json.dumps(private)}),
        secret(names["public"]["secret"], {names["public"]["key"]: public_jwks(private)}),
    ]


def _governance() -> dict[str, str]:
    receipt = json.dumps(new_jwk())
    made = {"data-key": data_key(), "data-keys-old": "", "link-secret": _key(), "mail-keys": _key()}
    return {**made, "receipt.jwk": receipt}


def _economy(values: dict[str, Any]) -> dict[str, str]:
    made = {"receipt.jwk": json.dumps(new_jwk())}
    return {**made, "private.pem": new_rsa()} if values["economy"]["snap"]["url"] else made


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()
