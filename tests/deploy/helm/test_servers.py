"""The values for NATS, PostgreSQL and certificates beside the chart: they name what values.yaml names."""

import re
import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import pytest
import yaml

from deploy import migrate
from deploy.cluster import chart
from deploy.cluster.secrets import OWNER, fresh
from deploy.doors import DOORS
from deploy.local.postgres import Postgres, with_user
from deploy.pillars import NAMES, pillar
from deploy.wait import missing
from services.kit.database.migrate import current, heads
from services.kit.database.pool import connect_pool
from services.kit.door import store
from services.kit.door.door import CALLOUT
from tests.deploy.helm.charts import Manifest

FOLDER = chart.CHART.parent / "values"
VALUES = chart.values()


def documents(name: str) -> dict[tuple[str, str], Manifest]:
    """Manifests of a file by kind and name."""
    found = yaml.safe_load_all((FOLDER / name).read_text(encoding="utf-8"))
    return {(each["kind"], each["metadata"]["name"]): each for each in found}


NATS: dict[str, Any] = yaml.safe_load((FOLDER / "nats.yaml").read_text(encoding="utf-8"))
POSTGRES = documents("cloudnative-pg.yaml")
RESTORED = documents("cloudnative-pg-restore.yaml")
CERTIFICATES = documents("cert-manager.yaml")
MADE = {each["metadata"]["name"]: each for each in fresh(VALUES).secrets}


def test_the_sizes_that_are_told_are_those_of_both_files() -> None:
    text = (chart.CHART.parents[2] / "docs" / "operate.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`(?:resources|postgresql|storage)\.[^|]*) \| (\w+) \| ", text, re.MULTILINE)
    told = {name: each for names, each in rows for name in re.findall(r"`([\w.]+)`", names)}
    for spec in (
        POSTGRES["Cluster", "smartcity-postgres"]["spec"], RESTORED["Cluster", "smartcity-postgres-restored"]["spec"],
    ):  # fmt: skip
        assert told == {
            "resources.requests.cpu": spec["resources"]["requests"]["cpu"],
            "resources.requests.memory": spec["resources"]["requests"]["memory"],
            "limits.memory": spec["resources"]["limits"]["memory"],
            "postgresql.parameters.shared_buffers": spec["postgresql"]["parameters"]["shared_buffers"],
            "storage.size": spec["storage"]["size"],
        }


def test_no_postgresql_writes_the_row_of_an_error_into_its_log() -> None:
    clusters = [each for found in (POSTGRES, RESTORED) for (kind, _), each in found.items() if kind == "Cluster"]
    told = [one["spec"]["postgresql"]["parameters"].get("log_error_verbosity") for one in clusters]
    assert told == ["terse"] * 3


def test_the_users_of_nats_are_the_config_map_of_the_release() -> None:
    (volume,) = NATS["podTemplate"]["patch"]
    (mount,) = NATS["container"]["patch"]
    assert volume["value"]["configMap"]["name"] == "smartcity-nats-users"
    assert volume["value"]["name"] == mount["value"]["name"]
    # The server reads an include relative to /etc/nats-config; the reloader sees mounts below /etc.
    assert NATS["config"]["merge"]["$include"] == "../smartcity-nats/users.conf"
    assert mount["value"]["mountPath"] == "/etc/smartcity-nats"


def test_nats_speaks_tls_with_the_certificate_that_the_chart_believes() -> None:
    assert NATS["config"]["nats"]["tls"]["enabled"]
    assert NATS["config"]["cluster"]["tls"]["enabled"]
    names = {NATS["config"][part]["tls"]["secretName"] for part in ("nats", "cluster")}
    certificate = CERTIFICATES["Certificate", "smartcity-nats"]["spec"]
    assert names == {VALUES["nats"]["ca"]["secret"], certificate["secretName"], NATS["tlsCA"]["secretName"]}
    host = VALUES["nats"]["url"].removeprefix("tls://").split(":")[0]
    assert host in certificate["dnsNames"]
    assert ("Issuer", certificate["issuerRef"]["name"]) in CERTIFICATES


