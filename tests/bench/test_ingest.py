"""Readings in, with rules held to them, against PostgreSQL alone; and series out, at ten times the data."""

import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import psutil  # type: ignore[import-untyped]
import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from services.environment.observations import actions as observations
from services.environment.watching import actions
from smartcity.environment.v1 import datastreams_pb2, datastreams_pb2_grpc, observations_pb2, observations_pb2_grpc
from tests.bench import gauges, pgbench
from tests.bench.gauges import NOW, READINGS, Fleet
from tests.bench.report import Report, medians
from tests.environment.conftest import DPU
from tests.fixtures.pillars import Served

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]

FLEET, BATCH, BATCHES = 10_000, 200, 15
STREAMS = 1_000
"""Datastreams of the series that are read."""
ASKED = 200

_PLAIN = """
CREATE TABLE plain (LIKE environment.observation INCLUDING ALL);
GRANT ALL ON plain TO environment;
CREATE SEQUENCE plain_at;
GRANT ALL ON SEQUENCE plain_at TO environment;
"""
_ONE_ROW = """
\\set n random(1, 10000)
INSERT INTO environment.plain (datastream, at, value, received, flags)
VALUES (:n, '2026-01-01'::timestamptz + nextval('environment.plain_at') * interval '1 ms', 2.5, now(), 0);
"""


@pytest.fixture
async def fleet(durable_postgres: str) -> AsyncIterator[Fleet]:
    """Ten thousand gauges with five rules each, all of which have sent once."""
    async with gauges.fleet(durable_postgres, FLEET) as made:
        await made.rate([made.messages(BATCH) for _ in range(FLEET // BATCH)])
        yield made


async def test_readings_are_stored_with_rules_evaluated(
    fleet: Fleet, durable_postgres: str, report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin, spent, used = fleet.admin, 0.0, 0.0
    server = psutil.Process(await admin.fetchval("SELECT pg_backend_pid()")).parent()

    def cpu() -> float:
        """Of this process and of PostgreSQL, in seconds."""
        times = [each.cpu_times() for each in server.children()]
        return time.process_time() + float(sum(one.user + one.system for one in times))

    await admin.execute(_PLAIN)
    watched = actions.watch

    async def timed(*args: Any) -> None:
        nonlocal spent
        began = time.process_time()
        await watched(*args)
        spent += time.process_time() - began

    monkeypatch.setattr(actions, "watch", timed)

    async def taken() -> float:
        nonlocal used
        batches = [fleet.messages(BATCH) for _ in range(BATCHES)]
        began = cpu()
        rate = await fleet.rate(batches)
        used += cpu() - began
        return rate

    async def copied() -> float:
        """The rows of as many batches, by COPY into a table with the same key; each batch one transaction."""
        rows = await admin.fetch(
            "SELECT datastream, at, value, received, flags FROM observation ORDER BY received DESC LIMIT $1",
            BATCH * BATCHES * READINGS,
        )
        await admin.execute("TRUNCATE plain")
        size = BATCH * READINGS
        parts = [[tuple(row) for row in rows[first : first + size]] for first in range(0, len(rows), size)]
        began = time.perf_counter()
        for part in parts:
            await admin.copy_records_to_table("plain", records=part)
        return len(rows) / (time.perf_counter() - began)

    async def inserted() -> float:
        url = fleet.served.runtime.settings.postgres_url.get_secret_value()
        return await pgbench.transactions_per_second(url, "environment", _ONE_ROW)

    found = await medians({"taken": taken, "copied": copied, "inserted": inserted})
    report.faster("readings beside COPY", found["taken"], found["copied"], "COPY of the same rows", least=0.1)
    report.faster("readings beside pgbench", found["taken"], found["inserted"], "INSERT by 16 clients", least=1)
    readings = 3 * BATCH * BATCHES * READINGS
    report.dearer(
        "CPU of 100 readings' rules", 100 * spent / readings, 100 * used / readings, "CPU of all of ingest", most=0.2
    )
    report.rate("readings stored, rules evaluated", found["taken"], least=30_000)


_SERIES = """
INSERT INTO observation (datastream, at, value, received, flags)
SELECT number, $1::timestamptz - make_interval(secs => 60 * minute), 2 + random(), $1, 0
  FROM datastream, LATERAL generate_series($3::integer, $2::integer, -1) AS minute
"""
_HOURS = """
INSERT INTO hour (datastream, at, count, mean, least, most)
SELECT datastream, date_trunc('hour', at), count(*), avg(value), min(value), max(value) FROM observation
 WHERE flags = 0 GROUP BY 1, 2 ON CONFLICT DO NOTHING
"""
_LATEST = """
INSERT INTO latest SELECT number, $1, 2.5, $1, 0 FROM datastream ON CONFLICT DO NOTHING
"""


async def _p95(ask: Callable[[int], Awaitable[Any]]) -> float:
    """The 95th percentile of answers, in seconds."""
    times = []
    for place in range(ASKED):
        began = time.perf_counter()
        await ask(place)
        times.append(time.perf_counter() - began)
    return statistics.quantiles(times, n=20)[-1]


async def _asked(served: Served, ids: list[str], report: Report, rows: str) -> None:
    start, end = Timestamp(), Timestamp()
    start.FromDatetime(NOW - timedelta(days=1))
    end.FromDatetime(NOW)

    async def latest(place: int) -> Any:
        request = datastreams_pb2.GetDatastreamRequest(id=ids[place * 7 % STREAMS])
        return await served.call(datastreams_pb2_grpc.DatastreamServiceStub, "GetDatastream", request, DPU)

    def day(seconds: int) -> Callable[[int], Awaitable[Any]]:
        async def ask(place: int) -> Any:
            request = observations_pb2.ListSeriesRequest(
                datastreams=[ids[place * 7 % STREAMS]], start_time=start, end_time=end, seconds=seconds
            )
            answer = await served.call(observations_pb2_grpc.ObservationServiceStub, "ListSeries", request, DPU)
            assert len(answer.series[0].buckets) == 86_400 // seconds
            return answer

        return ask

    for what, ask in {"latest value": latest, "a day by 5 min": day(300), "a day by the hour": day(3600)}.items():
        await ask(0)
        report.within(f"{what}, {rows} readings, p95", await _p95(ask), most=0.02)


async def test_series_are_read_as_fast_at_ten_times_the_data(durable_postgres: str, report: Report) -> None:
    async with gauges.fleet(durable_postgres, STREAMS, rules=False) as made:
        served, admin = made.served, made.admin
        async with served.runtime.transaction() as tx:
            await observations.make_room(tx)
        ids = [str(row["id"]) for row in await admin.fetch("SELECT id FROM datastream ORDER BY number")]
        await admin.execute(_LATEST, NOW)
        minutes = 1 + 1_440  # a day and more is there from the beginning
        for rows, until in (("1.4 M", minutes), ("10 M", 10_000)):
            first = 1 if until == minutes else minutes + 1
            await admin.execute(_SERIES, NOW, first, until, timeout=600)
            await admin.execute(_HOURS, timeout=600)
            await admin.execute("ANALYZE")
            await _asked(served, ids, report, rows)
