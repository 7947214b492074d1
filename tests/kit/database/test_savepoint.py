"""What fails within a savepoint leaves nothing behind, and the transaction goes on."""

import pytest

from services.kit.database import Transaction, Write
from services.kit.errors import DomainError, precondition
from smartcity.governance.v1 import events_pb2 as pb
from tests.kit.conftest import World
from tests.kit.database.test_together import ADD, effects, events


async def _does(tx: Transaction, name: str) -> None:
    """Writes at once, at the commit, and tells of it."""
    await tx.execute(ADD, [f"{name} at once"], 1)
    tx.at_commit(Write(ADD, ([f"{name} at the commit"], 1)))
    tx.emit(pb.ComplaintAssigned(code=name), aggregate=name, version=1, correlation=name)


async def _refused(tx: Transaction) -> None:
    async with tx.savepoint():
        await _does(tx, "refused")
        raise precondition("NO", "no")


async def test_a_refusal_takes_back_rows_and_events_of_its_own_and_no_others(world: World) -> None:
    runtime = await world.runtime("environment")
    async with runtime.transaction() as tx:
        await _does(tx, "before")
        with pytest.raises(DomainError, match="no"):
            await _refused(tx)
        async with tx.savepoint():
            await _does(tx, "within")
    rows = [f"{name} at {when}" for name in ("before", "within") for when in ("once", "the commit")]
    assert await effects(world) == [(row, 1) for row in rows]
    assert await events(world) == ["before", "within"]
