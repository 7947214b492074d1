"""Dead letters of the pillars: list them, ask for their replay, wait for the outcome."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, Any

from deploy.operate.access import Access, database
from deploy.pillars import NAMES

if TYPE_CHECKING:
    import asyncpg

_POLL_S = 0.2

_LIST = """
SELECT '{schema}' AS pillar, number, consumer, event_id, type, aggregate, version, state, reason, dead_at,
       replay_requested_at, replayed_at, headers::text AS headers, payload
  FROM {schema}.dead_letter
 WHERE ($1 OR replayed_at IS NULL) ORDER BY number
"""
_ASK = """
UPDATE {schema}.dead_letter SET replay_requested_at = clock_timestamp()
 WHERE replayed_at IS NULL AND ($1::bigint[] IS NULL OR number = ANY($1))
   AND ($2::text IS NULL OR aggregate = $2)
RETURNING number
"""
_OUTCOME = """
SELECT number, replayed_at IS NOT NULL AS replayed, replay_requested_at IS NULL AS refused, reason, aggregate
  FROM {schema}.dead_letter WHERE number = ANY($1::bigint[]) ORDER BY number
"""


async def letters(access: Access, pillar: str | None, *, everything: bool = False) -> list[dict[str, Any]]:
    """Dead letters that wait, or also those that were replayed; headers as an object, payload as the event's data."""
    from deploy.operate.events import data, types_of

    types = types_of()
    async with database(access) as connection:
        rows = [row for name in _chosen(pillar) for row in await connection.fetch(_sql(_LIST, name), everything)]
    return [
        {**dict(row), "headers": json.loads(row["headers"]), "payload": data(row["type"], row["payload"], types)}
        for row in rows
    ]


async def ask_for_replay(
    access: Access, pillar: str | None, numbers: Sequence[int], aggregate: str | None
) -> dict[str, list[int]]:
    """Ask the consumers' owners to try again; the numbers by pillar. No numbers and no aggregate mean all."""
    async with database(access) as connection:
        asked = {
            name: [row["number"] for row in await connection.fetch(_sql(_ASK, name), list(numbers) or None, aggregate)]
            for name in _chosen(pillar)
        }
    return {name: sorted(found) for name, found in asked.items() if found}


async def outcomes(access: Access, asked: dict[str, list[int]], within: float) -> AsyncIterator[list[dict[str, Any]]]:
    """The state of what was asked for, again and again until all are decided or `within` seconds are over."""
    deadline = asyncio.get_running_loop().time() + within
    async with database(access) as connection:
        while True:
            found = [row for name in asked for row in await _outcome(connection, name, asked[name])]
            yield found
            if all(row["outcome"] != "waiting" for row in found) or asyncio.get_running_loop().time() > deadline:
                return
            await asyncio.sleep(_POLL_S)


async def _outcome(
    connection: asyncpg.Connection[asyncpg.Record], name: str, numbers: list[int]
) -> list[dict[str, Any]]:
    return [
        {
            "pillar": name,
            "number": row["number"],
            "aggregate": row["aggregate"],
            "outcome": "replayed" if row["replayed"] else "failed" if row["refused"] else "waiting",
            "reason": None if row["replayed"] else row["reason"],
        }
        for row in await connection.fetch(_sql(_OUTCOME, name), numbers)
    ]


def _chosen(pillar: str | None) -> tuple[str, ...]:
    return NAMES if pillar is None else (pillar,)


def _sql(template: str, schema: str) -> str:
    """The statement for a schema; its name is one of ours (the commands accept no other)."""
    return template.format(schema=schema)
