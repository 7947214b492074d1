"""The migration as the chart starts it: together with its servers, which it waits for in one line each."""

import asyncio
import os
import secrets
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import nats.errors
import pytest
import sqlalchemy.exc
from structlog.testing import capture_logs

from deploy import migrate
from deploy.image import ROOT
from deploy.local.nats import Nats, User, new_seed, public_key
from deploy.local.postgres import Postgres, in_database
from deploy.local.process import free_ports
from deploy.permissions import ADMIN
from deploy.streams import StreamError
from services.kit.database import city as whose
from services.kit.database.migrate import current, heads

PASSWORD = secrets.token_urlsafe(16)
SEED = new_seed()


@asynccontextmanager
async def running(postgres_url: str, nats_url: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """`python -m deploy.migrate`, as in the Job."""
    given = {"CITY": "semarang", "POSTGRES_ADMIN_URL": postgres_url, "NATS_URL": nats_url, "NATS_SEED": SEED}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "deploy.migrate", cwd=ROOT,
        env={**os.environ, **{f"SMARTCITY_{name}": value for name, value in given.items()}},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def line_with(process: asyncio.subprocess.Process, text: str) -> list[str]:
    """Lines of its log up to the first that has this text."""
    assert process.stdout is not None
    found: list[str] = []
    async with asyncio.timeout(60):
        while not found or text not in found[-1]:
            line = await process.stdout.readline()
            assert line, found
            found.append(line.decode())
    return found


async def test_it_starts_before_its_servers_and_says_so_in_one_line_each(servers_home: Path, tmp_path: Path) -> None:
    database = Postgres(servers_home / "late", PASSWORD, fsync=False)
    bus = Nats(tmp_path, {ADMIN: User(public_key(SEED))})
    database.prepare()
    try:
        async with running(in_database(database.url, "smartcity"), bus.url) as process:
            said = await line_with(process, "waits")
            assert "PostgreSQL" in said[-1]
            assert PASSWORD not in said[-1]
            await asyncio.sleep(2.5)  # further attempts, which say nothing new
            await asyncio.to_thread(database.start)
            said += await line_with(process, "does not exist")  # the operator has not made the database yet
            admin = await asyncpg.connect(database.url)
            await admin.execute("CREATE DATABASE smartcity")
            await admin.close()
            said += await line_with(process, "bus not there")
            await asyncio.to_thread(bus.start)
            said += await line_with(process, "streams made")
            assert await process.wait() == 0
        assert not [line for line in said if "Traceback" in line]
        assert [sum(what in line for line in said) for what in ("waits", "bus not there")] == [2, 1], said
        own = await asyncpg.connect(in_database(database.url, "smartcity"))
        for schema, folders in migrate.schemas().items():
            assert await current(own, schema) == heads(folders)
        await own.close()
    finally:
        database.stop()
        bus.stop()


async def test_a_server_that_does_not_come_ends_it_with_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrate, "PATIENCE_S", 0.3)
    monkeypatch.setattr(migrate, "PAUSE_S", 0.05)
    (port,) = free_ports(1)
    url = f"postgresql://owner:{PASSWORD}@127.0.0.1:{port}/smartcity"
    with pytest.raises(migrate.NotThereError, match="PostgreSQL was waited for") as refused:
        await migrate.insist("PostgreSQL", lambda: migrate.migrate_database(url, {}, "semarang"))
    assert PASSWORD not in str(refused.value)
    given = {"CITY": "semarang", "POSTGRES_ADMIN_URL": url, "NATS_URL": "nats://127.0.0.1:1", "NATS_SEED": SEED}
    for name, value in given.items():
        monkeypatch.setenv(f"SMARTCITY_{name}", value)
    with pytest.raises(SystemExit, match=r"^PostgreSQL was waited for .*$"):
        await asyncio.to_thread(migrate.main)


async def test_work_that_takes_longer_than_a_server_is_waited_for_is_done_to_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(migrate, "PATIENCE_S", 0.1)
    done = []

    async def revisions() -> None:
        for number in range(3):
            await asyncio.to_thread(time.sleep, 0.1)
            done.append(number)

    await migrate.insist("PostgreSQL", revisions)
    assert done == [0, 1, 2]


