"""SQL of who may come in."""

from collections.abc import Collection

import asyncpg

_EDITION = "SELECT edition FROM registry"
_GENERATIONS = """
SELECT device.id, device.generation FROM device JOIN thing ON thing.id = device.thing
 WHERE device.id = ANY($1) AND device.revoked_at IS NULL AND NOT thing.retired
"""


async def edition(pool: "asyncpg.Pool[asyncpg.Record]") -> int:
    """Grows with each change of a device or its thing."""
    return await pool.fetchval(_EDITION) or 0


async def generations(pool: "asyncpg.Pool[asyncpg.Record]", names: Collection[str]) -> dict[str, int]:
    """The generations of devices' passwords, of those that may send."""
    return {row["id"]: row["generation"] for row in await pool.fetch(_GENERATIONS, list(names))}
