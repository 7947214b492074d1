"""What is added to a table is filled in while others write in it."""

import asyncio
from pathlib import Path

import asyncpg
import pytest

from services.kit.database import filling, migrate
from tests.kit.conftest import World, within

HEAD = """from alembic import op
from services.kit.database import filling

revision = "{}"
down_revision = {}
branch_labels = {}


def upgrade() -> None:
"""
FILL = """    op.execute("ALTER TABLE large ADD COLUMN IF NOT EXISTS double int")
    filling.fill("large", "UPDATE large SET double = {change} WHERE {{slice}} AND double IS NULL")
"""
COUNT = '''    counting = """
        DROP TABLE IF EXISTS counter;
        CREATE TABLE counter (rows int NOT NULL);
        CREATE OR REPLACE FUNCTION counted() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO environment.counter VALUES (CASE WHEN TG_OP = 'INSERT' THEN 1 ELSE -1 END);
            RETURN NULL;
        END $$;
        CREATE OR REPLACE TRIGGER counted AFTER INSERT OR DELETE ON large FOR EACH ROW EXECUTE FUNCTION counted();
    """
    filling.count("large", counting, "{before}INSERT INTO counter SELECT count(*) FROM large; {after}")
'''
GATE = 7_001


class Upgrade:
    """Migrations of a test: a table with some rows, and what is done with it."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world, self._folder = world, folder
        self._folders = [migrate.KIT_MIGRATIONS, folder]

    async def begin(self, rows: int) -> None:
        table = '    op.execute("CREATE TABLE large (id int PRIMARY KEY)")\n'
        (self._folder / "2026_01_01_table.py").write_text(HEAD.format("own_0001", None, '("own",)') + table)
        await migrate.upgrade(self.world.postgres, "environment", self._folders)
        await self.world.admin.execute("INSERT INTO large SELECT generate_series(1, $1::int)", rows)

    async def go_on(self, step: str) -> None:
        (self._folder / "2026_01_02_step.py").write_text(HEAD.format("own_0002", '"own_0001"', None) + step)
        await migrate.upgrade(self.world.postgres, "environment", self._folders)


@pytest.fixture
async def upgrade(world: World, tmp_path: Path) -> Upgrade:
    await world.admin.execute("SET search_path = environment; SET lock_timeout = '2s'")
    return Upgrade(world, tmp_path)


@pytest.mark.parametrize("rows", [0, 1, 3, 4, 7])
async def test_each_row_is_filled_whatever_the_slices(
    upgrade: Upgrade, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    monkeypatch.setattr(filling, "SLICE", 3)
    await upgrade.begin(rows)
    await upgrade.go_on(FILL.format(change="id * 2"))
    found = await upgrade.world.admin.fetch("SELECT id, double FROM large ORDER BY id")
    assert [tuple(row) for row in found] == [(number, number * 2) for number in range(1, rows + 1)]


async def test_what_was_filled_before_a_job_died_stays_and_is_not_filled_again(
    upgrade: Upgrade, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filling, "SLICE", 3)
    await upgrade.begin(8)
    with pytest.raises(Exception, match="division by zero"):
        await upgrade.go_on(FILL.format(change="1 / (7 - id)"))
    filled = "SELECT array_agg(id ORDER BY id) FROM large WHERE double IS NOT NULL"
    assert await upgrade.world.admin.fetchval(filled) == [1, 2, 3, 4, 5, 6]
    await upgrade.world.admin.execute("UPDATE large SET double = -1 WHERE id = 2; DELETE FROM large WHERE id = 4")
    await upgrade.go_on(FILL.format(change="id"))
    found = await upgrade.world.admin.fetch("SELECT id, double FROM large WHERE id IN (2, 7, 8) ORDER BY id")
    assert [tuple(row) for row in found] == [(2, -1), (7, 7), (8, 8)]


async def test_nobody_waits_for_more_than_a_slice(upgrade: Upgrade, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second slice stands at a gate that the test holds shut."""
    monkeypatch.setattr(filling, "SLICE", 3)
    admin = upgrade.world.admin
    await upgrade.begin(9)
    await admin.execute(f"SELECT pg_advisory_lock({GATE})")
    at_the_gate = f"CASE WHEN id = 5 THEN (SELECT 5 FROM pg_advisory_xact_lock({GATE})) ELSE id END"
    going = asyncio.create_task(upgrade.go_on(FILL.format(change=at_the_gate)))
    await within(lambda: shut(admin))
    await admin.execute("UPDATE large SET double = 0 WHERE id IN (1, 9); INSERT INTO large VALUES (10)")
    await admin.execute(f"SELECT pg_advisory_unlock({GATE})")
    await going
    found = await admin.fetch("SELECT id, double FROM large ORDER BY id")
    assert [row["double"] for row in found] == [0, 2, 3, 4, 5, 6, 7, 8, 0, 10]


async def test_what_is_written_while_what_is_there_is_counted_is_counted_once(upgrade: Upgrade) -> None:
    admin = upgrade.world.admin
    await upgrade.begin(100)
    await admin.execute(f"SELECT pg_advisory_lock({GATE})")
    before = f"SELECT pg_advisory_xact_lock({GATE}); "
    going = asyncio.create_task(upgrade.go_on(COUNT.format(before=before, after="")))
    await within(lambda: shut(admin))
    await admin.execute("DELETE FROM large WHERE id <= 30; INSERT INTO large SELECT generate_series(101, 107)")
    await admin.execute(f"SELECT pg_advisory_unlock({GATE})")
    await going
    await admin.execute("DELETE FROM large WHERE id = 50")
    await counted(admin)


async def test_who_was_writing_when_the_triggers_were_made_is_counted_once(upgrade: Upgrade) -> None:
    admin, writer = upgrade.world.admin, await asyncpg.connect(upgrade.world.postgres)
    await upgrade.begin(100)
    try:
        writing = writer.transaction()
        await writing.start()
        await writer.execute("INSERT INTO environment.large VALUES (101); DELETE FROM environment.large WHERE id = 1")
        going = asyncio.create_task(upgrade.go_on(COUNT.format(before="", after="")))
        await within(
            lambda: admin.fetchval("SELECT true FROM pg_locks WHERE NOT granted AND mode = 'ShareRowExclusiveLock'")
        )
        await writer.execute("INSERT INTO environment.large VALUES (102)")
        await writing.commit()
        await going
    finally:
        await writer.close()
    await counted(admin)


async def test_what_is_there_is_counted_anew_where_a_job_died(upgrade: Upgrade) -> None:
    admin = upgrade.world.admin
    await upgrade.begin(100)
    with pytest.raises(Exception, match="division by zero"):
        await upgrade.go_on(COUNT.format(before="", after="SELECT 1 / 0"))
    await admin.execute("DELETE FROM large WHERE id <= 30")
    await upgrade.go_on(COUNT.format(before="", after=""))
    await admin.execute("INSERT INTO large SELECT generate_series(1, 5)")
    await counted(admin)


async def counted(admin: asyncpg.Connection) -> None:
    """The counter says how many there are."""
    found = await admin.fetchrow("SELECT (SELECT sum(rows) FROM counter), (SELECT count(*) FROM large)")
    assert found is not None
    assert found[0] == found[1]


async def shut(admin: asyncpg.Connection) -> bool:
    """Whether the migration stands at the gate."""
    waits = "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = $1 AND NOT granted)"
    return bool(await admin.fetchval(waits, GATE))
