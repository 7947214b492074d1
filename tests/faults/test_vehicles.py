"""Buses tell over MQTT while who reads them, who lets them in and NATS are killed: all acknowledged is there, once."""

import asyncio
import base64
import json
import tempfile
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
from services.living.vehicles.door import DOOR, user
from tests.fixtures.house import House, until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

BUSES = 50
ROUNDS = 40
EVERY_S = 0.5
KILLS = {6: "living", 14: "nats", 20: "living-2", 26: "callout", 32: "living"}
"""Who is killed before which round."""
HERE = (-6.99, 110.40)


@pytest.fixture(scope="module")
async def house() -> AsyncIterator[House]:
    """Two processes per pillar, full fsync, and no buses but ours."""
    with tempfile.TemporaryDirectory(prefix="smartcity-buses-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        off = {"SMARTCITY_DEMO": "off", "SMARTCITY_SIMULATOR": "off", "SMARTCITY_TRACE_RATIO": "0.01"}
        made = House(home, processes=2, env=off)
        try:
            made.start(240)
            yield made
        finally:
            made.stop()


@dataclass
class Fleet:
    """Buses that tell; paho keeps what was not acknowledged, and sends it again."""

    port: int
    secret: bytes
    clients: list[Client] = field(default_factory=list)
    told: set[tuple[str, datetime]] = field(default_factory=set)
    waiting: set[tuple[int, int]] = field(default_factory=set)
    acknowledged_already: set[tuple[int, int]] = field(default_factory=set)

    async def connect(self) -> None:
        """All come."""
        for number in range(BUSES):
            client = Client(CallbackAPIVersion.VERSION2, user(f"bus-{number}"))
            client.username_pw_set(user(f"bus-{number}"), DOOR.password(self.secret, f"bus-{number}", 1))
            client.reconnect_delay_set(1, 2)
            client.on_publish = partial(self._acknowledge, number)
            client.connect_async("127.0.0.1", self.port, 10)
            client.loop_start()
            self.clients.append(client)
        await until(self._all_inside, 60, "all buses are let in")

    def tell(self) -> None:
        """Each tells where it is now, in milliseconds: of each round there is one position."""
        for number, client in enumerate(self.clients):
            now = int(time.time() * 1000)
            body = {"positions": [{"time": now, "lat": HERE[0], "lon": HERE[1]}]}
            sent = client.publish(f"{user(f'bus-{number}')}/positions", json.dumps(body), qos=1)
            self.waiting.add((number, sent.mid))
            self.told.add((f"bus-{number}", datetime.fromtimestamp(now / 1000, UTC)))

    async def acknowledged(self) -> bool:
        """Whether all is."""
        return not self.waiting - self.acknowledged_already

    async def leave(self) -> None:
        """All go."""
        for client in self.clients:
            client.disconnect()
        await asyncio.to_thread(lambda: [client.loop_stop() for client in self.clients])

    async def _all_inside(self) -> bool:
        return all(client.is_connected() for client in self.clients)

    def _acknowledge(self, number: int, _: Client, __: Any, mid: int, *___: Any) -> None:
        self.acknowledged_already.add((number, mid))


async def test_no_position_that_was_acknowledged_is_lost_or_there_twice(house: House) -> None:
    admin = await house.database()
    await admin.execute(
        """
        INSERT INTO living.vehicle (id, version, label, plate, agency, access, capacity, simulated, created_at,
                                    updated_at, reason, generation)
        SELECT 'bus-' || n, 1, 'B' || n, '', 'blu-trans-semarang', 'unknown', 0, false, now(), now(), '', 0
          FROM generate_series(0, $1 - 1) AS n
        """,
        BUSES,
    )
    await admin.execute("UPDATE living.vehicle SET generation = 1")
    port = house.components()["nats"]["ports"]["mqtt"]
    fleet = Fleet(port, base64.b64decode(Secrets(house.home).key("vehicle")))
    await fleet.connect()
    try:
        for number in range(ROUNDS):
            if number in KILLS:
                house.kill(KILLS[number])
            fleet.tell()
            await asyncio.sleep(EVERY_S)
        await until(fleet.acknowledged, 90, "all is acknowledged")

        async def read() -> bool:
            return bool(await admin.fetchval("SELECT count(*) >= $1 FROM living.vehicle_track", len(fleet.told)))

        await until(read, 60, "all positions are there")
        rows = await admin.fetch("SELECT vehicle, at FROM living.vehicle_track")
        assert sorted((row["vehicle"], row["at"]) for row in rows) == sorted(fleet.told)
        assert await admin.fetchval("SELECT count(*) FROM living.vehicle_refusal") == 0
        assert await admin.fetchval("SELECT count(*) FROM living.dead_letter") == 0
    finally:
        await fleet.leave()
        await admin.close()
