"""Migrations: what was done is not done again, and a pillar's role can use its tables but not change them."""

import asyncio
import re
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from deploy.migrate import GATEWAY_MIGRATIONS
from deploy.pillars import NAMES, pillar
from services.kit.database import maintenance, migrate
from services.kit.database.pool import connect_pool
from services.kit.runtime import Runtime
from tests.fixtures.upgrades import RELEASED
from tests.kit.conftest import World, within

OLD_PASSWORD = "test-password"
SMALL = {"ballot", "incident_clock"}
"""Tables of which an index is built in a moment, while those who write wait."""
INDEX = re.compile(r"CREATE (?:UNIQUE )?INDEX (\w+) ON (\w+)")
TABLE = re.compile(r"CREATE TABLE (\w+)")
DROP = re.compile(r"DROP INDEX (?:IF EXISTS )?(?!CONCURRENTLY\b|IF EXISTS\b)(\w+(?:,\s*\w+)*)")


def locations(schema: str) -> list[Path]:
    """Folders of a schema's revisions."""
    return [GATEWAY_MIGRATIONS] if schema == "gateway" else [migrate.KIT_MIGRATIONS, pillar(schema).migrations]


def as_role(url: str, role: str, password: str = OLD_PASSWORD) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{role}:{password}@{parts.netloc.rpartition('@')[2]}"))


@pytest.mark.parametrize("schema", [*NAMES, "gateway"])
def test_the_heads_found_without_alembic_are_alembics_own(schema: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(migrate._ENVIRONMENT))
    config.set_main_option("version_locations", "\n".join(map(str, locations(schema))))
    config.set_main_option("path_separator", "newline")
    assert migrate.heads(locations(schema)) == frozenset(ScriptDirectory.from_config(config).get_heads())


async def test_a_second_run_does_nothing(world: World) -> None:
    kit = [migrate.KIT_MIGRATIONS]
    assert await migrate.current(world.admin, "environment") == migrate.heads(kit)
    assert await migrate.upgrade(world.postgres, "environment", kit) is False
    await migrate.prepare_schema(world.admin, "environment", OLD_PASSWORD)


async def test_a_schema_never_migrated_is_at_no_revision(world: World) -> None:
    assert await migrate.current(world.admin, "nowhere") == frozenset()


async def test_a_migration_that_fails_leaves_nothing_half_done(world: World, tmp_path: Path) -> None:
    (tmp_path / "2026_01_01_broken.py").write_text(
        'from alembic import op\nrevision = "own_0001"\ndown_revision = None\nbranch_labels = ("own",)\n'
        'def upgrade() -> None:\n    op.execute("CREATE TABLE half (x int); SELECT 1/0")\n'
    )
    with pytest.raises(Exception, match="division by zero"):
        await migrate.upgrade(world.postgres, "environment", [migrate.KIT_MIGRATIONS, tmp_path])
    assert await migrate.current(world.admin, "environment") == migrate.heads([migrate.KIT_MIGRATIONS])
    assert await world.admin.fetchval("SELECT to_regclass('environment.half')") is None


async def test_an_index_is_built_beside_writes_and_what_was_done_before_a_failure_stays(
    world: World, tmp_path: Path
) -> None:
    head = 'from alembic import op\nrevision = "{}"\ndown_revision = {}\nbranch_labels = {}\n\ndef upgrade() -> None:\n'
    (tmp_path / "2026_01_01_table.py").write_text(
        head.format("own_0001", None, '("own",)') + '    op.execute("CREATE TABLE large (x int)")\n'
    )
    beside = tmp_path / "2026_01_02_beside.py"
    index = (
        "    with op.get_context().autocommit_block():\n"
        '        op.execute("DROP INDEX CONCURRENTLY IF EXISTS large_x")\n'
        '        op.execute("CREATE INDEX CONCURRENTLY large_x ON large (x)")\n'
    )
    beside.write_text(head.format("own_0002", '"own_0001"', None) + index + '    op.execute("SELECT 1/0")\n')
    folders = [migrate.KIT_MIGRATIONS, tmp_path]
    with pytest.raises(Exception, match="division by zero"):
        await migrate.upgrade(world.postgres, "environment", folders)
    assert "own_0001" in await migrate.current(world.admin, "environment")
    beside.write_text(head.format("own_0002", '"own_0001"', None) + index)
    await migrate.upgrade(world.postgres, "environment", folders)
    assert await migrate.current(world.admin, "environment") == migrate.heads(folders)
    valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'environment.large_x'::regclass"
    assert await world.admin.fetchval(valid)


