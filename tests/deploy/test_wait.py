"""What a pod's init container does: it waits for the tables that its image needs, and for no more."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from deploy import wait
from deploy.local.postgres import in_database, with_user
from deploy.local.process import free_ports
from deploy.migrate import GATEWAY, schemas
from services.kit.database import city as whose
from services.kit.database import migrate

PILLAR, PASSWORD, CITY = "living", "letters4nd", "semarang"


@pytest.fixture
async def database(postgres: str) -> AsyncIterator[str]:
    """URL of the administrator of an empty database."""
    name = "waiting"
    admin = await asyncpg.connect(in_database(postgres, "postgres"))
    await admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    await admin.execute(f"CREATE DATABASE {name}")
    yield in_database(postgres, name)
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


async def prepare(database: str, schema: str = PILLAR) -> str:
    """Role and schema, without a revision yet; the role's own URL."""
    admin = await asyncpg.connect(database)
    await admin.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public")
    await whose.claim(admin, CITY)
    await migrate.prepare_schema(admin, schema, PASSWORD)
    await whose.tell(admin, [schema])
    await admin.close()
    return with_user(database, schema, PASSWORD, "waiting")


async def at_revisions(database: str, revisions: list[str]) -> None:
    """Pretends that the schema is at these."""
    admin = await asyncpg.connect(database)
    await admin.execute(f'DELETE FROM "{PILLAR}".alembic_version')
    await admin.executemany(f'INSERT INTO "{PILLAR}".alembic_version VALUES ($1)', [(each,) for each in revisions])
    await admin.close()


async def test_before_the_migration_it_says_what_is_missing(database: str) -> None:
    url = await prepare(database)
    needed = sorted(migrate.heads(schemas()[PILLAR]))
    assert await wait.missing(url, PILLAR, CITY) == needed
    assert await wait.wait(url, PILLAR, CITY, 0.01) == f"{PILLAR} lacks {', '.join(needed)}"


@pytest.mark.parametrize("schema", [PILLAR, "governance", GATEWAY])
async def test_after_the_migration_it_goes_on_at_once(database: str, schema: str) -> None:
    url = await prepare(database, schema)
    await migrate.upgrade(database, schema, schemas()[schema])
    assert await wait.missing(url, schema, CITY) == []
    assert await wait.wait(url, schema, CITY, 5) == ""


async def test_it_goes_on_when_the_migration_ends_while_it_waits(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wait, "PAUSE_S", 0.01)
    url = await prepare(database)
    waiting = asyncio.create_task(wait.wait(url, PILLAR, CITY, 30))
    await migrate.upgrade(database, PILLAR, schemas()[PILLAR])
    assert await waiting == ""


async def test_a_schema_that_is_further_on_is_as_good(database: str) -> None:
    """A rollback of pods, or an old pod that starts during an upgrade: tables are only ever expanded."""
    url = await prepare(database)
    await migrate.upgrade(database, PILLAR, schemas()[PILLAR])
    newer = [f"{each.rpartition('_')[0]}_{int(each[-4:]) + 1:04}" for each in migrate.heads(schemas()[PILLAR])]
    await at_revisions(database, newer)
    assert await wait.missing(url, PILLAR, CITY) == []


async def test_a_schema_that_is_one_revision_behind_is_not(database: str) -> None:
    url = await prepare(database)
    await migrate.upgrade(database, PILLAR, schemas()[PILLAR])
    kit = next(each for each in migrate.heads(schemas()[PILLAR]) if each.startswith("kit"))
    others = [each for each in migrate.heads(schemas()[PILLAR]) if each != kit]
    await at_revisions(database, others)
    assert await wait.missing(url, PILLAR, CITY) == [kit]


async def test_a_role_that_is_not_there_yet_is_waited_for(database: str) -> None:
    stranger = with_user(database, "nobody_yet", PASSWORD, "waiting")
    why = await wait.wait(stranger, PILLAR, CITY, 0.01)
    assert why.startswith("PostgreSQL does not answer:")
    assert PASSWORD not in why


async def test_a_server_that_is_not_there_is_waited_for() -> None:
    (port,) = free_ports(1)
    why = await wait.wait(f"postgresql://{PILLAR}:{PASSWORD}@127.0.0.1:{port}/x", PILLAR, CITY, 0.01)
    assert why.startswith("PostgreSQL does not answer:")
    assert PASSWORD not in why


async def command(url: str, seconds: str, city: str = CITY) -> tuple[int | None, str]:
    """Exit code and messages of the command as the chart gives it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "deploy.wait", PILLAR, seconds,
        env={**os.environ, "SMARTCITY_POSTGRES_URL": url, "SMARTCITY_CITY": city}, cwd=Path(wait.__file__).parents[1],
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    _, said = await process.communicate()
    return process.returncode, said.decode()


async def test_the_command_ends_with_0_or_says_where_to_look(database: str) -> None:
    url = await prepare(database)
    code, said = await command(url, "0.1")
    assert code == 1
    assert "look at the migration's Job" in said
    await migrate.upgrade(database, PILLAR, schemas()[PILLAR])
    assert await command(url, "20") == (0, "")


async def test_on_the_data_of_another_city_no_pod_starts(database: str) -> None:
    url = await prepare(database)
    await migrate.upgrade(database, PILLAR, schemas()[PILLAR])
    code, said = await command(url, "20", "kabupaten-semarang")
    assert code == 1
    assert said.startswith("this database is of the city semarang, and kabupaten-semarang is configured")


async def test_until_the_migration_has_written_the_city_it_waits(database: str) -> None:
    url = await prepare(database)
    await migrate.upgrade(database, PILLAR, schemas()[PILLAR])
    admin = await asyncpg.connect(database)
    await admin.execute("DELETE FROM public.city")
    assert await wait.missing(url, PILLAR, CITY) == ["the city's id"]
    await admin.execute("DROP TABLE public.city")
    await admin.close()
    assert await wait.missing(url, PILLAR, CITY) == ["the city's id"]
