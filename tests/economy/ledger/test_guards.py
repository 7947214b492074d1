"""What the database itself refuses, whoever asks: the ledger is added to, and only with what follows on."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.kit.ids import uuid7
from tests.economy.conftest import Economy
from tests.economy.ledger.cases import TREASURY, adds_up, books, move, moved, opened, planted, post, reserved

REFUSED = (asyncpg.IntegrityConstraintViolationError, asyncpg.InsufficientPrivilegeError)


@pytest.fixture(params=["pillar", "admin"])
async def direct(economy: Economy, request: pytest.FixtureRequest) -> AsyncIterator[Any]:
    """A connection that goes round the actions: under the pillar's own role, or as the administrator."""
    if request.param == "admin":
        yield economy.served.admin
    else:
        async with economy.runtime.pool.acquire() as connection:
            yield connection


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE economy.transfer SET amount = amount + 1",
        "DELETE FROM economy.transfer",
        "DELETE FROM economy.account WHERE id = $1",
        "DELETE FROM economy.hold",
        "UPDATE economy.account SET currency = 'USD' WHERE id = $1",
        "UPDATE economy.account SET id = gen_random_uuid() WHERE id = $1",
        "UPDATE economy.hold SET amount = amount + 1",
        "UPDATE economy.account SET balance = balance + 1 WHERE id = $1",
        "UPDATE economy.account SET entries = entries + 1 WHERE id = $1",
        "UPDATE economy.account SET held = held + 1 WHERE id = $1",
        "UPDATE economy.account SET balance = -1 WHERE id = $1",
        "UPDATE economy.account SET owner = '' WHERE id = $1",
        "UPDATE economy.account SET owner = 'another' WHERE id = $1",
        "UPDATE economy.hold SET state = 'released'",
        "INSERT INTO economy.hold (id, account, amount, state, created_at, updated_at)"
        " VALUES (gen_random_uuid(), $1, 1, 'reserved', now(), now())",
        "INSERT INTO economy.account (id, kind, currency, balance, created_at)"
        " VALUES (gen_random_uuid(), 'wallet', 'IDR', 1, now())",
    ],
)
async def test_a_statement_that_the_journal_does_not_bear_out_is_refused(
    economy: Economy, direct: Any, sql: str
) -> None:
    wallet = await opened(economy.runtime, 1_000, owner="citizen-1")
    await post(economy.runtime, move(wallet, TREASURY, 100))
    await reserved(economy.runtime, wallet, 100)
    before = await books(economy.served.admin)
    with pytest.raises(REFUSED):
        await direct.execute(sql, *([wallet] if "$1" in sql else []))
    assert await books(economy.served.admin) == before


async def test_truncating_is_not_the_pillars_to_do(economy: Economy) -> None:
    for table in ("transfer", "account", "hold"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await economy.runtime.pool.execute(f"TRUNCATE {table} CASCADE")


async def test_an_account_that_may_not_go_below_zero_cannot_be_allowed_to_by_the_pillar(economy: Economy) -> None:
    wallet = await opened(economy.runtime)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await economy.runtime.pool.execute("UPDATE account SET overdraft = true WHERE id = $1", wallet)


@pytest.mark.parametrize(
    ("fields", "change"),
    [
        ({}, None),  # the accounts left as they were
        ({"debit_balance": 901}, -100),
        ({"debit_number": 4}, -100),
        ({"debit_number": 0}, -100),
        ({"debit_number": 1, "debit_balance": -100}, None),
        ({"debit_number": 1, "debit_balance": -100}, -100),  # a number that the other side has already
        ({"currency": "USD"}, -100),
        ({"credit": uuid7(), "credit_number": 1, "credit_balance": 100}, -100),  # to nowhere
    ],
)
async def test_a_planted_transfer_is_refused(
    economy: Economy, direct: Any, fields: dict[str, Any], change: int | None
) -> None:
    wallet = await opened(economy.runtime, 1_000)
    await post(economy.runtime, move(wallet, TREASURY, 50))
    before = await books(economy.served.admin)

    async def plant() -> None:
        async with direct.transaction():
            if change is not None:
                await moved(direct, wallet, change)
                await moved(direct, TREASURY, -change)
            await planted(direct, wallet, TREASURY, 100, **fields)

    with pytest.raises(REFUSED):
        await plant()
    assert await books(economy.served.admin) == before


async def test_a_transfer_before_its_accounts_have_moved_is_refused_at_once(economy: Economy, direct: Any) -> None:
    wallet = await opened(economy.runtime, 1_000)
    async with direct.transaction():
        with pytest.raises(REFUSED):
            async with direct.transaction():
                await planted(direct, wallet, TREASURY, 100)
    assert adds_up(await books(economy.served.admin))


async def test_a_transfer_that_follows_on_in_all_is_what_the_ledger_is(economy: Economy, direct: Any) -> None:
    wallet = await opened(economy.runtime, 1_000)
    async with direct.transaction():
        await moved(direct, wallet, -100)
        await moved(direct, TREASURY, 100)
        await planted(direct, wallet, TREASURY, 100)
    assert adds_up(await books(economy.served.admin))


async def two_planted(direct: Any, wallet: UUID, **first: Any) -> None:
    """Two transfers in one transaction; both follow on unless ``first`` says otherwise of the first."""
    async with direct.transaction():
        await moved(direct, wallet, -200, 2)
        await moved(direct, TREASURY, 200, 2)
        await planted(direct, wallet, TREASURY, 100, **first)
        second = {"debit_number": 3, "debit_balance": 800, "credit_number": 2, "credit_balance": 200}
        await planted(direct, wallet, TREASURY, 100, **second)


@pytest.mark.parametrize("first", [{"debit_balance": 899}, {"credit_balance": 101}, {"debit_number": 3}])
async def test_the_last_of_two_transfers_does_not_hide_the_first(
    economy: Economy, direct: Any, first: dict[str, Any]
) -> None:
    wallet = await opened(economy.runtime, 1_000)
    before = await books(economy.served.admin)
    with pytest.raises(REFUSED):
        await two_planted(direct, wallet, **first)
    assert await books(economy.served.admin) == before


async def test_two_transfers_that_follow_on_may_be_written_at_once(economy: Economy, direct: Any) -> None:
    wallet = await opened(economy.runtime, 1_000)
    await two_planted(direct, wallet)
    assert adds_up(await books(economy.served.admin))
