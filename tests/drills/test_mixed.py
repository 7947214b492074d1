"""A gateway of one version works with the pillars of the other, both ways round."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from deploy.local.plan import GATEWAY, replicas
from deploy.pillars import NAMES
from tests.drills.city import ENV, City, at_work, visited
from tests.drills.two_versions import ROOT, let_run_old, runs
from tests.fixtures.house import House

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

PILLARS = [each for name in NAMES for each in replicas(name, 1)]
ENOUGH = {"look": 20, "file": 8, "verify": 8, "ask": 8, "pay": 8}
"""What must have been answered before people go home."""


@pytest.mark.parametrize(
    ("old", "new"), [([GATEWAY], PILLARS), (PILLARS, [GATEWAY])], ids=["old gateway", "old pillars"]
)
async def test_people_file_and_pay_while_gateway_and_pillars_are_of_two_versions(
    old: list[str], new: list[str], before: Path
) -> None:
    if before == ROOT:
        pytest.skip("no git history here, so there is no other version")
    async with _house(old, before) as house:
        ran = {name: runs(each["pid"]) for name, each in house.components().items() if name in (*old, *new)}
        assert {ran[name] for name in old} == {str(before)}
        assert {ran[name] for name in new} == {""}
        async with visited(house) as city:
            await city.open()
            await _until_enough(city)
            code = next(iter(city.verified))
            await city.erase(code)
            assert (await city.get(f"/v1/complaints/{code}"))["state"] == "assigned"
            jobs = (await city.get("/v1/cleanups", "admin", params={"complaint": code}))["cleanups"]
            assert [job["state"] for job in jobs] == ["open"]
            assert (await city.check_ledger())["problems"] == []
            assert city.balancer.failures == []


@asynccontextmanager
async def _house(old: list[str], before: Path) -> AsyncIterator[House]:
    with tempfile.TemporaryDirectory(prefix="smartcity-mixed-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        let_run_old(home, old, before)
        house = House(home, env=ENV, module="tests.drills.two_versions")
        try:
            await asyncio.to_thread(house.start, 240)
            yield house
        finally:
            await asyncio.to_thread(house.stop)


async def _until_enough(city: City) -> None:
    async with asyncio.timeout(90), at_work(city):
        while any(city.balancer.answered[what] < wanted for what, wanted in ENOUGH.items()):
            assert city.balancer.failures == []
            await asyncio.sleep(0.1)