async def test_an_index_that_is_built_a_second_time_stands_all_the_while(world: World, tmp_path: Path) -> None:
    """A Job that died before it wrote down how far it came begins anew, while processes write."""
    head = 'from alembic import op\nfrom services.kit.database import indexes\n\nrevision = "{}"\ndown_revision = {}\n'
    (tmp_path / "2026_01_01_table.py").write_text(
        head.format("own_0001", None) + 'branch_labels = ("own",)\n\ndef upgrade() -> None:\n'
        '    op.execute("CREATE TABLE large (x int)")\n'
    )
    (tmp_path / "2026_01_02_index.py").write_text(
        head.format("own_0002", '"own_0001"') + "\ndef upgrade() -> None:\n"
        '    indexes.build({"large_x": "large (x)"}, unique=True)\n'
    )
    folders = [migrate.KIT_MIGRATIONS, tmp_path]
    await migrate.upgrade(world.postgres, "environment", folders)
    await world.admin.execute(
        "UPDATE environment.alembic_version SET version_num = 'own_0001' WHERE version_num = 'own_0002'"
    )
    writer = await asyncpg.connect(as_role(world.postgres, "environment"))
    try:
        writing = writer.transaction()
        await writing.start()
        await writer.execute("INSERT INTO large VALUES (1)")
        again = asyncio.create_task(migrate.upgrade(world.postgres, "environment", folders))
        await within(lambda: waits(world))
        await world.admin.execute("INSERT INTO environment.large VALUES (2) ON CONFLICT (x) DO NOTHING")
        await writing.commit()
        await again
    finally:
        await writer.close()
    found = await world.admin.fetch(
        "SELECT indexrelid::regclass::text, indisvalid, indisunique FROM pg_index"
        " WHERE indrelid = 'environment.large'::regclass"
    )
    assert [tuple(row) for row in found] == [("environment.large_x", True, True)]


async def waits(world: World) -> bool:
    """Whether an index is being built, or dropped, that waits for who writes."""
    waiting = (
        "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()"
        " AND query LIKE '%CONCURRENTLY%large_x%' AND wait_event_type = 'Lock')"
    )
    return bool(await world.admin.fetchval(waiting))


