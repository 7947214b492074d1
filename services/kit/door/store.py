"""Asks pillars who may come in. Whoever asks us gives up soon: NATS does not wait."""

from collections.abc import Collection

import asyncpg

from services.kit.database.pool import fetch_within, fetchval_within
from services.kit.door.door import Door

ANSWER_S = 2.5
"""Longest wait for the database, of the four seconds that NATS waits for us."""


async def edition(pool: "asyncpg.Pool[asyncpg.Record]", door: Door) -> int:
    """Changes with each change of who may come in. Errors: TimeoutError and the database's."""
    return await fetchval_within(pool, ANSWER_S, door.edition) or 0


async def generations(pool: "asyncpg.Pool[asyncpg.Record]", door: Door, names: Collection[str]) -> dict[str, int]:
    """The generations of passwords, of those that may come in. Errors: as ``edition``."""
    rows = await fetch_within(pool, ANSWER_S, door.generations, list(names))
    return {row["id"]: row["generation"] for row in rows}
