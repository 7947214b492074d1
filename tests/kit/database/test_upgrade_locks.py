"""An upgrade from the first release keeps nobody waiting for longer than a moment, however large its tables are."""

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine

from deploy.migrate import GATEWAY_MIGRATIONS
from deploy.pillars import NAMES, pillar
from services.kit.database import migrate
from tests.fixtures.upgrades import first_release
from tests.kit.conftest import World, within

LEFT = {f"economy_{number:04}" for number in (11,)}
"""Revisions that still do."""
SMALL = {"alembic_version", "relay", "lease", "dead_letter", "seal", "seal_key"}
"""Tables that have few rows in the largest of cities: going through them takes a moment."""
WORKED = """
SELECT coalesce(array_agg(DISTINCT relation::regclass::text), '{}') AS locked,
       (SELECT coalesce(array_agg(relname::text), '{}') FROM pg_stat_xact_user_tables
         WHERE relid = ANY(%(growing)s::text[]::regclass[]::oid[])
           AND seq_scan + coalesce(idx_scan, 0) + n_tup_upd + n_tup_ins + n_tup_del > 0) AS worked_on
  FROM pg_locks
 WHERE pid = pg_backend_pid() AND locktype = 'relation' AND granted
   AND relation = ANY(%(growing)s::text[]::regclass[]::oid[])
   AND mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
"""
"""Of a transaction: tables that others cannot write in until it ends, and those that it has gone through, be it for an
index, a check, a sum or a change. A scan counts although it found nothing.
"""


