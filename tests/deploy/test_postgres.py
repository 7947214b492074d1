"""PostgreSQL as the platform starts it."""

import asyncio
import os
import signal
from pathlib import Path

import asyncpg
import pytest

from deploy.local.plan import DATABASE
from deploy.local.postgres import Postgres, ensure_database, with_user
from deploy.local.prepare import make_database
from services.kit.database.migrate import prepare_schema


@pytest.fixture
def home(servers_home: Path, request: pytest.FixtureRequest) -> Path:
    folder = servers_home / str(request.node.name)
    folder.mkdir(mode=0o755)
    return folder


@pytest.fixture
def closed_home(home: Path) -> Path:
    home.chmod(0o700)
    return home


async def test_the_server_commits_synchronously_and_refuses_a_wrong_password(postgres: str) -> None:
    connection = await asyncpg.connect(postgres)
    try:
        assert await connection.fetchval("SHOW synchronous_commit") == "on"
    finally:
        await connection.close()
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(with_user(postgres, "postgres", "wrong", "postgres"))


async def test_a_role_enters_only_the_databases_it_was_let_into(postgres: str) -> None:
    admin = await asyncpg.connect(postgres)
    try:
        await prepare_schema(admin, "lodger", "it's secret")
        await prepare_schema(admin, "lodger", "it's \\ another secret")
        await ensure_database(admin, "closed")
        await ensure_database(admin, "own", owner="lodger")
        await ensure_database(admin, "own", owner="lodger")
    finally:
        await admin.close()
    guest = await asyncpg.connect(with_user(postgres, "lodger", "it's \\ another secret", "own"))
    await guest.close()
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(with_user(postgres, "lodger", "it's \\ another secret", "closed"))


async def test_what_was_committed_survives_a_kill_and_a_new_port(home: Path) -> None:
    server = Postgres(home, "secret")
    connection = await asyncpg.connect(server.start())
    await connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    server.kill()
    connection.terminate()
    again = Postgres(home, "secret")
    try:
        connection = await asyncpg.connect(again.start())
        assert await connection.fetchval("SELECT answer FROM kept") == 42
        await connection.close()
    finally:
        again.stop()


async def test_a_backend_that_outlives_its_killed_server_does_not_keep_it_from_starting_again(home: Path) -> None:
    server = Postgres(home, "secret")
    connection = await asyncpg.connect(server.start())
    backend = connection.get_server_pid()
    work = asyncio.create_task(connection.execute("SELECT count(*) FROM generate_series(1, 1e12)"))
    await asyncio.sleep(0.2)
    os.kill(backend, signal.SIGSTOP)  # it answers nothing but SIGKILL
    server.kill()
    work.cancel()
    connection.terminate()
    assert await asyncio.to_thread(Path(f"/proc/{backend}").exists)
    again = Postgres(home, "secret")
    try:
        connection = await asyncpg.connect(await asyncio.to_thread(again.start))
        await connection.close()
    finally:
        again.stop()


async def test_a_server_that_is_restored_is_written_to_when_it_has_recovered(home: Path) -> None:
    made = Postgres(home, "secret")
    made.start()
    made.stop()
    (made.data / "standby.signal").touch()
    server = Postgres(home, "secret")
    url = await asyncio.to_thread(server.start)
    try:
        making = asyncio.create_task(make_database(url))
        await asyncio.sleep(0.5)
        assert not making.done()
        connection = await asyncpg.connect(url)
        await connection.execute("SELECT pg_promote()")
        await asyncio.wait_for(making, 30)
        assert await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", DATABASE)
        await connection.close()
    finally:
        server.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has folders that the server's account cannot reach")
async def test_a_home_that_is_closed_to_the_server_keeps_its_data_elsewhere(closed_home: Path) -> None:
    server = Postgres(closed_home, "secret")
    try:
        connection = await asyncpg.connect(server.start())
        await connection.close()
        assert server.data != closed_home / "postgres"
        assert not server.data.is_relative_to(closed_home)
    finally:
        server.stop()
        server.remove()
    assert not await asyncio.to_thread(server.data.exists)
