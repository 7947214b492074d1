"""Devices publish while NATS, who reads them and who lets them in are killed: all acknowledged is there, once."""

import asyncio
import base64
import tempfile
import threading
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from deploy.local.secrets import Secrets
from services.environment.devices.model import password
from tests.environment.broker.door import reading
from tests.fixtures.house import House, until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(400)]

DEVICES = 200
EVERY_S = 0.5
ROUNDS = 40
KILLS = {6: "environment", 14: "nats", 22: "environment-2", 28: "callout", 32: "nats"}
"""Who is killed before which round."""
THING, AGENCY = "duga-simongan", "dpu"
BOOT = 1


@pytest.fixture(scope="module")
async def house() -> AsyncIterator[House]:
    """Two processes per pillar, full fsync, the city's gauges and nothing else."""
    with tempfile.TemporaryDirectory(prefix="smartcity-devices-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        made = House(home, processes=2, env={"SMARTCITY_DEMO": "off", "SMARTCITY_TRACE_RATIO": "0.01"})
        try:
            made.start(240)
            yield made
        finally:
            made.stop()


@dataclass
class Fleet:
    """Many devices of one gauge; each reading has a moment of its own."""

    port: int
    secret: bytes
    began: datetime
    clients: list[Client] = field(default_factory=list)
    sent: set[tuple[int, int]] = field(default_factory=set)
    """Devices and numbers."""
    unacknowledged: set[tuple[int, int]] = field(default_factory=set)
    """Devices and paho's own numbers, which it has for a message from its first attempt to its last."""
    acknowledged_already: set[tuple[int, int]] = field(default_factory=set)

    def moment(self, device: int) -> datetime:
        """From when a device counts: its readings lie a millisecond apart, those of the next two seconds later."""
        return datetime.fromtimestamp(self.began.timestamp() - 2 * device, UTC)

    async def connect(self) -> None:
        """All come."""
        for number in range(DEVICES):
            name = f"kawanan-{number}"
            client = Client(CallbackAPIVersion.VERSION2, name)
            client.username_pw_set(name, password(self.secret, name, 1))
            client.reconnect_delay_set(1, 2)
            client.on_publish = partial(self._acknowledge, number)
            client.connect_async("127.0.0.1", self.port, 10)
            client.loop_start()
            self.clients.append(client)
        deadline = time.monotonic() + 60
        while not all(client.is_connected() for client in self.clients):
            assert time.monotonic() < deadline, sum(client.is_connected() for client in self.clients)
            await asyncio.sleep(0.1)

    def publish(self, seq: int) -> None:
        """Each publishes one reading; paho keeps it until it is acknowledged, and sends it again."""
        for number, client in enumerate(self.clients):
            body = reading(seq, self.moment(number), float(seq), BOOT, unit="m")
            topic = f"devices/kawanan-{number}/observations"
            self.unacknowledged.add((number, client.publish(topic, body, qos=1).mid))
            self.sent.add((number, seq))

    async def acknowledged(self, seconds: float) -> None:
        """Waits until all of it is."""
        deadline = time.monotonic() + seconds
        while left := self.unacknowledged - self.acknowledged_already:
            assert time.monotonic() < deadline, f"{len(left)} of {len(self.sent)} are left"
            await asyncio.sleep(0.1)

    def expected(self) -> list[datetime]:
        """The moments of all readings."""
        return sorted(
            datetime.fromtimestamp((int(self.moment(number).timestamp() * 1000) + seq) / 1000, UTC)
            for number, seq in self.sent
        )

    async def leave(self) -> None:
        """All go."""
        for client in self.clients:
            client.disconnect()
        await asyncio.to_thread(lambda: [client.loop_stop() for client in self.clients])
        assert threading.active_count() < DEVICES

    def _acknowledge(self, number: int, _: Client, __: Any, mid: int, *___: Any) -> None:
        self.acknowledged_already.add((number, mid))


async def test_nothing_acknowledged_is_lost_and_nothing_counts_twice(house: House) -> None:
    admin = await house.database()
    await issue(admin)
    port = house.components()["nats"]["ports"]["mqtt"]
    fleet = Fleet(port, base64.b64decode(Secrets(house.home).key("device")), datetime.now(UTC))
    await fleet.connect()
    try:
        for seq in range(ROUNDS):
            if seq in KILLS:
                house.kill(KILLS[seq])
            fleet.publish(seq)
            await asyncio.sleep(EVERY_S)
        await fleet.acknowledged(60)

        async def read() -> bool:
            return bool(await admin.fetchval("SELECT count(*) >= $1 FROM environment.observation", len(fleet.sent)))

        await until(read, 60, "all readings are there")
        rows = await admin.fetch("SELECT at FROM environment.observation ORDER BY at")
        assert [row["at"] for row in rows] == fleet.expected()
        runs = await admin.fetch("SELECT device, came::text FROM environment.device_run WHERE boot = $1", BOOT)
        assert {row["came"] for row in runs} == {f"{{[0,{ROUNDS})}}"}
        assert len(runs) == DEVICES
        worst = "SELECT max(missing) + max(refused) FROM environment.device_health"
        assert await admin.fetchval(worst) == 0
    finally:
        await fleet.leave()
        await admin.close()


async def issue(admin: Any) -> None:
    """Issues a device after the other, as the registry has them."""
    await admin.execute(
        """
        INSERT INTO environment.device (id, version, thing, agency, generation, created_at, updated_at)
        SELECT 'kawanan-' || n, 1, thing.id, $2, 1, now(), now()
          FROM environment.thing, generate_series(0, $3 - 1) AS n WHERE thing.code = $1
        """,
        THING,
        AGENCY,
        DEVICES,
    )
