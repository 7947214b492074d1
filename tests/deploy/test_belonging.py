"""A home and a database belong together: streams, keys and photos of the one are those of the rows of the other."""

import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from deploy.local.belonging import join
from deploy.local.postgres import ensure_database, in_database
from deploy.local.process import StartError


@pytest.fixture
async def empty(postgres: str) -> AsyncIterator[list[str]]:
    """Addresses of two databases that nobody has used."""
    names = [f"belonging_{uuid.uuid4().hex}" for _ in range(2)]
    admin = await asyncpg.connect(postgres)
    for name in names:
        await ensure_database(admin, name)
    yield [in_database(postgres, name) for name in names]
    for name in names:
        await admin.execute(f'DROP DATABASE "{name}"')
    await admin.close()


async def test_a_home_finds_its_database_at_each_start(empty: list[str], tmp_path: Path) -> None:
    for _ in range(2):
        await join(empty[0], tmp_path)


async def test_a_database_that_is_empty_again_is_refused_and_nothing_is_written_to_it(
    empty: list[str], tmp_path: Path
) -> None:
    """The relays would begin anew beside old events, and the gateway would delete each photo that it does not know."""
    await join(empty[0], tmp_path)
    for _ in range(2):
        with pytest.raises(StartError, match=r"are of another database.+SMARTCITY_POSTGRES_URL.+SMARTCITY_HOME"):
            await join(empty[1], tmp_path)
    other = await asyncpg.connect(empty[1])
    assert await other.fetchval("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace") == 0
    await other.close()
    await join(empty[0], tmp_path)


async def test_the_database_of_another_home_is_refused(empty: list[str], tmp_path: Path) -> None:
    await join(empty[0], tmp_path / "one")
    for home in ("two", "two"):
        with pytest.raises(StartError, match=r"is of another home.+SMARTCITY_HOME"):
            await join(empty[0], tmp_path / home)
    await join(empty[1], tmp_path / "two")


async def test_a_start_that_is_killed_between_both_notes_is_no_other_database(
    empty: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(_: Path) -> None:
        raise OSError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "touch", killed)
        with pytest.raises(OSError, match="killed"):
            await join(empty[0], tmp_path)
    await join(empty[0], tmp_path)


async def test_a_database_from_a_backup_of_before_joins_once_somebody_says_so(empty: list[str], tmp_path: Path) -> None:
    await join(empty[0], tmp_path)
    restored = await asyncpg.connect(empty[0])
    await restored.execute("DROP TABLE public.home; CREATE SCHEMA governance")
    await restored.close()
    with pytest.raises(StartError, match=r"from a backup.+remove .+joined"):
        await join(empty[0], tmp_path)
    (tmp_path / "joined").unlink()
    await join(empty[0], tmp_path)
