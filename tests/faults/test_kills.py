"""Kill anything at any moment: nothing acknowledged is lost, nothing happens twice, nothing overtakes."""

import asyncio
import os
import random
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.citizens import Citizens
from tests.faults.killing import Killer
from tests.faults.ledger import assert_agreement, at_rest, stream_events
from tests.fixtures.house import House, until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]

SEED = int(os.environ.get("SMARTCITY_FAULT_SEED", "2026"))
COMPLAINTS = int(os.environ.get("SMARTCITY_FAULT_COMPLAINTS", "2000"))
KILLS = int(os.environ.get("SMARTCITY_FAULT_KILLS", "100"))


@pytest.fixture(scope="module")
async def house() -> AsyncIterator[House]:
    """Two gateways, three processes per pillar, full fsync."""
    with tempfile.TemporaryDirectory(prefix="smartcity-faults-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        (home / "faults").mkdir()
        env = {
            "SMARTCITY_FAULTS": str(home / "faults"),
            "SMARTCITY_WRITE_RATE": "10000",
            "SMARTCITY_READ_RATE": "10000",
            "SMARTCITY_ANONYMOUS_WRITE_RATE": "10000",
            "SMARTCITY_TRACE_RATIO": "0.01",
            "SMARTCITY_DEMO": "off",
        }
        made = House(home, processes=3, gateways=2, env=env)
        try:
            made.start(240)
            yield made
        finally:
            made.stop()


@pytest.fixture(scope="module")
async def citizens(house: House) -> Citizens:
    """Those who file in this module's tests."""
    return Citizens(house, await house.token("verifikator"), SEED)


async def test_a_hundred_kills_lose_nothing_and_double_nothing(house: House, citizens: Citizens) -> None:
    killer = Killer(house, house.home / "faults", random.Random(SEED), KILLS)
    killing = asyncio.create_task(killer.run())
    share = COMPLAINTS // 20
    # The kills last as long as the work does: what is left is filed when the last kill is done.
    while not killing.done() and len(citizens.filed) < COMPLAINTS - share:
        await citizens.work(share // 2)
    while not killing.done():
        await citizens.work(4, at_once=2)
    await killing
    await citizens.work(max(share, COMPLAINTS - len(citizens.filed)))
    print(f"seed {SEED}: {killer.total} kills {killer.killed}, {citizens.attempts} requests")
    await at_rest(house)
    assert killer.total >= KILLS
    assert len(citizens.filed) >= COMPLAINTS
    await assert_agreement(house, citizens.filed, citizens.verified)


async def test_a_wiped_stream_store_is_filled_again_and_effects_stay_single(house: House, citizens: Citizens) -> None:
    await citizens.work(20)
    await at_rest(house)
    before = {stream: len(await stream_events(house, stream)) for stream in ("governance", "environment")}
    store = house.home / "nats" / "streams"
    assert store.is_dir()
    store.rename(store.with_name("lost"))
    house.kill("nats")
    shutil.rmtree(store.with_name("lost"))

    async def back() -> bool:
        return house.smartcity("migrate").returncode == 0

    await until(back, 60, "streams made again")
    await citizens.work(10)
    await at_rest(house)
    for stream, count in before.items():
        assert len(await stream_events(house, stream)) >= count
    await assert_agreement(house, citizens.filed, citizens.verified)


async def test_a_poison_event_is_parked_and_replayed_by_one_command(house: House, citizens: Citizens) -> None:
    admin = await house.database()
    try:
        await admin.execute("ALTER TABLE environment.cleanup ADD CONSTRAINT broken CHECK (agency <> 'dlh') NOT VALID")
        known = set(citizens.filed)
        await citizens.work(3)
        poisoned = set(citizens.filed) - known

        async def dead() -> Any:
            return await admin.fetchval("SELECT count(*) >= 3 FROM environment.dead_letter WHERE replayed_at IS NULL")

        await until(dead, 60, "the events are set aside")
        await admin.execute("ALTER TABLE environment.cleanup DROP CONSTRAINT broken")
        done = house.smartcity("dead-letters", "replay")
        assert done.returncode == 0, done.stdout + done.stderr
        jobs = await admin.fetch("SELECT complaint FROM environment.cleanup WHERE complaint = ANY($1)", list(poisoned))
        assert {row["complaint"] for row in jobs} == poisoned
    finally:
        await admin.close()
    await at_rest(house)
    await assert_agreement(house, citizens.filed, citizens.verified)
