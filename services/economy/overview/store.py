"""SQL of what is no indicator."""

from typing import Any

from services.kit.database import Transaction


async def merchants(tx: Transaction) -> int:
    """Merchants that can be paid, counters of the city among them; those of drills left out."""
    return int(await tx.fetchval("SELECT count(*) FROM merchant WHERE state = 'active' AND NOT exercise"))


async def suspended(tx: Transaction) -> list[Any]:
    """Payments in suspense by reason, and the age in seconds of the oldest; those of drills left out."""
    return await tx.fetch(
        """
        SELECT reason, count(*) AS items, extract(epoch FROM $1 - min(created_at))::float8 AS age
          FROM suspense WHERE state <> 'released' AND NOT exercise GROUP BY reason
        """,
        tx.now,
    )
