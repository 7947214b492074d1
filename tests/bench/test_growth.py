"""What reading, filing, listing, polling and counting cost with a million complaints, against ten thousand.

Both cities lie on one server and are asked in turns. Time is what a caller waits, the database's work and ours, in the
quicker quarter of all turns: neighbours on the machine only ever make it slower.
"""

import os
import statistics
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import pytest

from services.governance.pillar import PILLAR
from tests.bench.growth import City, hour
from tests.bench.report import Report
from tests.fixtures.pillars import own_database, serving

FEW, MANY = 10_000, int(os.environ.get("SMARTCITY_BENCH_CASES", "1000000"))
TURNS = 300
MOST = 1.1
_ACTIONS = {
    "read a case": City.read,
    "officer's first page": City.page,
    "timer's poll": City.poll,
    "overview": City.overview,
    "gauges": City.gauge,
    "file a case": City.file,
}


async def _costs(cities: tuple[City, City], action: Callable[[City], Awaitable[None]]) -> list[float]:
    """The lower quartile of seconds in each city, asked in turns."""
    found: tuple[list[float], list[float]] = ([], [])
    for turn in range(TURNS + 20):
        for place in (0, 1) if turn % 2 else (1, 0):
            began = time.perf_counter()
            await action(cities[place])
            if turn >= 20:  # plans are made, pages are read
                found[place].append(time.perf_counter() - began)
    return [statistics.quantiles(each, n=4)[0] for each in found]


@pytest.mark.bench
@pytest.mark.timeout(3600)
async def test_nothing_costs_more_for_a_million_complaints(durable_postgres: str, report: Report) -> None:
    now = hour(datetime.now(UTC))
    async with AsyncExitStack() as stack:
        cities = []
        for cases in (FEW, MANY):
            url = await own_database(durable_postgres, PILLAR)
            city = City(await stack.enter_async_context(serving(PILLAR, url, now)), cases)
            await city.fill()
            cities.append(city)
        few, many = cities
        missed = []
        for what, action in _ACTIONS.items():
            less, more = await _costs((few, many), action)
            try:
                report.dearer(f"{what}, {MANY:,} complaints", more, less, f"{FEW:,}", most=MOST)
            except AssertionError as error:  # tell of all before failing
                missed.append(str(error))
        less, more = await _costs((few, many), City.similar)
        report.dearer(f"what is alike, {MANY:,} complaints", more, less, f"{FEW:,}", most=None)
    assert not missed, "\n".join(missed)