@pytest.mark.parametrize("schema", [*NAMES, "gateway"])
def test_an_index_of_a_large_table_is_built_and_dropped_beside_its_writes(schema: str) -> None:
    """Whoever comes from 0.1.0 runs all of later. What 0.1.0 does not have is empty then, and who followed main has run
    those of before 2026-11-29: they may build plainly on tables that came since.
    """
    for folder in locations(schema):
        files = {file.name: file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.py"))}
        since = {name: words.partition("def downgrade()")[0] for name, words in files.items() if name >= RELEASED}
        first = "".join(words for name, words in files.items() if name < RELEASED)
        there = {name for name, _ in INDEX.findall(first)}
        empty = set(TABLE.findall("".join(since.values())))
        for name, words in since.items():
            made = SMALL | set(TABLE.findall(words)) | (empty if name < "2026_11_29" else set())
            waiting = {table for _, table in INDEX.findall(words)} - made
            dropped = there & {one for names in DROP.findall(words) for one in re.split(r"[\s,]+", names)}
            assert not waiting, f"{name}: give {waiting} to indexes.build"
            assert not dropped, f"{name}: give {dropped} to indexes.drop"


NARROWS = re.compile(
    r"ADD (?:COLUMN )?(?:IF NOT EXISTS )?(?!CONSTRAINT\b)\w+ (?![^,;]*\b(?:DEFAULT|GENERATED)\b)[^,;]*\bNOT NULL\b"
    r"|\bDROP COLUMN\b|\bDROP TABLE\b|\bALTER TABLE [^;]*\bRENAME\b|\bSET NOT NULL\b|\bDROP DEFAULT\b"
    r"|\bALTER (?:COLUMN )?\w+ (?:SET DATA )?TYPE\b"
)
"""What the version that still runs, or is rolled back to, does not survive: its INSERT names no new column, its SELECT
the old ones.
"""
NARROWED = {
    "2026_11_27_pump_commands.py": "0.1.0 has no commands to pumps",
    "2026_11_27_warning_alarm.py": "0.1.0 has no warnings",
    "2026_11_28_sales_moved_at.py": "0.1.0 has no sales",
}
"""A migration that does so all the same, and why nothing that may still run notices."""


@pytest.mark.parametrize(
    ("upgrade", "narrows"),
    [
        ("ALTER TABLE act ADD COLUMN merchant uuid NOT NULL", True),
        ("ALTER TABLE act ADD merchant uuid, ADD COLUMN payer text NOT NULL DEFAULT ''", False),
        ("ALTER TABLE act ADD COLUMN payer text DEFAULT '' NOT NULL", False),
        ("ALTER TABLE act ADD CONSTRAINT named CHECK (payer IS NOT NULL)", False),
        ("ALTER TABLE act DROP COLUMN payer", True),
        ("ALTER TABLE act RENAME COLUMN payer TO paid_by", True),
        ("ALTER TABLE act ALTER COLUMN payer SET NOT NULL", True),
        ("ALTER TABLE act ALTER payer TYPE uuid USING payer::uuid", True),
        ("DROP INDEX act_by; ALTER INDEX act_anew RENAME TO act_by", False),
    ],
)
def test_what_narrows_a_table_is_known(upgrade: str, narrows: bool) -> None:
    assert bool(NARROWS.search(upgrade)) == narrows


@pytest.mark.parametrize("schema", [*NAMES, "gateway"])
def test_a_migration_since_the_first_release_leaves_the_version_before_what_it_needs(schema: str) -> None:
    """docs/operate.md, Upgrade: old and new run together."""
    for file in (file for folder in locations(schema) for file in folder.glob("*.py") if file.name >= RELEASED):
        upgrade = file.read_text(encoding="utf-8").partition("def upgrade()")[2].partition("def downgrade()")[0]
        found = NARROWS.findall(upgrade)
        message = "let a version pass first, or say in NARROWED why nothing that may run notices"
        assert not found or file.name in NARROWED, f"{file.name}: {found}; {message}"


async def test_a_version_before_leaves_the_tables_of_a_later_one_as_they_are(world: World, tmp_path: Path) -> None:
    """`helm rollback` runs the Job of the version before again, and it knows nothing of the later revisions."""
    head = 'from alembic import op\nrevision = "{}"\ndown_revision = {}\nbranch_labels = {}\n\ndef upgrade() -> None:\n'
    before, after = tmp_path / "before", tmp_path / "after"
    for folder in (before, after):
        folder.mkdir()
        (folder / "2026_01_01_table.py").write_text(
            head.format("own_0001", None, '("own",)') + '    op.execute("CREATE TABLE kept (x int)")\n'
        )
    (after / "2026_01_02_column.py").write_text(
        head.format("own_0002", '"own_0001"', None) + '    op.execute("ALTER TABLE kept ADD y int")\n'
    )
    await migrate.upgrade(world.postgres, "environment", [migrate.KIT_MIGRATIONS, after])
    reached = await migrate.current(world.admin, "environment")
    assert await migrate.upgrade(world.postgres, "environment", [migrate.KIT_MIGRATIONS, before]) is False
    assert await migrate.current(world.admin, "environment") == reached
    assert "own_0002" in reached


async def test_the_role_reads_and_writes_its_own_tables_and_later_ones(world: World) -> None:
    await world.admin.execute("CREATE TABLE environment.later (number bigserial, word text)")
    role = await asyncpg.connect(as_role(world.postgres, "environment"))
    try:
        await role.execute("INSERT INTO later (word) VALUES ('x')")
        await role.execute("UPDATE later SET word = 'y'; DELETE FROM effect; DELETE FROM outbox")
        assert await role.fetchval("SELECT word FROM later") == "y"
    finally:
        await role.close()


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE outbox ADD COLUMN x int",
        "DROP TABLE inbox",
        "TRUNCATE outbox",
        "CREATE TABLE mine (x int)",
        "CREATE TABLE public.mine (x int)",
        "SELECT * FROM governance.outbox",
        "INSERT INTO governance.effect (aggregate) VALUES ('x')",
        "CREATE ROLE friend",
        "ALTER ROLE environment SUPERUSER",
        "SET ROLE postgres",
        "COPY (SELECT 1) TO '/tmp/out'",
    ],
)
async def test_the_role_may_do_nothing_else(world: World, statement: str) -> None:
    role = await asyncpg.connect(as_role(world.postgres, "environment"))
    try:
        with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.InvalidSchemaNameError)):
            await role.execute(statement)
    finally:
        await role.close()


