"""TLS to PostgreSQL: the kit's pool and the migration, with the chart's addresses, against a real server with ssl=on.

The server of the wheel is built without TLS; this one is the machine's own, which may be an older one.
"""

import asyncio
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest
import sqlalchemy.exc

from deploy.cluster import chart
from deploy.cluster.secrets import OWNER, fresh
from deploy.local.postgres import ADMIN, Postgres, _run
from deploy.local.process import Account, Command
from services.kit.database import migrate
from services.kit.database.pool import connect_pool
from tests.deploy.helm.charts import Values
from tests.fixtures.authority import Authority, Files
from tests.kit.tls import COMPONENT, Elsewhere, asks_in_vain, authority, mounted, rendered

KIT = [migrate.KIT_MIGRATIONS]
PASSWORD = "letters4nd"
ENCRYPTED = "SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
YES = [(True, "TLSv1.3")]
ONLY_ENCRYPTED = "hostssl all all 127.0.0.1/32 scram-sha-256\n"


def programs() -> Path:
    """Folder of `initdb` and `postgres`; there may be none."""
    found = shutil.which("postgres")
    if found is None and shutil.which("pg_config"):  # Debian has its servers outside PATH
        asked = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, check=True)
        found = f"{asked.stdout.strip()}/postgres"
    return Path(found or "nowhere").resolve().parent


pytestmark = pytest.mark.skipif(
    not (programs() / "initdb").exists(), reason="needs a PostgreSQL with TLS: apt-get install postgresql"
)


class Encrypted(Postgres):
    """A server that has a certificate, and lets in nobody who does not ask for TLS."""

    def command(self) -> Command:
        made = super().command()
        _, where, data, *options = made.argv
        known = [option for option in options[1::2] if not option.startswith("scram_iterations=")]
        given = [part for option in (*known, "ssl=on") for part in ("-c", option)]
        return replace(made, argv=(str(programs() / "postgres"), where, data, *given))

    @contextmanager
    def showing(self, files: Files) -> Iterator[None]:
        """Runs with this certificate."""
        self.prepare()
        owner = self.data.stat()
        for name, content in (
            ("server.crt", files.certificate.read_bytes()),
            ("server.key", files.key.read_bytes()),
            ("pg_hba.conf", ONLY_ENCRYPTED.encode()),
        ):
            _put(self.data / name, content, Account(owner.st_uid, owner.st_gid))
        try:
            self.start()
            yield
        finally:
            self.stop()

    def _initdb(self, data: Path, owner: Account) -> None:
        os.chown(data, owner.uid, owner.gid)
        secret = self.home / "password"
        _put(secret, self._password.encode(), owner)
        _run(self._account, str(programs() / "initdb"), "-D", str(data), "-U", ADMIN, f"--pwfile={secret}",
             "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync")  # fmt: skip


def _put(file: Path, content: bytes, owner: Account) -> None:
    """Writes what its owner alone may read: the server takes no key that others can."""
    file.touch(mode=0o600)
    file.chmod(0o600)
    file.write_bytes(content)
    os.chown(file, owner.uid, owner.gid)


@pytest.fixture(scope="module")
def server(servers_home: Path) -> Encrypted:
    """Not running: a test starts it with the certificate that it is about."""
    return Encrypted(servers_home / "encrypted", PASSWORD, fsync=False)


def values(port: int) -> Values:
    """Of an installation that uses the server there, under a name as in a cluster."""
    return {"postgres": {"host": "localhost", "port": port}}


def pillar_url(port: int, believed: Authority) -> str:
    """What a pillar gets."""
    given = rendered(values(port), PASSWORD)["SMARTCITY_POSTGRES_URL"]
    assert "?sslmode=verify-full&sslrootcert=" in given
    return mounted(given, "postgres", believed)


def owner_url(port: int, believed: Authority) -> str:
    """What the migration gets."""
    made = {each["metadata"]["name"]: each for each in fresh(chart.merge(chart.values(), values(port))).secrets}
    found = made["smartcity-postgres-admin"]["stringData"]
    return mounted(found["url"].replace(found["password"], PASSWORD), "postgres", believed)


def superuser_url(server: Encrypted, believed: Authority, how: str) -> str:
    return f"{server.url}?sslmode={how}&sslrootcert={believed.file}"


