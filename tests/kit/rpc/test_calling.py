"""Calls that write leave something to everything else."""

import asyncio

from google.protobuf.empty_pb2 import Empty

from services.kit.caller import SYSTEM, Scope
from services.kit.context import SPARE
from services.kit.rpc.serving import Call
from tests.kit.conftest import World


async def test_reads_and_jobs_do_not_stand_behind_all_who_write(world: World) -> None:
    runtime = await world.runtime("environment")
    call, over = Call(SYSTEM, Scope.ANY, runtime, Empty()), asyncio.Event()

    async def writes() -> None:
        async with call.transaction():
            await over.wait()

    writing = [asyncio.create_task(writes()) for _ in range(50)]
    async with asyncio.timeout(10):
        while runtime.pool.get_size() - runtime.pool.get_idle_size() < runtime.pool.get_max_size() - SPARE:
            await asyncio.sleep(0.01)
        async with call.snapshot() as tx, runtime.transaction() as job:
            assert (await tx.fetchval("SELECT 1"), await job.fetchval("SELECT 1")) == (1, 1)
        over.set()
        await asyncio.gather(*writing)
