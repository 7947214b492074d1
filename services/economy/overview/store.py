"""SQL of what is no indicator: counters that the database keeps beside what they count."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.kit.database import Transaction


async def merchants(tx: Transaction) -> int:
    """Merchants that can be paid, counters of the city among them; those of drills left out."""
    return int(await tx.fetchval("SELECT items FROM tally WHERE name = 'merchants'") or 0)


async def suspended(tx: Transaction) -> list[Any]:
    """How many payments are in suspense, by reason; those of drills left out."""
    return await tx.fetch("SELECT substr(name, 10) AS reason, items FROM tally WHERE name LIKE 'suspense %'")


async def longest(tx: Transaction) -> float:
    """For how many seconds the oldest payment has been in suspense; 0 when none is."""
    oldest = await tx.fetchval("SELECT min(created_at) FROM suspense WHERE state <> 'released' AND NOT exercise")
    return 0.0 if oldest is None else float((tx.now - oldest).total_seconds())


async def frozen(tx: Transaction, accounts: Sequence[UUID]) -> set[str]:
    """The kinds of those accounts that are frozen."""
    sql = "SELECT kind FROM account WHERE id = ANY($1::uuid[]) AND status = 'frozen'"
    return {row["kind"] for row in await tx.fetch(sql, accounts)}
