"""SQL of who may come in. Whoever asks gives up soon: NATS does not wait."""

from collections.abc import Collection

import asyncpg

from services.kit.database.pool import fetch_within, fetchval_within

ANSWER_S = 2.5
"""Longest wait for the database, of the four seconds that NATS waits for us."""

_EDITION = "SELECT devices FROM registry"
_GENERATIONS = """
SELECT device.id, device.generation FROM device JOIN thing ON thing.id = device.thing
 WHERE device.id = ANY($1) AND device.revoked_at IS NULL AND NOT thing.retired
"""


async def edition(pool: "asyncpg.Pool[asyncpg.Record]") -> int:
    """Grows with each change of who may come in. Errors: TimeoutError and the database's."""
    return await fetchval_within(pool, ANSWER_S, _EDITION) or 0


async def generations(pool: "asyncpg.Pool[asyncpg.Record]", names: Collection[str]) -> dict[str, int]:
    """The generations of devices' passwords, of those that may send. Errors: as ``edition``."""
    rows = await fetch_within(pool, ANSWER_S, _GENERATIONS, list(names))
    return {row["id"]: row["generation"] for row in rows}