def test_nats_keeps_what_it_acknowledged_and_never_fills_its_disk() -> None:
    jetstream = NATS["config"]["jetstream"]
    assert jetstream["merge"]["sync_interval"] == "always"
    store = jetstream["fileStore"]
    assert int(store["maxSize"][:-2]) == int(store["pvc"]["size"][:-2]) / 2, (
        "VolumeFilling warns by it, before JetStream takes no more"
    )
    assert NATS["config"]["cluster"]["replicas"] >= VALUES["nats"]["streamReplicas"]


def test_nats_is_restricted_too() -> None:
    pod = NATS["podTemplate"]["merge"]["spec"]["securityContext"]
    assert pod["runAsNonRoot"]
    assert pod["seccompProfile"] == {"type": "RuntimeDefault"}
    for part in ("container", "reloader", "promExporter"):
        own = NATS[part]["merge"]["securityContext"]
        assert own["allowPrivilegeEscalation"] is False
        assert own["capabilities"] == {"drop": ["ALL"]}
    assert NATS["natsBox"] == {"enabled": False}


@pytest.mark.parametrize(
    ("cluster", "place"),
    [("smartcity-postgres", VALUES["postgres"]), ("smartcity-keys", VALUES["postgres"]["keystore"])],
)
def test_the_clusters_of_postgresql_are_those_of_the_values(cluster: str, place: dict[str, Any]) -> None:
    spec = POSTGRES["Cluster", cluster]["spec"]
    assert place["host"] == f"{cluster}-rw"
    assert place["ca"]["secret"] == f"{cluster}-ca"
    assert spec["bootstrap"]["initdb"]["database"] == place["database"]
    purpose = "postgres" if cluster == "smartcity-postgres" else "keystore"
    (peer,) = VALUES["networkPolicy"][purpose]["peers"]
    assert peer["podSelector"]["matchLabels"] == {"cnpg.io/cluster": cluster}
    (plugin,) = spec["plugins"]
    assert ("ObjectStore", plugin["parameters"]["barmanObjectName"]) in POSTGRES
    assert POSTGRES["ScheduledBackup", cluster]["spec"]["cluster"] == {"name": cluster}


def test_a_restored_server_reads_the_old_archive_writes_its_own_and_is_found_by_the_values_beside_it() -> None:
    name, old = "smartcity-postgres-restored", POSTGRES["Cluster", "smartcity-postgres"]["spec"]
    spec = RESTORED["Cluster", name]["spec"]
    (source,), (archive,) = spec["externalClusters"], spec["plugins"]
    assert source["name"] == spec["bootstrap"]["recovery"]["source"]
    assert source["plugin"]["parameters"]["serverName"] == "smartcity-postgres"
    assert archive["parameters"]["serverName"] == name, "Expected empty archive"
    assert archive["isWALArchiver"]
    for each in (source["plugin"], archive):
        assert ("ObjectStore", each["parameters"]["barmanObjectName"]) in POSTGRES
    assert RESTORED["ScheduledBackup", name]["spec"]["cluster"] == {"name": name}
    place = chart.values(yaml.safe_load((FOLDER / "restored.yaml").read_text(encoding="utf-8")))
    assert place["postgres"]["host"] == f"{name}-rw"
    assert place["postgres"]["ca"] == VALUES["postgres"]["ca"] | {"secret": f"{name}-ca"}
    assert place["postgres"]["keystore"] == VALUES["postgres"]["keystore"], "it stays where it is"
    (peer,) = place["networkPolicy"]["postgres"]["peers"]
    assert peer["podSelector"]["matchLabels"] == {"cnpg.io/cluster": name}
    recovery = {key: spec["bootstrap"]["recovery"][key] for key in old["bootstrap"]["initdb"]}
    assert recovery == old["bootstrap"]["initdb"]
    alike = ("instances", "storage", "walStorage", "resources", "postgresql", "managed")
    assert {each: spec[each] for each in alike} == {each: old[each] for each in alike}


def test_the_first_base_backup_of_each_server_is_taken_at_once() -> None:
    """Until there is one, write-ahead log restores nothing, and BackupOld fires."""
    scheduled = [each for (kind, _), each in {**POSTGRES, **RESTORED}.items() if kind == "ScheduledBackup"]
    assert [each["spec"]["immediate"] for each in scheduled] == [True] * 3


