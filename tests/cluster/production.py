"""What production brings itself, as small as it can be: PostgreSQL twice and NATS with TLS, certificates for everybody.

PostgreSQL speaks plain text within its pod; a process beside it ends TLS before it, with the platform's own image, so
that no build of PostgreSQL is too small. NATS takes up its users again when the chart writes them, as the reloader of
its own chart does.
"""

from __future__ import annotations

import textwrap
from typing import Any

from cryptography import x509
from cryptography.x509.oid import NameOID

from deploy.cluster.secrets import OWNER, Fresh
from tests.cluster.conftest import RELEASE, Cluster
from tests.deploy.helm.charts import COMPONENTS, Values
from tests.fixtures.authority import Authority

VALUES: Values = {
    "publicUrl": "https://kota.example.org",
    "files": {"url": "s3://kota-photos"},
    "ingress": {"enabled": False},
    "otlpEndpoint": "",
    "nats": {"streamReplicas": 1},
}
"""No ingress and no photo store are there; nobody asks for them."""

_NAMES = {"postgres": f"{RELEASE}-postgres-rw", "keys": f"{RELEASE}-keys-rw", "nats": f"{RELEASE}-nats"}
_END_TLS = """
import asyncio, ssl, struct
context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
context.load_cert_chain("/tls/tls.crt", "/tls/tls.key")
async def copy(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()
async def serve(reader, writer):
    try:
        if await reader.readexactly(8) != struct.pack(">ii", 8, 80877103):  # SSLRequest
            return writer.close()
        writer.write(b"S")
        await writer.drain()
        await writer.start_tls(context)
        up_reader, up_writer = await asyncio.open_connection("127.0.0.1", 5433)
        await asyncio.gather(copy(reader, up_writer), copy(up_reader, writer))
    except (OSError, asyncio.IncompleteReadError):
        writer.close()
async def main():
    async with await asyncio.start_server(serve, "0.0.0.0", 5432) as server:
        await server.serve_forever()
asyncio.run(main())
"""
_RELOAD = """
import os, pathlib, signal, time
users, before = pathlib.Path("/etc/smartcity-nats/users.conf"), None
while True:
    now = users.read_bytes()
    if before is not None and now != before:
        for each in pathlib.Path("/proc").glob("[0-9]*/comm"):
            if each.read_text().strip() == "nats-server":
                os.kill(int(each.parent.name), signal.SIGHUP)
    before = now
    time.sleep(1)
"""
_NATS_CONF = """
port: 4222
max_payload: 1MB
jetstream { store_dir: /data, max_file_store: 800MB, sync_interval: always }
tls { cert_file: /tls/tls.crt, key_file: /tls/tls.key, ca_file: /tls/ca.crt }
include ../smartcity-nats/users.conf
"""
_LOCKED = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}

_SHARE = {"requests": {"cpu": "100m", "memory": "64Mi"}}
"""As the chart's own servers of dev mode have it: a pod that asks for no share of the CPU gets next to none while
everything else starts anew, and all who need it wait for it."""


class InCluster(Authority):
    """Issues certificates for services under their short and their long names."""

    namespace = ""

    def names(self, subject: x509.Name) -> list[x509.GeneralName]:
        """Of the service that the subject names."""
        name = str(subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)
        return [x509.DNSName(name), x509.DNSName(f"{name}.{self.namespace}.svc")]


def certificate(authority: Authority, name: str) -> dict[str, str]:
    """What lies in a Secret of cert-manager, freshly issued."""
    files = authority.issue(name)
    return {
        "ca.crt": files.authority.read_text(),
        "tls.crt": files.certificate.read_text(),
        "tls.key": files.key.read_text(),
    }


