"""Devices publish while NATS, who reads them and who lets them in are killed: all acknowledged is there, once."""

import asyncio
import base64
import os
import tempfile
import threading
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from deploy.local.secrets import Secrets
from services.environment.devices.door import DOOR
from tests.environment.broker.door import reading
from tests.fixtures.house import House, until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]

DEVICES = 200
EVERY_S = 0.5
ROUNDS = 40
KILLS = {6: "environment", 14: "nats", 22: "environment-2", 28: "callout", 32: "nats"}
"""Who is killed before which round."""
THING, AGENCY = "duga-simongan", "dpu"
BOOT = 1
VISITORS = int(os.environ.get("SMARTCITY_DEVICES", "1000"))
"""Devices that come in turn; 10,000 by hand."""
AT_ONCE = 32
KILLED = {20: "environment", 40: "nats", 60: "environment-2", 75: "callout", 90: "nats"}
"""Who is killed when so many per cent of them have been there."""
VISIT_S = 120.0


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
            client.username_pw_set(name, DOOR.password(self.secret, name, 1))
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
    await issue(admin, "kawanan", DEVICES)
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


@dataclass
class Visitors:
    """Devices that come one after the other, some at once: each publishes until it is acknowledged, and goes."""

    port: int
    secret: bytes
    began: datetime
    came: int = 0
    cut: int = 0
    """Visits that were broken off; some of them paho went on with by itself."""

    def moment(self, device: int) -> datetime:
        """What its one reading is of."""
        return self.began - timedelta(milliseconds=1 + device)

    async def come(self) -> None:
        """All, in turn."""
        left = iter(range(VISITORS))

        async def lane() -> None:
            for number in left:
                await asyncio.to_thread(self._visit, number)
                self.came += 1

        await asyncio.gather(*(lane() for _ in range(AT_ONCE)))

    def _visit(self, number: int) -> None:
        deadline = time.monotonic() + VISIT_S
        while not self._acknowledged(number):
            assert time.monotonic() < deadline, f"tamu-{number} was let in by nobody"
            time.sleep(0.5)

    def _acknowledged(self, number: int) -> bool:
        name = f"tamu-{number}"
        client = Client(CallbackAPIVersion.VERSION2, name)
        client.username_pw_set(name, DOOR.password(self.secret, name, 1))
        client.on_disconnect = self._left
        try:
            client.connect("127.0.0.1", self.port, 10)
            client.loop_start()
            body = reading(0, self.moment(number), 1.0, BOOT, unit="m")
            sent = client.publish(f"devices/{name}/observations", body, qos=1)
            sent.wait_for_publish(10)
            return sent.is_published()
        except (OSError, RuntimeError):
            self.cut += 1
            return False
        finally:
            client.disconnect()
            client.loop_stop()

    def _left(self, _: Client, __: Any, ___: Any, reason: ReasonCode, *____: Any) -> None:
        self.cut += reason.is_failure


async def test_devices_that_come_in_turn_are_heard_once_each_whoever_is_killed(house: House) -> None:
    admin = await house.database()
    await issue(admin, "tamu", VISITORS)
    port = house.components()["nats"]["ports"]["mqtt"]
    began = datetime.now(UTC).replace(microsecond=0)
    visitors = Visitors(port, base64.b64decode(Secrets(house.home).key("device")), began)
    coming = asyncio.create_task(visitors.come())
    for percent, killed in KILLED.items():
        while visitors.came < VISITORS * percent // 100 and not coming.done():
            await asyncio.sleep(0.05)
        house.kill(killed)
    await coming
    ours = "FROM environment.observation WHERE at >= $1 AND at < $2"
    span = (visitors.moment(VISITORS), visitors.began)

    async def read() -> bool:
        return bool(await admin.fetchval(f"SELECT count(*) >= $3 {ours}", *span, VISITORS))

    await until(read, 60, "all readings are there")
    rows = await admin.fetch(f"SELECT at {ours} ORDER BY at", *span)
    assert [row["at"] for row in rows] == [visitors.moment(each) for each in reversed(range(VISITORS))]
    assert visitors.cut, "nobody noticed that somebody was killed"
    await admin.close()


async def issue(admin: Any, name: str, count: int) -> None:
    """Issues a device after the other, as the registry has them."""
    await admin.execute(
        """
        INSERT INTO environment.device (id, version, thing, agency, generation, created_at, updated_at)
        SELECT $3 || '-' || n, 1, thing.id, $2, 1, now(), now()
          FROM environment.thing, generate_series(0, $4 - 1) AS n WHERE thing.code = $1
        """,
        THING,
        AGENCY,
        name,
        count,
    )
