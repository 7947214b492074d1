"""Reads of several statements see one moment."""

import asyncpg
import pytest

from tests.kit.conftest import World

COUNT = "SELECT count(*) FROM effect"
ADD = "INSERT INTO effect (aggregate, version) VALUES ('case', 1)"


async def test_what_is_committed_meanwhile_is_not_seen_by_half_of_an_answer(world: World) -> None:
    runtime = await world.runtime("governance")
    async with runtime.snapshot() as tx:
        first = await tx.fetchval(COUNT)
        async with runtime.transaction() as other:
            await other.execute(ADD)
        assert await tx.fetchval(COUNT) == first
    async with runtime.snapshot() as tx:
        assert await tx.fetchval(COUNT) == first + 1


async def test_a_snapshot_can_write_nothing(world: World) -> None:
    runtime = await world.runtime("governance")
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        async with runtime.snapshot() as tx:
            await tx.execute(ADD)


async def test_a_read_of_one_statement_needs_no_transaction_and_refuses_a_second(world: World) -> None:
    runtime = await world.runtime("governance")
    async with runtime.statement() as tx:
        assert await tx.fetchval("SELECT pg_current_xact_id_if_assigned()") is None
        with pytest.raises(RuntimeError, match="a read of one statement runs a second"):
            await tx.fetchval(COUNT)