@pytest.mark.parametrize("zone", ["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"])
def test_base_backups_are_taken_in_the_night_of_each_zone_of_indonesia(zone: str) -> None:
    """The operator reckons schedules in UTC."""
    scheduled = [each for (kind, _), each in {**POSTGRES, **RESTORED}.items() if kind == "ScheduledBackup"]
    for each in scheduled:
        second, minute, hour, *days = each["spec"]["schedule"].split()
        assert (second, days) == ("0", ["*"] * 3), "six fields, once a day"
        taken = datetime(2026, 12, 1, int(hour), int(minute), tzinfo=UTC).astimezone(ZoneInfo(zone))
        assert 0 <= taken.hour < 4


def test_the_secrets_of_the_clusters_are_those_that_are_made() -> None:
    for cluster, owner in (("smartcity-postgres", OWNER), ("smartcity-keys", "governance")):
        first = POSTGRES["Cluster", cluster]["spec"]["bootstrap"]["initdb"]
        secret = MADE[first["secret"]["name"]]
        assert secret["type"] == "kubernetes.io/basic-auth"
        assert secret["stringData"]["username"] == first["owner"] == owner
    (role,) = POSTGRES["Cluster", "smartcity-postgres"]["spec"]["managed"]["roles"]
    assert (role["name"], role["createrole"]) == (OWNER, True)
    assert role["passwordSecret"]["name"] in MADE
    parameters = POSTGRES["Cluster", "smartcity-postgres"]["spec"]["postgresql"]["parameters"]
    assert int(parameters["max_connections"]) == VALUES["postgres"]["maxConnections"]


def test_what_is_erased_is_gone_from_the_backups_of_the_keys_soon() -> None:
    keep = {
        name: int(POSTGRES["ObjectStore", name]["spec"]["retentionPolicy"][:-1]) for _, name in POSTGRES if "-" in name
    }
    assert keep["smartcity-keys"] <= 3 < keep["smartcity-postgres"], "law: 3 x 24 hours"


@pytest.fixture
async def owned(servers_home: Path) -> AsyncIterator[str]:
    """URL of the database's owner on a server as the operator makes it: no superuser, may create roles."""
    server = Postgres(servers_home / "owned", secrets.token_urlsafe(32), fsync=False)
    url = server.start()
    try:
        admin = await asyncpg.connect(url)
        await admin.execute(f"CREATE ROLE {OWNER} LOGIN CREATEROLE PASSWORD 'letters'")
        await admin.execute(f"CREATE DATABASE smartcity OWNER {OWNER}")
        await admin.close()
        yield with_user(url, OWNER, "letters", "smartcity")
    finally:
        server.stop()


async def test_the_owner_without_superuser_can_do_the_whole_migration_again_and_again(owned: str) -> None:
    passwords = {name: f"{name}word" for name in (*NAMES, "gateway", CALLOUT)}
    await migrate.migrate_database(owned, passwords, "semarang")
    await migrate.migrate_database(owned, passwords, "semarang")
    for schema, folders in migrate.schemas().items():
        own = await asyncpg.connect(with_user(owned, schema, passwords[schema], "smartcity"))
        assert await current(own, schema) == heads(folders)
        await own.close()
    await _reads_what_it_needs_alone(with_user(owned, CALLOUT, passwords[CALLOUT], "smartcity"))


async def _reads_what_it_needs_alone(url: str) -> None:
    """Who lets in: the two statements of each door, the wait for the revision, and nothing else."""
    for door in DOORS:
        assert await missing(url, door.pillar, "semarang") == []
        pool = await connect_pool(url, door.pillar, 1)
        assert await store.edition(pool, door) >= 0
        assert await store.generations(pool, door, ["duga-1"]) == {}
        await pool.close()
    pool = await connect_pool(url, "environment", 1)
    tables = await pool.fetch(
        "SELECT nspname, relname, verb, has_table_privilege(pg_class.oid, verb) AS may"
        "  FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace"
        " CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS verb"
        " WHERE relkind IN ('r', 'p') AND nspname NOT IN ('pg_catalog', 'information_schema')"
    )
    assert len({row["nspname"] for row in tables}) == len(NAMES) + 2, "gateway's, and public: whose it is"
    granted = {(row["nspname"], row["relname"], row["verb"]) for row in tables if row["may"]}
    assert granted == {
        (door.pillar, table, "SELECT")
        for door in DOORS
        for table in (*pillar(door.pillar).readers[CALLOUT], "alembic_version")
    } | {("public", "city", "SELECT")}
    await pool.close()
