"""A schema as it would look to the planner with a million rows in each table that grows, and what it then plans.

The planner goes by statistics, by the size of the files, and by nothing else: the first are restored as from another
server, and the files are made longer without a byte in them.
"""

import json
import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

ROWS = 1_000_000
SMALL_ROWS = 100
PAGE = 8192
ROWS_A_PAGE = 40
ENTRIES_A_PAGE = 200
MOST_ROWS = ROWS // 20
"""Rows of one table that a statement without a LIMIT may be expected to read: a plan for any value of a condition on
one column expects a two hundredth, one for an open-ended range a third."""

_RELATIONS = """
SELECT nspname AS schema, c.relname AS name, c.relkind::text AS kind,
       (SELECT relname FROM pg_class WHERE oid = coalesce(i.indrelid, c.oid)) AS of,
       coalesce(i.indpred IS NOT NULL, false) AS partial, pg_get_indexdef(i.indexrelid, 1, true) AS leads,
       pg_relation_filepath(c.oid) AS path,
       (SELECT amname FROM pg_am WHERE pg_am.oid = c.relam) AS method
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_index i ON i.indexrelid = c.oid
 WHERE nspname IN ($1, 'public') AND c.relkind IN ('r', 'i')
"""
_RESTORE = """
SELECT pg_restore_relation_stats('schemaname', $1::text, 'relname', $2::text, 'relpages', $3::integer,
                                 'reltuples', $4::real)
"""
# A function takes the statement as a text: asked for directly, the driver would want values for its parameters.
_PLANNED = """
CREATE FUNCTION pg_temp.planned(sql text) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
    found json;
BEGIN
    EXECUTE 'EXPLAIN (GENERIC_PLAN, FORMAT JSON) ' || sql INTO found;
    RETURN found;
END $$
"""

# What was found out about the few rows of a test (that none is published, say) is not so of a million.
_FORGET = """
SELECT pg_clear_attribute_stats(schemaname, tablename, attname, inherited) FROM pg_stats WHERE schemaname = $1
"""
# Of what is added and folded later, one row in a thousand is yet to be folded.
_FRESH = """
SELECT pg_restore_attribute_stats('schemaname', $1::text, 'relname', $2::text, 'attname', 'fresh', 'inherited', false,
                                  'null_frac', 0::real, 'n_distinct', 2::real, 'most_common_vals', '{f,t}'::text,
                                  'most_common_freqs', '{0.999,0.001}'::real[])
  FROM pg_attribute WHERE attrelid = format('%I.%I', $1::text, $2::text)::regclass AND attname = 'fresh'
"""


@dataclass(frozen=True)
class Fault:
    """A statement whose cost grows with a table, and why."""

    sql: str
    why: str

    def __str__(self) -> str:
        return f"{self.why}\n    {' '.join(self.sql.split())}"


@dataclass
class Grown:
    """A schema that seems to be full."""

    admin: "asyncpg.Connection[Any]"
    growing: Collection[str]
    partial: Collection[str]
    """Indexes of a part of a table: what waits to be done, and is not kept."""
    leads: Mapping[str, str]
    """The first column of each index."""

    async def faults(self, sql: str) -> list[Fault]:
        """What of a statement's plan for any values of its parameters grows with a table."""
        plan = await self.admin.fetchval("SELECT pg_temp.planned($1)", sql)
        return [Fault(sql, why) for why in self._walk(json.loads(plan)[0]["Plan"], limited=False)]

    def _walk(self, node: Mapping[str, Any], *, limited: bool) -> Iterator[str]:
        kind = node["Node Type"]
        if kind == "Limit":
            limited = True
        elif kind in {"Sort", "Aggregate", "Hash", "WindowAgg", "SetOp", "Unique"}:
            limited = False
        table = node.get("Relation Name", "")
        if table in self.growing and kind != "ModifyTable":
            yield from self._scan(node, kind, table, limited=limited)
        for inner in node.get("Plans", ()):
            yield from self._walk(inner, limited=limited and not inner.get("Subplan Name"))

    def _scan(self, node: Mapping[str, Any], kind: str, table: str, *, limited: bool) -> Iterator[str]:
        if kind == "Seq Scan":
            yield f"reads all of {table}"
        elif kind in {"Index Scan", "Index Only Scan"} and "Index Cond" not in node:
            if node["Index Name"] not in self.partial and not (limited and "Filter" not in node):
                yield f"walks through {node['Index Name']} from one end to the other"
        elif "Index Cond" in node and "Index Name" in node and self.leads[node["Index Name"]] not in node["Index Cond"]:
            yield f"skips through {node['Index Name']}, whose first column is not given"
        elif limited and "= ANY ($" in node.get("Filter", ""):
            yield f"looks through {node.get('Index Name', table)} for some of its rows: {node['Filter']}"
        elif not limited and node["Plan Rows"] > MOST_ROWS:
            yield f"reads {node['Plan Rows']} rows of {table}"
        elif kind == "Bitmap Heap Scan" and any(
            "Index Cond" not in one and one["Index Name"] not in self.partial for one in _bitmaps(node)
        ):
            yield f"reads an index of {table} from one end to the other"


def _bitmaps(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for inner in node.get("Plans", ()):
        if inner["Node Type"] == "Bitmap Index Scan":
            yield inner
        yield from _bitmaps(inner)


async def grown(admin: "asyncpg.Connection[Any]", schema: str, small: Collection[str]) -> Grown:
    """Makes the tables of a schema seem full, but those named as ``small``."""
    await admin.execute(f'SET search_path = "{schema}", public')
    data = Path(await admin.fetchval("SHOW data_directory"))
    rows = await admin.fetch(_RELATIONS, schema)
    tables = {row["name"]: row["schema"] for row in rows if row["kind"] == "r"}
    assert set(small) <= tables.keys(), f"no such table: {sorted(set(small) - tables.keys())}"
    async with admin.transaction():
        for name, where in tables.items():
            await admin.execute(f'ALTER TABLE "{where}"."{name}" SET (autovacuum_enabled = false)')
        await admin.fetch(_FORGET, schema)
        for row in rows:
            count = SMALL_ROWS if row["of"] in small else ROWS
            pages = 1 + count // (ROWS_A_PAGE if row["kind"] == "r" else ENTRIES_A_PAGE)
            if row["method"] == "brin":
                pages = 3 + count // ROWS_A_PAGE // 128 // 200
            await admin.fetchval(_FRESH, row["schema"], row["of"])
            await admin.fetchval(_RESTORE, row["schema"], row["name"], pages, float(count))
            file = data / row["path"]
            if file.stat().st_size < pages * PAGE:
                os.truncate(file, pages * PAGE)
    await admin.execute(_PLANNED)
    return Grown(
        admin,
        tables.keys() - set(small),
        {row["name"] for row in rows if row["partial"]},
        {row["name"]: row["leads"] for row in rows if row["kind"] == "i"},
    )
