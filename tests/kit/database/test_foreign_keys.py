"""What is deleted is looked for in each table that refers to it: by an index, for such tables grow."""

import re
from pathlib import Path

import asyncpg
import pytest

from deploy.pillars import NAMES, pillar
from tests.fixtures.pillars import own_database

DELETES = re.compile(r"DELETE FROM (\w+)")
KIT = {"follower", "subscriber"}
"""How tables end whose rows the kit's mails delete, by a name that is given to it."""
UNINDEXED = """
SELECT c.confrelid::regclass::text AS parent, c.conrelid::regclass::text AS child, a.attname::text AS "column"
  FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
 WHERE c.contype = 'f' AND c.connamespace = $1::regnamespace
   AND NOT EXISTS (
       SELECT FROM pg_index i
        WHERE i.indrelid = c.conrelid AND i.indisvalid AND i.indkey[0] = ANY(c.conkey)
          AND (i.indpred IS NULL OR pg_get_expr(i.indpred, i.indrelid) = format('(%I IS NOT NULL)', a.attname)))
"""
"""A part of a table is no help, unless it is all that refers to something."""
CASCADES = """
SELECT confrelid::regclass::text AS parent, conrelid::regclass::text AS child
  FROM pg_constraint WHERE contype = 'f' AND confdeltype = 'c' AND connamespace = $1::regnamespace
"""


def deleted_by_statements(schema: str) -> set[str]:
    """Tables from which a statement of a pillar deletes."""
    sources = [path for path in Path("services", schema).rglob("*.py") if "migrations" not in path.parts]
    return {name for path in sources for name in DELETES.findall(path.read_text())}


@pytest.mark.parametrize("schema", NAMES)
async def test_whoever_deletes_a_row_goes_through_no_table_that_refers_to_it(postgres: str, schema: str) -> None:
    admin = await asyncpg.connect(await own_database(postgres, pillar(schema)))
    try:
        await admin.execute(f'SET search_path = "{schema}"')
        keys = await admin.fetch(UNINDEXED, schema)
        cascades = await admin.fetch(CASCADES, schema)
    finally:
        await admin.close()
    gone = deleted_by_statements(schema)
    gone |= {row["parent"] for row in (*keys, *cascades) if row["parent"].rpartition("_")[2] in KIT}
    while more := {row["child"] for row in cascades if row["parent"] in gone} - gone:
        gone |= more
    found = [f"{row['child']}({row['column']}) -> {row['parent']}" for row in keys if row["parent"] in gone]
    assert not found, "\n".join(found)