def bring(cluster: Cluster, made: Fresh, authority: Authority) -> None:
    """Servers, certificates and secrets that the chart refers to."""
    core, space, image = cluster.core, cluster.namespace, cluster.values["image"]

    def secret(name: str, data: dict[str, str]) -> None:
        core.create_namespaced_secret(space, {"metadata": {"name": name}, "stringData": data})

    def config(name: str, data: dict[str, str]) -> None:
        core.create_namespaced_config_map(space, {"metadata": {"name": name}, "data": data})

    for component in (*COMPONENTS, "nats"):
        secret(f"{RELEASE}-{component}-tls", certificate(authority, f"{RELEASE}-{component}"))
    secret(f"{RELEASE}-files", {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y"})
    config("programs", {"end_tls.py": textwrap.dedent(_END_TLS), "reload.py": textwrap.dedent(_RELOAD)})
    config("nats-config", {"nats.conf": _NATS_CONF})
    words = {
        each["metadata"]["name"]: each["stringData"]["password"]
        for each in made.secrets
        if "password" in each["stringData"]
    }
    owner, keeper = words[f"{RELEASE}-postgres-admin"], words[f"{RELEASE}-postgres-governance"]
    roles = {
        "postgres": f"CREATE ROLE {OWNER} LOGIN CREATEROLE PASSWORD '{owner}'; CREATE DATABASE smartcity OWNER {OWNER}",
        "keys": f"CREATE ROLE governance LOGIN PASSWORD '{keeper}'; CREATE DATABASE smartcity_keys OWNER governance",
    }
    for name, text in roles.items():
        config(f"{name}-first", {"first.sql": f"{text};"})
        held = certificate(authority, _NAMES[name])
        secret(f"{RELEASE}-{name}-ca", {"ca.crt": held["ca.crt"]})
        secret(f"{name}-tls", held)
        labels = {"cnpg.io/cluster": f"{RELEASE}-{name}"}
        core.create_namespaced_pod(space, _postgres(name, labels, image))
        core.create_namespaced_service(space, _service(_NAMES[name], labels, 5432))
    labels = {"app.kubernetes.io/name": "nats", "app.kubernetes.io/instance": f"{RELEASE}-nats"}
    core.create_namespaced_pod(space, _nats(labels, image))
    core.create_namespaced_service(space, _service(_NAMES["nats"], labels, 4222))


def _service(name: str, labels: dict[str, str], port: int) -> dict[str, Any]:
    return {"metadata": {"name": name}, "spec": {"clusterIP": "None", "selector": labels, "ports": [{"port": port}]}}


def _postgres(name: str, labels: dict[str, str], image: dict[str, str]) -> dict[str, Any]:
    server = {
        "name": "postgres",
        "image": "postgres:18",
        "args": ["-c", "max_connections=300", "-c", "port=5433"],
        "env": [
            {"name": "POSTGRES_PASSWORD", "value": "only-within-this-pod"},
            {"name": "PGDATA", "value": "/var/lib/postgresql/data"},
            {"name": "PGPORT", "value": "5433"},
        ],
        "volumeMounts": [
            {"name": "data", "mountPath": "/var/lib/postgresql"},
            {"name": "scratch", "mountPath": "/tmp"},
            {"name": "scratch", "mountPath": "/var/run/postgresql"},
            {"name": "first", "mountPath": "/docker-entrypoint-initdb.d"},
        ],
    }
    volumes = [
        {"name": "data", "emptyDir": {}},
        {"name": "scratch", "emptyDir": {}},
        {"name": "first", "configMap": {"name": f"{name}-first"}},
        {"name": "tls", "secret": {"secretName": f"{name}-tls", "defaultMode": 0o440}},
    ]
    beside = _program(image, "end_tls.py", [{"name": "tls", "mountPath": "/tls"}])
    return _pod(name, labels, 999, [server, beside], volumes)


def _nats(labels: dict[str, str], image: dict[str, str]) -> dict[str, Any]:
    users = {"name": "users", "mountPath": "/etc/smartcity-nats"}
    server = {
        "name": "nats",
        "image": "nats:2.15.1",
        "args": ["--config", "/etc/nats-config/nats.conf"],
        "volumeMounts": [
            users,
            {"name": "data", "mountPath": "/data"},
            {"name": "tls", "mountPath": "/tls"},
            {"name": "config", "mountPath": "/etc/nats-config"},
        ],
    }
    volumes = [
        {"name": "data", "emptyDir": {}},
        {"name": "tls", "secret": {"secretName": f"{RELEASE}-nats-tls", "defaultMode": 0o440}},
        {"name": "config", "configMap": {"name": "nats-config"}},
        {"name": "users", "configMap": {"name": f"{RELEASE}-nats-users"}},
    ]
    pod = _pod("nats", labels, 1000, [server, _program(image, "reload.py", [users])], volumes)
    pod["spec"]["shareProcessNamespace"] = True
    return pod


def _program(image: dict[str, str], file: str, mounts: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "name": "beside",
        "image": f"{image['repository']}:{image['tag']}",
        "imagePullPolicy": image["pullPolicy"],
        "command": ["python", f"/programs/{file}"],
        "volumeMounts": [*mounts, {"name": "programs", "mountPath": "/programs"}],
    }


def _pod(
    name: str, labels: dict[str, str], user: int, containers: list[dict[str, Any]], volumes: list[dict[str, Any]]
) -> dict[str, Any]:
    spec = {
        "automountServiceAccountToken": False,
        "securityContext": {
            "runAsNonRoot": True, "runAsUser": user, "runAsGroup": user, "fsGroup": user,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [{**each, "securityContext": _LOCKED, "resources": _SHARE} for each in containers],
        "volumes": [*volumes, {"name": "programs", "configMap": {"name": "programs"}}],
    }  # fmt: skip
    return {"metadata": {"name": name, "labels": labels}, "spec": spec}