class Watch:
    """Looks at each transaction of the migrations as it ends."""

    def __init__(self, schema: str, growing: list[str]) -> None:
        self._growing = [f'"{schema}"."{table}"' for table in growing]
        self.found: list[str] = []

    @contextmanager
    def on(self) -> Iterator[None]:
        """Watches every connection that Alembic's engine makes, also one beside its own."""
        hooks: dict[str, Callable[..., Any]] = {
            "commit": self._look,
            "before_cursor_execute": self._begun,
            "after_cursor_execute": self._done,
        }
        for name, hook in hooks.items():
            event.listen(Engine, name, hook)
        try:
            yield
        finally:
            for name, hook in hooks.items():
                event.remove(Engine, name, hook)

    def _look(self, connection: Connection) -> None:
        raw: Any = connection.connection.dbapi_connection
        with raw.cursor() as cursor:
            locked, worked_on = cursor.execute(WORKED, {"growing": self._growing}).fetchone()
            # What a transaction did is told of the next one too until the server has written it down.
            cursor.execute("SELECT pg_stat_force_next_flush()")
            if locked and worked_on:
                at = {row[0] for row in cursor.execute("SELECT version_num FROM alembic_version").fetchall()}
                if not at & LEFT:
                    self.found.append(f"{sorted(at)}: {locked} locked while {worked_on} were gone through")

    def _begun(self, connection: Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
        """A string of statements that commits by itself is a transaction too."""
        if self._alone(connection, statement):
            _cursor.execute("BEGIN")

    def _done(self, connection: Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
        raw: Any = connection.connection.dbapi_connection
        if self._alone(connection, statement):
            self._look(connection)
            raw.cursor().execute("COMMIT")
        elif raw.autocommit:
            raw.cursor().execute("SELECT pg_stat_force_next_flush()")

    def _alone(self, connection: Connection, statement: str) -> bool:
        raw: Any = connection.connection.dbapi_connection
        return bool(raw.autocommit) and "CONCURRENTLY" not in statement and statement.strip() != ""


async def gone_through(postgres: str, schema: str, folders: list[Path], into: Path) -> list[str]:
    """What is found wrong as a schema of the first release is brought to the heads."""
    async with first_release(postgres, schema, folders, into) as url:
        admin = await asyncpg.connect(url)
        tables = "SELECT relname FROM pg_class WHERE relnamespace = $1::regnamespace AND relkind = 'r'"
        names = {row["relname"] for row in await admin.fetch(tables, schema)}
        await admin.close()
        watch = Watch(schema, sorted(names - SMALL))
        with watch.on():
            await migrate.upgrade(url, schema, folders)
        return watch.found


@pytest.mark.parametrize("schema", [*NAMES, "gateway"])
async def test_no_migration_goes_through_a_growing_table_while_others_wait_for_one(
    postgres: str, schema: str, tmp_path: Path
) -> None:
    """Its indexes are of `indexes.build`; what is filled is filled by `filling`, after the column is committed."""
    folders = [GATEWAY_MIGRATIONS] if schema == "gateway" else [migrate.KIT_MIGRATIONS, pillar(schema).migrations]
    found = await gone_through(postgres, schema, folders, tmp_path)
    assert not found, "\n".join(found)


WHOLE = "op.execute({!r})"
ALONE = "with op.get_context().autocommit_block():\n        op.execute({!r})"


@pytest.mark.parametrize(
    ("upgrade", "waits"),
    [
        (WHOLE.format("ALTER TABLE large ADD y int; UPDATE large SET y = x"), True),
        (WHOLE.format("ALTER TABLE large ADD y int") + "\n    " + WHOLE.format("UPDATE other SET x = 1"), True),
        (WHOLE.format("ALTER TABLE large ADD y int CHECK (y > 0)"), True),
        (WHOLE.format("CREATE INDEX large_x ON large (x)"), True),
        (WHOLE.format("LOCK TABLE other IN SHARE MODE; CREATE TABLE sums AS SELECT sum(x) FROM large"), True),
        (ALONE.format("ALTER TABLE large ADD y int; UPDATE large SET y = x"), True),
        (WHOLE.format("ALTER TABLE large ADD y int NOT NULL DEFAULT 7"), False),
        (WHOLE.format("UPDATE large SET x = 1") + "\n    " + ALONE.format("ALTER TABLE large ADD y int"), False),
        (ALONE.format("CREATE INDEX CONCURRENTLY large_x ON large (x)"), False),
        (ALONE.format("CREATE INDEX CONCURRENTLY large_x ON large (x)") + "\n    " + WHOLE.format("SELECT 1"), False),
    ],
)
async def test_who_waits_for_a_migration_is_seen(postgres: str, tmp_path: Path, upgrade: str, waits: bool) -> None:
    head = 'from alembic import op\nrevision = "{}"\ndown_revision = {}\nbranch_labels = {}\n\ndef upgrade():\n    {}\n'
    folder = tmp_path / "own"
    folder.mkdir()
    tables = "CREATE TABLE large (x int); CREATE TABLE other (x int)"
    (folder / "2026_01_01_tables.py").write_text(head.format("own_0001", None, '("own",)', WHOLE.format(tables)))
    (folder / "2026_12_01_later.py").write_text(head.format("own_0002", '"own_0001"', None, upgrade))
    assert bool(await gone_through(postgres, "living", [folder], tmp_path)) == waits


async def test_what_a_job_had_begun_ends_where_it_is_killed(world: World, tmp_path: Path) -> None:
    """Else the next would ask for a table that is locked, and everybody would wait behind it."""
    (tmp_path / "2026_01_01_slow.py").write_text(
        'from alembic import op\nrevision = "own_0001"\ndown_revision = None\nbranch_labels = ("own",)\n'
        'def upgrade() -> None:\n    op.execute("LOCK TABLE outbox; SELECT pg_sleep(600)")\n'
    )
    run = "import asyncio, pathlib, sys\nfrom services.kit.database import migrate\n"
    run += "folders = [migrate.KIT_MIGRATIONS, pathlib.Path(sys.argv[2])]\n"
    run += "asyncio.run(migrate.upgrade(sys.argv[1], 'environment', folders))"
    job = await asyncio.create_subprocess_exec(sys.executable, "-c", run, world.postgres, str(tmp_path))
    slow = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)' AND state = 'active')"
    try:
        await within(lambda: world.admin.fetchval(slow))
    finally:
        job.kill()
        await job.wait()
    await world.admin.execute("SET lock_timeout = '10s'; ALTER TABLE environment.outbox ADD COLUMN later int")
