"""Brings a schema to its newest revision with Alembic, as the administrator who owns it.

Each schema has its own version table and holds the kit's branch beside its own. When a schema is up to date already,
or further on, nothing but one query is run: a restart is quick, and a version before starts on tables of a later one.
"""

import asyncio
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import asyncpg

KIT_MIGRATIONS = Path(__file__).parent / "migrations"
_ENVIRONMENT = Path(__file__).parent / "alembic"
CONNECT_TIMEOUT_S = 5
GONE_MS = 1_000
"""How often the server looks whether who began a statement is there still."""
_REVISION = re.compile(r"^(down_revision|revision)\b[^=]*= *(?:\"([^\"]+)\"|None)", re.MULTILINE)


async def prepare_schema(connection: asyncpg.Connection, schema: str, password: str | None) -> None:
    """Makes the role (with ``password``, if given) and the schema, and lets the role read and write what is in it."""
    await _make_role(connection, schema, password)
    await connection.execute(
        f"""
        CREATE SCHEMA IF NOT EXISTS "{schema}";
        GRANT USAGE ON SCHEMA "{schema}" TO "{schema}";
        ALTER ROLE "{schema}" SET search_path = "{schema}", public;
        ALTER DEFAULT PRIVILEGES IN SCHEMA "{schema}"
            GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO "{schema}";
        ALTER DEFAULT PRIVILEGES IN SCHEMA "{schema}" GRANT USAGE, SELECT ON SEQUENCES TO "{schema}";
        """
    )


async def prepare_reader(
    connection: asyncpg.Connection, role: str, schema: str, tables: Sequence[str], password: str | None
) -> None:
    """Makes a role that reads these tables of a schema and its revision, and nothing else; they must be there."""
    await _make_role(connection, role, password)
    await connection.execute(
        f"""
        GRANT USAGE ON SCHEMA "{schema}" TO "{role}";
        REVOKE ALL ON ALL TABLES IN SCHEMA "{schema}" FROM "{role}";
        GRANT SELECT ON {", ".join(f'"{schema}"."{table}"' for table in (*tables, "alembic_version"))} TO "{role}";
        ALTER ROLE "{role}" SET search_path = "{schema}", public;
        """
    )


async def _make_role(connection: asyncpg.Connection, role: str, password: str | None) -> None:
    if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role):
        await connection.execute(f'CREATE ROLE "{role}" LOGIN')
    if password is not None:
        quoted = await connection.fetchval("SELECT quote_literal($1)", password)
        await connection.execute(f'ALTER ROLE "{role}" LOGIN PASSWORD {quoted}')


async def upgrade(url: str, schema: str, locations: Sequence[Path]) -> bool:
    """Upgrades ``schema`` to the heads found in ``locations``; answers whether anything was done.

    One that is further on is left as it is: it belongs to a later version, which was rolled back.
    """
    connection = await asyncpg.connect(url, timeout=CONNECT_TIMEOUT_S)
    try:
        if not behind(await current(connection, schema), heads(locations)):
            return False
    finally:
        await connection.close()
    await asyncio.to_thread(_run, url, schema, locations)
    return True


def _run(url: str, schema: str, locations: Sequence[Path]) -> None:
    """Alembic is not asynchronous, and its migrations are scripts of several statements, which asyncpg refuses."""
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine

    config = Config()
    config.set_main_option("script_location", str(_ENVIRONMENT))
    config.set_main_option("version_locations", "\n".join(map(str, locations)))
    config.set_main_option("path_separator", "newline")
    engine = create_engine(
        re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", url),
        connect_args={
            # What a Job that is killed had begun ends, so that what it locked is not waited for when it runs again.
            "options": f"-csearch_path={schema},public -cclient_connection_check_interval={GONE_MS}",
            "connect_timeout": CONNECT_TIMEOUT_S,
        },
    )
    try:
        # Not begun: each migration commits by itself, and one may build an index beside writes (``autocommit_block``).
        with engine.connect() as connection:
            config.attributes.update(connection=connection, schema=schema)
            command.upgrade(config, "heads")
    finally:
        engine.dispose()


async def current(connection: asyncpg.Connection, schema: str) -> frozenset[str]:
    """Revisions the schema is at; empty when it was never migrated."""
    if await connection.fetchval("SELECT to_regclass($1)", f'"{schema}".alembic_version') is None:
        return frozenset()
    rows = await connection.fetch(f'SELECT version_num FROM "{schema}".alembic_version')  # noqa: S608 - our own name
    return frozenset(row["version_num"] for row in rows)


def heads(locations: Sequence[Path]) -> frozenset[str]:
    """The newest revisions in the folders, read from the files without importing Alembic."""
    revisions: set[str] = set()
    parents: set[str] = set()
    for file in sorted(file for location in locations for file in location.glob("*.py")):
        for key, value in _REVISION.findall(file.read_text(encoding="utf-8")):
            if value:
                (revisions if key == "revision" else parents).add(value)
    return frozenset(revisions - parents)


def behind(found: Iterable[str], needed: Iterable[str]) -> list[str]:
    """Which of the ``needed`` revisions a schema at ``found`` has not reached.

    Revisions are named ``<branch>_<number>``, and a later number holds the earlier ones: a schema that is further on
    than this code is as good, since it is only ever expanded while older code runs.
    """
    at = dict(map(_place, found))
    wanted = dict(map(_place, needed))
    return sorted(f"{branch}_{number:04}" for branch, number in wanted.items() if at.get(branch, 0) < number)


def _place(revision: str) -> tuple[str, int]:
    branch, _, number = revision.rpartition("_")
    return branch, int(number)
