"""Group commit against a real database."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from services.kit.database import Transaction
from services.kit.database.group_commit import GroupCommit
from services.kit.errors import DomainError
from tests.kit.conftest import World

Group = GroupCommit[int, int]
INSERT = "INSERT INTO effect (aggregate, version) SELECT 'item', unnest($1::bigint[])"


async def double(tx: Transaction, items: Sequence[int]) -> Sequence[int]:
    """Writes all items in one statement; 13 is a bug."""
    await tx.execute(INSERT, list(items))
    if 13 in items:
        raise ZeroDivisionError
    return [item * 2 for item in items]


@asynccontextmanager
async def grouping(world: World, flush: Any = double, **more: Any) -> AsyncIterator[Group]:
    made: Group = GroupCommit(await world.runtime("environment"), flush, **more)
    made.start()
    yield made
    await made.stop()


async def committed(world: World) -> list[int]:
    rows = await world.admin.fetch("SELECT version FROM environment.effect ORDER BY version")
    return [row["version"] for row in rows]


async def test_everybody_gets_the_own_answer_after_the_commit(world: World) -> None:
    async with grouping(world, most=64) as group:
        numbers = [number for number in range(500) if number != 13]
        assert await asyncio.gather(*map(group.submit, numbers)) == [number * 2 for number in numbers]
        assert await committed(world) == numbers


async def test_those_who_come_together_share_a_commit(world: World) -> None:
    sizes: list[int] = []

    async def count(tx: Transaction, items: Sequence[int]) -> Sequence[int]:
        sizes.append(len(items))
        return await double(tx, items)

    async with grouping(world, count) as group:
        await asyncio.gather(*map(group.submit, range(100, 400)))
    assert sum(sizes) == 300
    assert len(sizes) < 30


async def test_a_caller_that_gives_up_commits_all_the_same(world: World) -> None:
    async with grouping(world) as group:
        caller = asyncio.create_task(group.submit(1))
        await asyncio.sleep(0)
        caller.cancel()
        with pytest.raises(asyncio.CancelledError):
            await caller
        assert await group.submit(2) == 4
    assert await committed(world) == [1, 2]


async def test_a_bug_costs_only_the_item_that_has_it(world: World) -> None:
    async with grouping(world) as group:
        answers = await asyncio.gather(*map(group.submit, range(50)), return_exceptions=True)
    assert isinstance(answers[13], ZeroDivisionError)
    assert [answer for number, answer in enumerate(answers) if number != 13] == [n * 2 for n in range(50) if n != 13]
    assert await committed(world) == [number for number in range(50) if number != 13]


async def test_too_few_answers_are_a_bug_and_commit_nothing(world: World) -> None:
    async def forget_one(tx: Transaction, items: Sequence[int]) -> Sequence[int]:
        return list(await double(tx, items))[1:]

    async with grouping(world, forget_one) as group:
        answers = await asyncio.gather(*map(group.submit, range(4)), return_exceptions=True)
    assert all(isinstance(answer, RuntimeError) for answer in answers)
    assert await committed(world) == []


async def test_stopping_commits_what_waits_and_refuses_what_comes_after(world: World) -> None:
    async with grouping(world, most=10, flushers=1) as group:
        waiting = [asyncio.create_task(group.submit(number)) for number in range(100, 200)]
        await asyncio.sleep(0)
        await group.stop()
        assert await asyncio.gather(*waiting) == [number * 2 for number in range(100, 200)]
        with pytest.raises(DomainError) as caught:
            await group.submit(1)
    assert caught.value.reason == "STOPPING"
    assert len(await committed(world)) == 100


async def test_a_database_that_is_away_is_unavailable_to_all_and_the_group_goes_on(world: World) -> None:
    away = True

    async def flush(tx: Transaction, items: Sequence[int]) -> Sequence[int]:
        answers = await double(tx, items)
        if away:
            pid = await tx.fetchval("SELECT pg_backend_pid()")
            await world.admin.execute("SELECT pg_terminate_backend($1, 5000)", pid)  # and waits
        return answers

    async with grouping(world, flush) as group:
        answers = await asyncio.gather(*map(group.submit, range(5)), return_exceptions=True)
        assert [getattr(answer, "reason", None) for answer in answers] == ["DATABASE_AWAY"] * 5
        away = False
        assert await group.submit(7) == 14
    assert await committed(world) == [7]
