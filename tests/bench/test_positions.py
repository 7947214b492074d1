"""Positions in, over gRPC and committed together, against PostgreSQL alone; and what is made of them by the planner."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from services.living.pillar import PILLAR
from services.living.progress import actions
from smartcity.living.v1 import vehicles_pb2 as pb
from tests.bench import pgbench
from tests.bench.report import Report, medians
from tests.fixtures.pillars import own_database, serving
from tests.living.journeys.transit import SEMARANG_NOW, Transit
from tests.living.vehicles.fleet import OPERATOR, Fleet

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]

VEHICLES, OF_A_REPORT, ROUNDS = 5_000, 100, 4
_SOME = """
INSERT INTO living.vehicle
SELECT 'ts-' || n, 1, 'K1-' || n, '', 'blu-trans-semarang', 'unknown', 40, false, $1, $1, NULL, ''
  FROM generate_series(0, $2::integer - 1) AS n
"""
_PLAIN = """
CREATE TABLE living.plain (LIKE living.vehicle_track INCLUDING ALL);
GRANT ALL ON living.plain TO living;
CREATE SEQUENCE living.plain_at;
GRANT ALL ON SEQUENCE living.plain_at TO living;
"""
_ONE_ROW = """
INSERT INTO living.plain (vehicle, at, lat, lon, bearing, speed, flags)
VALUES ('ts-1', '2026-01-01'::timestamptz + nextval('living.plain_at') * interval '1 ms', -6.99, 110.4, 90, 5, 0);
"""


@pytest.fixture
async def fleet(durable_postgres: str) -> AsyncIterator[Fleet]:
    """Semarang's lines, and thirty times its buses."""
    url = await own_database(durable_postgres, PILLAR)
    async with serving(PILLAR, url, SEMARANG_NOW) as served:
        await Transit(served).enter_semarang()
        await served.admin.execute(_SOME, served.now, VEHICLES)
        await served.admin.execute(_PLAIN)
        yield Fleet(served)


async def _report(fleet: Fleet, first: int, ago: float) -> None:
    request = pb.ReportPositionsRequest()
    for number in range(first, first + OF_A_REPORT):
        lon = 110.40 + number % 100 / 10_000
        position = request.positions.add(vehicle=f"ts-{number}", lat=-6.99, lon=lon, bearing=90, speed_kmh=20)
        position.time.FromDatetime(fleet.served.now - timedelta(seconds=ago))
    answer = await fleet.call(request, OPERATOR)
    assert {one.outcome for one in answer.answers} == {pb.POSITION_OUTCOME_STORED}


async def test_five_thousand_positions_a_second_are_taken(fleet: Fleet, durable_postgres: str, report: Report) -> None:
    """Over gRPC, judged, place and track of its vehicle written; beside a bare insert of the track by 16 clients."""

    async def taken() -> float:
        fleet.served.pass_time(seconds=60)
        began = time.perf_counter()
        for number in range(ROUNDS):
            firsts = range(0, VEHICLES, OF_A_REPORT)
            await asyncio.gather(*(_report(fleet, first, 40 - 10 * number) for first in firsts))
        return ROUNDS * VEHICLES / (time.perf_counter() - began)

    async def inserted() -> float:
        url = fleet.served.runtime.settings.postgres_url.get_secret_value()
        return await pgbench.transactions_per_second(url, "living", _ONE_ROW)

    found = await medians({"taken": taken, "inserted": inserted})
    report.faster("positions beside pgbench", found["taken"], found["inserted"], "INSERT by 16 clients", least=0.5)
    report.rate("positions taken", found["taken"], least=5_000)


async def test_what_is_made_of_positions_keeps_up(fleet: Fleet, report: Report) -> None:
    """Five thousand buses that tell every ten seconds are five hundred a second to be followed."""
    await asyncio.gather(*(_report(fleet, first, 0) for first in range(0, VEHICLES, OF_A_REPORT)))
    began, followed = time.perf_counter(), 0
    while followed < VEHICLES:
        before = followed
        await actions.follow(fleet.served.runtime)
        followed = await fleet.served.admin.fetchval("SELECT count(*) FROM living.vehicle_progress")
        assert followed > before
    report.rate("vehicles followed", VEHICLES / (time.perf_counter() - began), least=500)
