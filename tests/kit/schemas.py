"""Schemas of small pillars. One that no test has changed is emptied, at a tenth of what it takes to make it anew."""

from typing import Any

import asyncpg

from services.kit.database import migrate
from tests.fixtures.pillars import ROLE_PASSWORD, empty

_SEEN = """
WITH mine AS (SELECT oid, xmin FROM pg_class WHERE relnamespace = to_regnamespace(quote_ident($1)))
SELECT string_agg(concat_ws(' ', kind, oid, written), ';' ORDER BY kind, oid) FROM (
    SELECT 'class' AS kind, oid::text, xmin::text AS written FROM mine
    UNION ALL SELECT 'column', concat(attrelid, '.', attnum), xmin::text FROM pg_attribute
               WHERE attrelid IN (SELECT oid FROM mine)
    UNION ALL SELECT 'default', oid::text, xmin::text FROM pg_attrdef WHERE adrelid IN (SELECT oid FROM mine)
    UNION ALL SELECT 'trigger', oid::text, xmin::text FROM pg_trigger WHERE tgrelid IN (SELECT oid FROM mine)
    UNION ALL SELECT 'constraint', oid::text, xmin::text FROM pg_constraint
               WHERE connamespace = to_regnamespace(quote_ident($1))
    UNION ALL SELECT 'function', oid::text, xmin::text FROM pg_proc
               WHERE pronamespace = to_regnamespace(quote_ident($1))
    UNION ALL SELECT 'type', oid::text, xmin::text FROM pg_type WHERE typnamespace = to_regnamespace(quote_ident($1))
    UNION ALL SELECT 'acl', oid::text, xmin::text FROM pg_default_acl
               WHERE defaclnamespace = to_regnamespace(quote_ident($1))
    UNION ALL SELECT 'schema', oid::text, xmin::text FROM pg_namespace WHERE nspname = $1
    UNION ALL SELECT 'role', oid::text, xmin::text FROM pg_authid WHERE rolname = $1
    UNION ALL SELECT 'setting', concat(setrole, '.', setdatabase), xmin::text FROM pg_db_role_setting
               WHERE setrole = to_regrole(quote_ident($1))
    UNION ALL SELECT 'long', oid::text, '' FROM mine WHERE pg_relation_size(oid) > 1000000
) AS catalogue
"""
"""Which transaction wrote each row of the catalogue that describes a schema and its role, and which files are long."""
_AT_FIRST = """
DELETE FROM "{0}".relay;
INSERT INTO "{0}".relay DEFAULT VALUES;
SELECT setval(seqrelid, seqstart, false) FROM pg_sequence JOIN pg_class ON pg_class.oid = seqrelid
 WHERE relnamespace = '"{0}"'::regnamespace
"""

_MADE: dict[tuple[str, str], tuple[str, frozenset[str]]] = {}
"""How each schema was seen when it was made, and its revisions, by server and name."""


async def fresh(admin: "asyncpg.Connection[Any]", url: str, name: str, *, anew: bool = False) -> None:
    """A schema with the kit's tables and one table for effects, as if just made; with new files if ``anew``."""
    if not anew and (url, name) in _MADE and _MADE[url, name] == await _seen(admin, name):
        await empty(admin, name)
        await admin.execute(_AT_FIRST.format(name))
        return
    await admin.execute(f'DROP SCHEMA IF EXISTS "{name}" CASCADE')
    await migrate.prepare_schema(admin, name, ROLE_PASSWORD)
    await migrate.upgrade(url, name, [migrate.KIT_MIGRATIONS])
    await admin.execute(f'CREATE TABLE "{name}".effect (number bigserial, aggregate text, version bigint)')
    _MADE[url, name] = await _seen(admin, name)


async def _seen(admin: "asyncpg.Connection[Any]", name: str) -> tuple[str, frozenset[str]]:
    return await admin.fetchval(_SEEN, name), await migrate.current(admin, name)