async def make_owner(url: str) -> None:
    """The database and the role that others make beside the chart."""
    admin = await asyncpg.connect(url)
    await admin.execute(f"CREATE ROLE {OWNER} LOGIN CREATEROLE PASSWORD '{PASSWORD}'")
    await admin.execute(f"CREATE DATABASE smartcity OWNER {OWNER}")
    await admin.close()


async def is_refused(port: int, believed: Authority, asyncpg_says: str, libpq_says: str) -> None:
    """Sees the pool and both ways of the migration, asyncpg's and psycopg's, refuse the server."""
    pillar, owner = pillar_url(port, believed), owner_url(port, believed)
    await asks_in_vain(lambda: connect_pool(pillar, COMPONENT, 1), asyncpg_says)
    with pytest.raises(OSError, match=asyncpg_says):
        await migrate.upgrade(owner, COMPONENT, KIT)
    with pytest.raises(sqlalchemy.exc.OperationalError, match=libpq_says):
        await asyncio.to_thread(migrate._run, owner, COMPONENT, KIT)


async def test_the_migration_and_the_pool_speak_tls_with_the_addresses_of_the_chart(
    server: Encrypted, tmp_path: Path
) -> None:
    ours, own = authority(tmp_path / "ours"), tmp_path / "own"
    own.mkdir()
    (own / "2026_01_01_own.py").write_text(
        'from alembic import op\nrevision = "own_0001"\ndown_revision = None\nbranch_labels = ("own",)\n'
        f'def upgrade() -> None:\n    op.execute("CREATE TABLE migrated AS {ENCRYPTED}")\n'
    )
    with server.showing(ours.issue("server")):
        await make_owner(superuser_url(server, ours, "verify-full"))
        url = owner_url(server.port, ours)
        owner = await asyncpg.connect(url)
        await migrate.prepare_schema(owner, COMPONENT, PASSWORD)
        assert list(map(tuple, await owner.fetch(ENCRYPTED))) == YES
        await owner.close()
        assert await migrate.upgrade(url, COMPONENT, [*KIT, own])
        assert not await migrate.upgrade(url, COMPONENT, [*KIT, own])

        pool = await connect_pool(pillar_url(server.port, ours), COMPONENT, 2)
        assert list(map(tuple, await pool.fetch(ENCRYPTED))) == YES
        assert list(map(tuple, await pool.fetch("SELECT ssl, version FROM migrated"))) == YES
        assert await pool.fetchval("SELECT current_user") == COMPONENT
        await pool.close()


async def test_a_server_of_another_authority_is_refused(server: Encrypted, tmp_path: Path) -> None:
    ours, theirs = authority(tmp_path / "ours"), Authority(tmp_path, "theirs")
    with server.showing(theirs.issue("server")):
        await is_refused(server.port, ours, "certificate verify failed", "certificate verify failed")


async def test_a_server_with_the_certificate_of_another_host_is_refused(server: Encrypted, tmp_path: Path) -> None:
    ours = authority(tmp_path / "ours", Elsewhere)
    with server.showing(ours.issue("server")):
        await is_refused(server.port, ours, "Hostname mismatch", 'does not match host name "localhost"')
        # The name is all that is wrong with it.
        taken = await asyncpg.connect(superuser_url(server, ours, "verify-ca"))
        await taken.close()


async def test_a_server_without_tls_is_refused(postgres: str, tmp_path: Path) -> None:
    port = urlsplit(postgres).port
    assert port
    await is_refused(port, authority(tmp_path / "ours"), "rejected SSL upgrade", "does not support SSL")


async def test_who_does_not_ask_for_tls_is_not_let_in(server: Encrypted, tmp_path: Path) -> None:
    ours = authority(tmp_path / "ours")
    with server.showing(ours.issue("server")):
        pillar, owner = (
            url.replace("verify-full", "disable")
            for url in (pillar_url(server.port, ours), owner_url(server.port, ours))
        )
        with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError, match="no encryption"):
            await connect_pool(pillar, COMPONENT, 1)
        with pytest.raises(sqlalchemy.exc.OperationalError, match="no encryption"):
            await asyncio.to_thread(migrate._run, owner, COMPONENT, KIT)
