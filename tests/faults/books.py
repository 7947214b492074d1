"""What must hold in every snapshot of the books: zero-sum, and each balance equal to its journal."""

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from tests.fixtures.house import House

EVERY_S = 0.1

_TOTALS = "SELECT currency, sum(balance)::bigint AS total FROM economy.account GROUP BY 1 HAVING sum(balance) <> 0"
_HEADS = """
WITH side AS (
    SELECT debit AS account, debit_number AS number, debit_balance AS balance, -amount AS amount FROM economy.transfer
     UNION ALL
    SELECT credit, credit_number, credit_balance, amount FROM economy.transfer
), journal AS (
    SELECT account, count(*) AS entries, sum(amount) AS balance, max(number) AS last FROM side GROUP BY 1
)
SELECT a.id FROM economy.account a LEFT JOIN journal j ON j.account = a.id
 WHERE a.balance <> coalesce(j.balance, 0) OR a.entries <> coalesce(j.entries, 0) OR a.entries <> coalesce(j.last, 0)
    OR a.held <> (SELECT coalesce(sum(h.amount), 0) FROM economy.hold h WHERE h.account = a.id AND h.state = 'reserved')
"""


async def faults(connection: Any) -> list[str]:
    """What does not add up, seen in one snapshot."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        totals = [f"{row['currency']} adds up to {row['total']}" for row in await connection.fetch(_TOTALS)]
        heads = [f"account {row['id']} differs from its journal" for row in await connection.fetch(_HEADS)]
    return totals + heads


@dataclass
class Auditor:
    """Looks every 100 ms from a connection of its own, as often as the database is there."""

    house: House
    looks: int = 0
    found: list[str] = field(default_factory=list)

    async def run(self) -> None:
        """Looks until cancelled."""
        while True:
            with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
                connection = await self.house.database()
                try:
                    while True:
                        self.found += await faults(connection)
                        self.looks += 1
                        await asyncio.sleep(EVERY_S)
                finally:
                    with contextlib.suppress(Exception):
                        await connection.close(timeout=1)
            await asyncio.sleep(EVERY_S)