async def test_a_new_password_replaces_the_old_one_and_none_leaves_it(world: World) -> None:
    await migrate.prepare_schema(world.admin, "environment", "it's new")
    await migrate.prepare_schema(world.admin, "environment", None)
    try:
        connection = await asyncpg.connect(as_role(world.postgres, "environment", "it%27s%20new"))
        await connection.close()
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(as_role(world.postgres, "environment"))
    finally:
        await migrate.prepare_schema(world.admin, "environment", OLD_PASSWORD)


def test_nothing_can_come_again_after_its_inbox_entry_is_gone() -> None:
    assert maintenance.INBOX_AGE > maintenance.OUTBOX_AGE >= maintenance.STREAM_AGE


async def test_only_what_is_past_its_age_is_pruned(world: World) -> None:
    await world.admin.execute(
        """
        SET search_path = environment;
        INSERT INTO outbox (id, type, aggregate, version, correlation, exercise, recorded_at, payload, published_at)
        SELECT gen_random_uuid(), 't', a, 1, '', false, now() - make_interval(days => d), '', p FROM (VALUES
            ('old', 15, now()), ('young', 13, now()), ('old but unsent', 400, NULL)) AS rows(a, d, p);
        INSERT INTO inbox SELECT 'old', gen_random_uuid(), now() - interval '31 days';
        INSERT INTO inbox SELECT 'young', gen_random_uuid(), now() - interval '29 days';
        INSERT INTO idempotency_key (caller, rpc, request_id, request_hash, permanent, created_at) VALUES
            ('old', '', '', '', false, now() - interval '8 days'), ('young', '', '', '', false, now()),
            ('old but kept', '', '', '', true, now() - interval '8 years');
        """
    )
    pool = await connect_pool(as_role(world.postgres, "environment"), "environment", 2)
    await maintenance.prune(Runtime("environment", None, pool, None))  # type: ignore[arg-type]
    await pool.close()
    left = {
        "outbox": {row["aggregate"] for row in await world.admin.fetch("SELECT aggregate FROM outbox")},
        "inbox": {row["consumer"] for row in await world.admin.fetch("SELECT consumer FROM inbox")},
        "key": {row["caller"] for row in await world.admin.fetch("SELECT caller FROM idempotency_key")},
    }
    assert left == {
        "outbox": {"young", "old but unsent"},
        "inbox": {"young"},
        "key": {"young", "old but kept"},
    }


OLD = """
SET search_path = environment;
INSERT INTO outbox (id, type, aggregate, version, correlation, exercise, recorded_at, payload, published_at)
SELECT gen_random_uuid(), 't', 'old', 1, '', false, now() - interval '15 days', '', now() FROM generate_series(1, 5);
INSERT INTO inbox SELECT 'old', gen_random_uuid(), now() - interval '31 days' FROM generate_series(1, 5);
INSERT INTO idempotency_key (caller, rpc, request_id, request_hash, permanent, created_at)
SELECT 'old', '', number::text, '', false, now() - interval '8 days' FROM generate_series(1, 5) AS number;
CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.3); RETURN OLD; END $$;
CREATE TRIGGER slow BEFORE DELETE ON outbox FOR EACH ROW EXECUTE FUNCTION slow();
CREATE TRIGGER slow BEFORE DELETE ON inbox FOR EACH ROW EXECUTE FUNCTION slow();
CREATE TRIGGER slow BEFORE DELETE ON idempotency_key FOR EACH ROW EXECUTE FUNCTION slow();
"""


async def test_more_than_one_statement_can_delete_in_time_goes_in_slices(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.admin.execute(OLD)
    monkeypatch.setattr("services.kit.database.pool.COMMAND_TIMEOUT_S", 1.2)
    monkeypatch.setattr(maintenance, "SLICE", 2)
    pool = await connect_pool(as_role(world.postgres, "environment"), "environment", 2)
    await maintenance.prune(Runtime("environment", None, pool, None))  # type: ignore[arg-type]
    await pool.close()
    for table in ("outbox", "inbox", "idempotency_key"):
        assert await world.admin.fetchval(f"SELECT count(*) FROM {table}") == 0, table
