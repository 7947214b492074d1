"""Journeys and departures over gRPC, from the process that has the timetable: a real feed, and one of a big city."""

import random
import time
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.living.apart.running import resident_bytes
from services.living.pillar import PILLAR
from services.living.resources import resources
from smartcity.living.v1 import departures_pb2, journeys_pb2
from tests.bench.report import Report
from tests.fixtures.pillars import Standing, own_database, standing
from tests.living.feeds import large
from tests.living.journeys.transit import CAIRNS_NOW, SEMARANG_NOW, Transit

pytestmark = [pytest.mark.bench, pytest.mark.timeout(300)]

ASKED = 200


@pytest.fixture(scope="module")
async def stand(durable_postgres: str) -> AsyncIterator[Standing]:
    """The pillar's server."""
    async with standing(PILLAR, await own_database(durable_postgres, PILLAR)) as made:
        yield made


async def test_journeys_across_cairns(stand: Standing, report: Report) -> None:
    """An hour of departures and one arrival by a time, between random points; departures of random stops."""
    async with stand.fresh(CAIRNS_NOW) as served:
        began = time.perf_counter()
        transit = await Transit(served).enter_cairns()
        report.tell("Cairns: imported and in memory", f"{time.perf_counter() - began:.1f} s", _memory(served))
        rows = await served.admin.fetch("SELECT id, lat, lon FROM living.stop ORDER BY id")
        stops = [(row["id"], row["lat"], row["lon"]) for row in rows]
        await _measure(transit, stops, CAIRNS_NOW.replace(hour=20) - timedelta(days=1), report, "Cairns", 0.150)
        chance, times = random.Random(2), []
        for _ in range(ASKED):
            began = time.perf_counter()
            await transit.call(departures_pb2.ListDeparturesRequest(stop=chance.choice(stops)[0]))
            times.append(time.perf_counter() - began)
        report.within("Cairns: departures of a stop, p95", _p95(times), most=0.005)


async def test_journeys_across_a_big_city(stand: Standing, report: Report, tmp_path: Path) -> None:
    """1.4 million stop times."""
    archive = tmp_path / "large.zip"
    large.write(archive)
    async with stand.fresh(SEMARANG_NOW) as served:
        transit = Transit(served)
        await transit.enter(archive, date(2026, 11, 24))
        keeper = resources(served.runtime).keeper
        assert keeper.process is not None
        assert keeper.process.ready is not None
        report.tell("1.4 M stop times: made", f"{keeper.process.ready.seconds:.1f} s", _memory(served))
        rows = await served.admin.fetch("SELECT id, lat, lon FROM living.stop ORDER BY id")
        stops = [(row["id"], row["lat"], row["lon"]) for row in rows]
        await _measure(transit, stops, datetime(2026, 11, 23, 23, tzinfo=UTC), report, "1.4 M stop times", 0.200)


async def _measure(
    transit: Transit,
    stops: list[tuple[str, float, float]],
    dawn: datetime,
    report: Report,
    name: str,
    most: float,
) -> None:
    chance = random.Random(1)
    for what, more, limit in (
        ("one departure", {"minutes": 0}, most if most > 0.15 else 0.050),
        ("an hour of journeys", {}, most),
        ("journeys that arrive by a time", {"arrive_by": True}, most),
    ):
        times = []
        for _ in range(ASKED):
            (_, lat, lon), (_, to_lat, to_lon) = chance.sample(stops, 2)
            fields: dict[str, Any] = {"origin": f"{lat + 0.001:.6f},{lon:.6f}", **more}
            request = journeys_pb2.SearchJourneysRequest(destination=f"{to_lat:.6f},{to_lon + 0.001:.6f}", **fields)
            request.at.FromDatetime(dawn + timedelta(minutes=chance.randrange(15 * 60)))
            began = time.perf_counter()
            await transit.call(request)
            times.append(time.perf_counter() - began)
        report.within(f"{name}: {what}, p95", _p95(times), most=limit)


def _p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


def _memory(served: Any) -> str:
    process = resources(served.runtime).keeper.process
    assert process is not None
    return f"{resident_bytes(process.pid) >> 20} MB"
