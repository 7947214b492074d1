"""Every service goes from the version before to this one while people are at work, who try nothing twice."""

import asyncio
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deploy.local.plan import GATEWAY, replicas
from deploy.pillars import NAMES
from tests.drills.city import ENV, City, at_work, visited
from tests.drills.two_versions import ROOT, let_run_old, paths, runs
from tests.faults.books import faults
from tests.faults.ledger import at_rest
from tests.fixtures.house import House

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

SERVICES = [each for name in (*NAMES, GATEWAY) for each in replicas(name, 2)]


@pytest.fixture(scope="module")
async def house(before: Path) -> AsyncIterator[House]:
    """Two gateways and two processes per pillar, all of the version before."""
    with tempfile.TemporaryDirectory(prefix="smartcity-rolling-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        let_run_old(home, SERVICES, before)
        made = House(home, processes=2, gateways=2, env=ENV, module="tests.drills.two_versions")
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


async def test_every_service_is_upgraded_under_load_and_no_request_fails(
    house: House, city: City, before: Path
) -> None:
    assert {runs(each["pid"]) for name, each in house.components().items() if name in SERVICES} == {str(before)}
    let_run_old(house.home, [], before)
    async with at_work(city):
        done = await asyncio.to_thread(house.smartcity, "restart", seconds=400.0)
    print(f"{sum(city.balancer.answered.values())} requests, slowest {city.balancer.slowest:.1f} s\n{done.stdout}")
    assert done.returncode == 0, done.stderr + house.logs()
    assert {runs(each["pid"]) for name, each in house.components().items() if name in SERVICES} == {""}
    assert city.balancer.failures == []
    await at_rest(house)
    await assert_done_once(house, city)


async def assert_done_once(house: House, city: City) -> None:
    """What both versions acknowledged is there, with its effects in other pillars, once."""
    admin = await house.database()
    try:
        assert await faults(admin) == []
        jobs = await admin.fetch(
            "SELECT complaint, count(*) AS jobs FROM environment.cleanup WHERE complaint = ANY($1) GROUP BY 1",
            list(city.verified),
        )
        assert {row["complaint"]: row["jobs"] for row in jobs} == dict.fromkeys(city.verified, 1)
        paid = "SELECT count(*) FROM economy.payment WHERE id = ANY($1::uuid[]) AND state = 'captured'"
        assert await admin.fetchval(paid, list(city.paid)) == len(city.paid) > 20
        for pillar in NAMES:
            dead = f"SELECT type, reason, count(*) FROM {pillar}.dead_letter WHERE replayed_at IS NULL GROUP BY 1, 2"
            assert [dict(row) for row in await admin.fetch(dead)] == [], pillar
    finally:
        await admin.close()


def test_the_version_before_is_another_one(before: Path) -> None:
    if before == ROOT:
        pytest.skip("no git history here: services were restarted in the same version")
    code = "import services.kit.pillar, smartcity.governance.v1.complaints_pb2 as c; print(c.__file__, c.__name__)"
    found = subprocess.run(
        [sys.executable, "-c", code], env=paths(before), capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert found.stdout.startswith(str(before))
