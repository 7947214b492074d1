"""Has governance count the performance of agencies again from the events, and waits for what comes of it."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

from deploy.operate.access import Access, AccessError, database
from services.kit.ids import uuid7

_POLL_S = 0.2
_ASK = "INSERT INTO governance.performance_recompute (id, first, last) VALUES ($1, $2, $3)"
_OUTCOME = """
SELECT events, missing, changed, refused FROM governance.performance_recompute
 WHERE id = $1 AND done_at IS NOT NULL
"""


def month(text: str) -> date:
    """The first day of a month, YYYY-MM. AccessError when it is none."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise AccessError(f"{text} is no month: write it as 2026-10") from None


async def recompute(access: Access, first: date, last: date, within: float) -> dict[str, Any]:
    """Asks for it and waits. AccessError when it is refused, or nobody does it in time."""
    request = uuid7()
    async with database(access) as connection:
        await connection.execute(_ASK, request, first, last)
        deadline = asyncio.get_running_loop().time() + within
        while (found := await connection.fetchrow(_OUTCOME, request)) is None:
            if asyncio.get_running_loop().time() > deadline:
                raise AccessError("governance has not done it yet, and will: see `smartcity status` and its log")
            await asyncio.sleep(_POLL_S)
    if found["refused"]:
        raise AccessError(found["refused"])
    return {name: found[name] for name in ("events", "missing", "changed")}