async def test_work_that_loses_its_server_late_is_done_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrate, "PATIENCE_S", 0.2)
    monkeypatch.setattr(migrate, "PAUSE_S", 0.01)
    tries = 0

    async def revisions() -> None:
        nonlocal tries
        tries += 1
        if tries < 3:
            await asyncio.sleep(0.3)
            raise asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation")

    await migrate.insist("PostgreSQL", revisions)
    assert tries == 3


async def test_a_bus_that_does_not_come_ends_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrate, "PATIENCE_S", 0.3)
    (port,) = free_ports(1)
    with pytest.raises(migrate.NotThereError, match=r"^NATS was waited for 0 s: it does not answer$"):
        await migrate.insist("NATS", lambda: migrate.migrate_bus(f"nats://127.0.0.1:{port}", SEED))


LEAVES = (
    ConnectionRefusedError(111, "Connect call failed"),
    asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation"),
    asyncpg.CannotConnectNowError("the database system is starting up"),
    asyncpg.InvalidPasswordError('password authentication failed for user "smartcity_owner"'),
    sqlalchemy.exc.OperationalError("SELECT 1", {}, Exception("server closed the connection\nunexpectedly")),
    nats.errors.NoRespondersError(),
    StreamError("STREAM.CREATE.economy: no suitable peers for placement", 10005),
)


@pytest.mark.parametrize("error", LEAVES, ids=lambda it: type(it).__name__)
async def test_a_server_that_goes_while_it_works_is_waited_for(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "PAUSE_S", 0.01)
    tries = 0

    async def work() -> None:
        nonlocal tries
        tries += 1
        if tries < 4:
            raise error

    with capture_logs() as said:
        await migrate.insist("the server", work)
    assert tries == 4
    assert [(line["event"], line["server"]) for line in said] == [("waits", "the server")]
    assert "\n" not in said[0]["why"]


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.UndefinedTableError("a bug of a revision"),
        StreamError("STREAM.CREATE.economy: replicas > 1 not supported in non-clustered mode", 10074),
        KeyError("x"),
    ],
    ids=lambda it: type(it).__name__,
)
async def test_what_no_waiting_mends_is_not_waited_for(error: Exception) -> None:
    async def work() -> None:
        raise error

    with pytest.raises(type(error)):
        await migrate.insist("the server", work)


@pytest.fixture
async def empty(postgres: str) -> AsyncIterator[str]:
    """URL of the administrator of an empty database."""
    admin = await asyncpg.connect(in_database(postgres, "postgres"))
    await admin.execute("DROP DATABASE IF EXISTS whose WITH (FORCE)")
    await admin.execute("CREATE DATABASE whose")
    yield in_database(postgres, "whose")
    await admin.execute("DROP DATABASE whose WITH (FORCE)")
    await admin.close()


async def test_another_citys_data_are_refused_before_anything_is_written(empty: str) -> None:
    connection = await asyncpg.connect(empty)
    await whose.claim(connection, "semarang")
    with pytest.raises(whose.OtherCityError, match="of the city semarang, and kabupaten-semarang is configured"):
        await migrate.migrate_database(empty, {}, "kabupaten-semarang")
    assert await connection.fetchval("SELECT to_regnamespace('governance')") is None
    assert await connection.fetchval("SELECT id FROM public.city") == "semarang"
    await connection.close()


async def test_data_of_before_cities_were_written_down_are_those_of_the_configured_city(empty: str) -> None:
    await migrate.migrate_database(empty, {}, "semarang")
    connection = await asyncpg.connect(empty)
    await connection.execute("DROP TABLE public.city")
    await migrate.migrate_database(empty, {}, "semarang")
    await migrate.migrate_database(empty, {}, "semarang")
    assert await connection.fetchval("SELECT id FROM public.city") == "semarang"
    await connection.close()


async def test_the_migration_ends_with_one_line_about_another_city(empty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    connection = await asyncpg.connect(empty)
    await whose.claim(connection, "semarang")
    await connection.close()
    given = {"CITY": "kabupaten-semarang", "POSTGRES_ADMIN_URL": empty, "NATS_URL": "nats://127.0.0.1:1"}
    for name, value in {**given, "NATS_SEED": SEED}.items():
        monkeypatch.setenv(f"SMARTCITY_{name}", value)
    with pytest.raises(SystemExit, match=r"^this database is of the city semarang.*another SMARTCITY_HOME"):
        await asyncio.to_thread(migrate.main)
