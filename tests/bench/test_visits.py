"""Visits in, over gRPC and committed together, against PostgreSQL alone; at a tenth and at all of what there may be."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from services.branding.pillar import PILLAR
from services.branding.visits import timers
from services.kit.ids import uuid7
from smartcity.branding.v1 import visits_pb2 as pb
from smartcity.branding.v1.visits_pb2_grpc import VisitServiceStub
from tests.bench import pgbench
from tests.bench.report import Report, medians
from tests.branding.destinations.tour import NOW, Tour
from tests.branding.visits.rows import GATE
from tests.fixtures.pillars import Served, own_database, serving

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]

GATES, OF_A_REPORT, ROUNDS = 100, 50, 4
KNOWN = 200_000
"""Counts of the last weeks, ten times those of a busy one."""
_ONE_ROW = """
INSERT INTO branding.visit (id, destination, day, origin, channel, visits, at)
SELECT gen_random_uuid(), id, '2026-11-24', 'unknown', 'gate', 1, now() FROM branding.destination
 WHERE code = 'lawang-sewu';
"""
_MANY = """
INSERT INTO branding.visit (id, destination, day, origin, channel, visits, at)
SELECT gen_random_uuid(), destination.id, '2026-11-01', 'unknown', 'gate', 1, $2::timestamptz - number * interval '10 s'
  FROM branding.destination, generate_series(1, $1::integer) AS number WHERE code = 'lawang-sewu'
"""


@pytest.fixture
async def served(durable_postgres: str) -> AsyncIterator[Served]:
    """The pillar with the city's destinations in it, and full fsync."""
    async with serving(PILLAR, await own_database(durable_postgres, PILLAR), NOW) as made:
        await Tour(made).enter()
        yield made


async def _count(served: Served) -> None:
    counts = [pb.VisitCount(id=str(uuid7()), destination="lawang-sewu", visits=1) for _ in range(OF_A_REPORT)]
    answer = await served.call(VisitServiceStub, "CountVisits", pb.CountVisitsRequest(counts=counts), GATE)
    assert set(answer.outcomes) == {pb.VISIT_OUTCOME_COUNTED}


@pytest.mark.parametrize("known", [KNOWN // 10, KNOWN])
async def test_visits_are_counted_as_fast_with_ten_times_as_many_there(
    served: Served, report: Report, known: int
) -> None:
    await served.admin.execute(_MANY, known, NOW)
    await timers.fold_counters(served.runtime)

    async def taken() -> float:
        began = time.perf_counter()
        for _ in range(ROUNDS):
            await asyncio.gather(*(_count(served) for _ in range(GATES)))
        return ROUNDS * GATES * OF_A_REPORT / (time.perf_counter() - began)

    async def inserted() -> float:
        url = served.runtime.settings.postgres_url.get_secret_value()
        return await pgbench.transactions_per_second(url, "branding", _ONE_ROW)

    found = await medians({"taken": taken, "inserted": inserted})
    about = f"with {known:,} there"
    report.faster(f"visits {about}, beside pgbench", found["taken"], found["inserted"], "INSERT by 16 clients", least=1)
    report.rate(f"visits counted {about}", found["taken"], least=2_000)
