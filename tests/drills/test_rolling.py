"""Every service is restarted while people are at work, who try nothing twice and notice nothing."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.drills.city import ENV, City, at_work, visited
from tests.faults.books import faults
from tests.fixtures.house import House

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
async def house() -> AsyncIterator[House]:
    """Two gateways, two processes per pillar."""
    with tempfile.TemporaryDirectory(prefix="smartcity-rolling-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        made = House(home, processes=2, gateways=2, env=ENV)
        try:
            made.start(240)
            yield made
        finally:
            made.stop()


@pytest.fixture
async def city(house: House) -> AsyncIterator[City]:
    """People in front of both gateways."""
    async with visited(house) as made:
        await made.open()
        yield made


async def test_every_service_is_restarted_under_load_and_no_request_fails(house: House, city: City) -> None:
    before = {name: each["pid"] for name, each in house.components().items() if "grpc" in each["ports"]}
    async with at_work(city):
        done = await asyncio.to_thread(house.smartcity, "restart", seconds=400.0)
    print(f"{sum(city.balancer.answered.values())} requests, slowest {city.balancer.slowest:.1f} s, {done.stdout}")
    assert done.returncode == 0, done.stderr
    assert city.balancer.failures == []
    after = house.components()
    assert not [name for name, pid in before.items() if after[name]["pid"] == pid]
    assert len(city.paid) > 20
    admin = await house.database()
    try:
        assert await faults(admin) == []
    finally:
        await admin.close()
