"""Positions that vehicles tell over MQTT, the real way: what the broker keeps for who reads is judged and committed.

Beside a bare client of the same session, which reads the same messages and does nothing with them.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from services.living.pillar import PILLAR
from services.living.positions import timers
from services.living.vehicles.door import DOOR
from tests.bench.report import Report, medians
from tests.environment.broker.door import Device, Door, open_door
from tests.fixtures.pillars import own_database, serving
from tests.living.journeys.transit import SEMARANG_NOW
from tests.living.onboard.conftest import Unit, begin_session, reader_of, unit_of
from tests.living.vehicles.fleet import Fleet

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]

BUSES, OF_EACH = 10, 1_000
UNDER_WAY = 200
"""Messages of one bus that the broker has not acknowledged."""
DEADLINE_S = 60
_COUNT = "SELECT count(*) FROM living.vehicle_track"


@pytest.fixture
def door(servers_home: Path) -> Iterator[Door]:
    """A NATS that lets vehicles in."""
    with open_door(servers_home / "bench-garage") as made:
        asyncio.run(begin_session(made))
        yield made


@pytest.fixture
async def buses(durable_postgres: str, door: Door) -> AsyncIterator[list[Unit]]:
    """Buses with credentials."""
    url = await own_database(durable_postgres, PILLAR)
    async with serving(PILLAR, url, SEMARANG_NOW) as served:
        await timers.keep_days(served.runtime)
        fleet = Fleet(served)
        yield [await unit_of(fleet, door) for _ in range(BUSES)]


async def _told(buses: list[Unit], devices: list[Device], now: datetime) -> None:
    """Each bus tells a position of each second until now; all are kept by the broker, in the order of their times."""
    sent = []
    for second in range(OF_EACH, 0, -1):
        at = int((now - timedelta(seconds=second)).timestamp() * 1000)
        for bus, device in zip(buses, devices, strict=True):
            body = {"positions": [{"time": at, "lat": -6.99 + second * 1e-5, "lon": 110.4, "speed_kmh": 20}]}
            sent.append(device.client.publish(bus.topic, json.dumps(body).encode(), qos=1))
        await asyncio.sleep(0)
    async with asyncio.timeout(DEADLINE_S):
        while not all(one.is_published() for one in sent[-BUSES * UNDER_WAY :]):
            await asyncio.sleep(0.02)


async def test_positions_over_mqtt_are_taken(buses: list[Unit], door: Door, report: Report) -> None:
    """A thousand messages of ten buses wait with the broker; then they are read."""
    served = buses[0].fleet.served
    devices = [bus.device() for bus in buses]

    async def taken() -> float:
        served.pass_time(seconds=2 * OF_EACH)
        await _told(buses, devices, served.now)
        before = await served.admin.fetchval(_COUNT)
        began = time.perf_counter()
        async with buses[0].reading(), asyncio.timeout(DEADLINE_S):
            while await served.admin.fetchval(_COUNT) < before + BUSES * OF_EACH:
                await asyncio.sleep(0.02)
            return BUSES * OF_EACH / (time.perf_counter() - began)

    async def heard() -> float:
        served.pass_time(seconds=2 * OF_EACH)
        await _told(buses, devices, served.now)
        reader = reader_of(door)
        began = time.perf_counter()
        await reader.connect()
        for topic in DOOR.topics.read:
            await reader.subscribe(topic)
        async with asyncio.timeout(DEADLINE_S):
            while len(reader.heard) < BUSES * OF_EACH:
                await asyncio.sleep(0.02)
        took = time.perf_counter() - began
        await reader.leave()
        return BUSES * OF_EACH / took

    async with buses[0].answering():
        for device in devices:
            device.client.max_inflight_messages_set(UNDER_WAY)
            await device.connect()
        found = await medians({"taken": taken, "heard": heard})
        for device in devices:
            await device.leave()
    report.faster("positions over MQTT", found["taken"], found["heard"], "messages heard by a bare client", least=0.3)
    report.rate("positions over MQTT taken", found["taken"], least=5_000)
