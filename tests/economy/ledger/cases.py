"""Accounts with money on them, and what is on all of them, for the ledger's tests."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg

from services.economy.ledger import actions
from services.economy.ledger.model import Transfer, Verdict, city_account
from services.kit.ids import uuid7
from services.kit.runtime import Runtime

CURRENCY = "IDR"
CASH = city_account("cash", CURRENCY)
TREASURY = city_account("treasury", CURRENCY)
_BOOKS = """
WITH side AS (
    SELECT debit AS account, -amount AS change FROM economy.transfer
    UNION ALL
    SELECT credit, amount FROM economy.transfer
), journal AS (SELECT account, sum(change)::bigint AS balance, count(*) AS entries FROM side GROUP BY account),
reserved AS (
    SELECT account, sum(amount)::bigint AS held FROM economy.hold WHERE state = 'reserved' GROUP BY account
)
SELECT id, account.balance, account.entries, account.held, status, coalesce(journal.balance, 0) AS journal,
       coalesce(journal.entries, 0) AS journal_entries, coalesce(reserved.held, 0) AS reserved
  FROM economy.account LEFT JOIN journal ON journal.account = id LEFT JOIN reserved ON reserved.account = id
 ORDER BY id
"""


def move(debit: UUID, credit: UUID, amount: int, **fields: Any) -> Transfer:
    """A new transfer."""
    return Transfer(uuid7(), "move", debit, credit, amount, CURRENCY)._replace(**fields)


async def post(runtime: Runtime, *transfers: Transfer) -> Verdict:
    """Posts one group."""
    async with runtime.transaction() as tx:
        (verdict,) = await actions.post(tx, [transfers])
    return verdict


async def opened(runtime: Runtime, units: int = 0, kind: str = "wallet", owner: str = "", **fields: Any) -> UUID:
    """A new account with so much on it."""
    async with runtime.transaction() as tx:
        made = await actions.open_account(tx, kind, owner, **fields)
        if units:
            await actions.transfer(tx, move(CASH, made, units))
    return made


async def reserved(runtime: Runtime, account: UUID, amount: int, **fields: Any) -> UUID:
    """A new hold."""
    made = uuid7()
    async with runtime.transaction() as tx:
        await actions.reserve(tx, made, account, amount, "RESERVATION-1", **fields)
    return made


async def books(source: Any) -> Sequence[asyncpg.Record]:
    """All that can change, in one statement's snapshot: accounts with what the journal says of them, and holds."""
    rows: Sequence[asyncpg.Record] = await source.fetch(_BOOKS)
    return rows


def adds_up(rows: Sequence[asyncpg.Record]) -> bool:
    """Whether accounts are zero-sum and each agrees with its journal and its holds."""
    return sum(row["balance"] for row in rows) == 0 and all(
        (row["balance"], row["entries"], row["held"]) == (row["journal"], row["journal_entries"], row["reserved"])
        for row in rows
    )


async def planted(source: Any, debit: UUID, credit: UUID, amount: int, /, **fields: Any) -> UUID:
    """A row in the journal that nobody decided on; it follows on unless ``fields`` say otherwise."""
    heads = {row["id"]: row for row in await books(source)}
    columns: dict[str, Any] = {
        "id": uuid7(),
        "kind": "planted",
        "debit": debit,
        "credit": credit,
        "amount": amount,
        "currency": "IDR",
        "debit_number": heads[debit]["journal_entries"] + 1,
        "debit_balance": heads[debit]["journal"] - amount,
        "credit_number": heads[credit]["journal_entries"] + 1,
        "credit_balance": heads[credit]["journal"] + amount,
        "posted_at": datetime.now(UTC),
        **fields,
    }
    marks = ", ".join(f"${number}" for number in range(1, len(columns) + 1))
    sql = f"INSERT INTO economy.transfer ({', '.join(columns)}) VALUES ({marks})"
    await source.execute(sql, *columns.values())
    made: UUID = columns["id"]
    return made


async def moved(source: Any, account: UUID, amount: int, entries: int = 1) -> None:
    """Changes an account as a transfer would."""
    sql = "UPDATE economy.account SET balance = balance + $2, entries = entries + $3 WHERE id = $1"
    await source.execute(sql, account, amount, entries)
