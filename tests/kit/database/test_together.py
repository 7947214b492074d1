"""Several writes in one round trip: all of them or none, each with its own parameters."""

import pytest

from services.kit.database import Transaction, Write
from services.kit.errors import ConcurrentKeyError
from services.kit.runtime import Runtime
from smartcity.governance.v1 import events_pb2 as pb
from tests.kit.conftest import World

ADD = "INSERT INTO effect (aggregate, version) SELECT unnest($1::text[]), $2"
CHANGE = "UPDATE effect SET version = $2 WHERE aggregate = $1"


@pytest.fixture
async def runtime(world: World) -> Runtime:
    return await world.runtime("environment")


async def effects(world: World) -> list[tuple[str, int]]:
    rows = await world.admin.fetch("SELECT aggregate, version FROM environment.effect ORDER BY aggregate, version")
    return [(row["aggregate"], row["version"]) for row in rows]


async def events(world: World) -> list[str]:
    rows = await world.admin.fetch("SELECT aggregate FROM environment.outbox ORDER BY position")
    return [row["aggregate"] for row in rows]


def emit(tx: Transaction, aggregate: str) -> None:
    tx.emit(pb.ComplaintAssigned(code=aggregate), aggregate=aggregate, version=1, correlation=aggregate)


async def test_each_write_has_its_own_parameters_however_many_there_are(world: World, runtime: Runtime) -> None:
    names = [f"{number:02}" for number in range(12)]
    async with runtime.transaction() as tx:
        await tx.together(*(Write(ADD, ([name], number)) for number, name in enumerate(names)))
    assert await effects(world) == [(name, number) for number, name in enumerate(names)]


async def test_none_of_them_sees_what_the_others_do(world: World, runtime: Runtime) -> None:
    async with runtime.transaction() as tx:
        await tx.together(Write(ADD, (["a"], 1)), Write(CHANGE, ("a", 2), rows=0))
    assert await effects(world) == [("a", 1)]


async def test_a_write_that_misses_a_row_leaves_nothing_of_all(world: World, runtime: Runtime) -> None:
    async def write() -> None:
        async with runtime.transaction() as tx:
            emit(tx, "a")
            missing = Write(ADD, (["a"], 1), rows=2, otherwise=ConcurrentKeyError)
            await tx.together(Write(ADD, (["b", "c"], 1), rows=2), missing, tx.events())

    with pytest.raises(ConcurrentKeyError, match="1 rows were written instead of 2"):
        await write()
    assert await effects(world) == []
    assert await events(world) == []


async def test_a_write_without_arguments_is_left_out(world: World, runtime: Runtime) -> None:
    async with runtime.transaction() as tx:
        await tx.together(Write(ADD, ()), tx.events())
        await tx.together(Write(ADD, ()), Write(ADD, (["a"], 1)))
    assert await effects(world) == [("a", 1)]


async def test_events_are_recorded_once_with_the_writes_or_at_the_end(world: World, runtime: Runtime) -> None:
    async with runtime.transaction() as tx:
        emit(tx, "first")
        await tx.together(Write(ADD, (["a"], 1)), tx.events())
        emit(tx, "second")
    assert await events(world) == ["first", "second"]
