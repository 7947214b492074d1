"""Hot writes: group commit in Python against pgbench, which is C and knows nothing of the domain."""

import asyncio
from collections.abc import Sequence

import pytest

from services.kit.database import Transaction
from services.kit.database.group_commit import GroupCommit
from smartcity.governance.v1 import events_pb2 as pb
from tests.bench import pgbench
from tests.bench.report import Report, Stopwatch, medians
from tests.kit.conftest import World

CALLERS = 1024
SECONDS = 2
EVENT = pb.ComplaintAssigned(code="SMG-0001-00", agency="dlh")

ONE_ROW = """
WITH written AS (INSERT INTO effect (aggregate, version) VALUES ('case', 1) RETURNING number)
INSERT INTO outbox (id, type, aggregate, version, correlation, exercise, recorded_at, payload)
SELECT gen_random_uuid(), 'smartcity.governance.v1.ComplaintAssigned', 'case', 1, 'story', false, now(),
       '\\x0a0b534d472d303030312d30302203646c68' FROM written;
"""


async def write(tx: Transaction, items: Sequence[int]) -> Sequence[int]:
    """The same row and event, of all who wait."""
    await tx.execute("INSERT INTO effect (aggregate, version) SELECT 'case', unnest($1::bigint[])", items)
    for item in items:
        tx.emit(EVENT, aggregate="case", version=item, correlation="story")
    return items


@pytest.mark.bench
async def test_group_commit_writes_three_times_what_pgbench_does(durable: World, report: Report) -> None:
    runtime = await durable.runtime("governance")
    runtime.bus, own = None, runtime.bus
    group: GroupCommit[int, int] = GroupCommit(runtime, write)
    group.start()

    async def by_group() -> float:
        watch, done = Stopwatch(), 0

        async def call() -> None:
            nonlocal done
            while watch.time < SECONDS:
                await group.submit(1)
                done += 1

        await asyncio.gather(*(call() for _ in range(CALLERS)))
        return done / watch.time

    async def by_pgbench() -> float:
        return await pgbench.transactions_per_second(durable.postgres, "governance", ONE_ROW, seconds=SECONDS)

    found = await medians({"group": by_group, "pgbench": by_pgbench}, rounds=5)
    await group.stop()
    runtime.bus = own
    report.faster("group commit, row + event", found["group"], found["pgbench"], "pgbench, 16 clients,", least=3)
