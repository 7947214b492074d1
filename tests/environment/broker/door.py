"""A broker as the platform starts it, who answers for it, and devices that speak MQTT with paho."""

import asyncio
import contextlib
import json
import secrets
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import nkeys
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion
from pydantic import SecretStr

from deploy.doors import DOORS
from deploy.local.nats import Devices, Nats, User, new_seed, public_key
from deploy.local.process import free_ports
from deploy.permissions import ADMIN, Permissions
from services.environment.broker import jobs
from services.environment.devices.door import DOOR
from services.environment.resources import resources
from services.kit import tasks
from services.kit.database.lease import Leases
from services.kit.door.door import CALLOUT
from services.kit.door.known import Known
from services.kit.door.porter import Porter, open_doors
from services.kit.events import bus
from services.kit.runtime import Runtime

PILLAR = "environment"
LATER, PATIENCE_S = 8.0, 30.0
GRANTED = "Success"


@dataclass
class Door:
    """NATS with devices switched on; ``seeds`` are of its users."""

    server: Nats
    seeds: dict[str, str]
    issuer: str

    @property
    def port(self) -> int:
        """Where devices publish."""
        assert self.server.devices is not None
        return self.server.devices.port

    @property
    def reader_password(self) -> str:
        """Of who reads them."""
        assert self.server.devices is not None
        return self.server.devices.readers[DOOR.reader]

    async def begin_session(self) -> None:
        """Comes as who reads, so that from now on what devices publish is kept for it."""
        reader = self.device(DOOR.reader, self.reader_password, client_id=jobs.CLIENT, clean=False)
        await reader.connect()
        for topic in DOOR.topics.read:
            assert await reader.subscribe(topic)
        await reader.leave()

    @contextlib.asynccontextmanager
    async def answering(self, runtime: Runtime) -> AsyncIterator[Porter]:
        """Somebody who answers for devices, in this process."""
        secret = resources(runtime).device_secret
        assert secret is not None
        connection = await bus.connect(self.server.url, self.seeds[CALLOUT], CALLOUT)
        porter = Porter(connection, DOOR, Known(runtime.pool, DOOR), secret, nkeys.from_seed(self.issuer.encode()))
        await open_doors(connection, [porter])
        watching = asyncio.create_task(porter.watch())
        try:
            yield porter
        finally:
            await tasks.end(watching)
            await connection.close()

    @contextlib.asynccontextmanager
    async def reading(self, runtime: Runtime) -> AsyncIterator[asyncio.Task[None]]:
        """Somebody who reads devices, in this process, as the owner of the job."""
        more = {"mqtt_url": f"mqtt://127.0.0.1:{self.port}", "mqtt_password": SecretStr(self.reader_password)}
        runtime.settings = runtime.settings.model_copy(update=more)
        job = asyncio.create_task(Leases(runtime).hold("job:devices", lambda held: jobs.read(runtime.fenced(held))))
        try:
            yield job
        finally:
            await tasks.end(job)

    def device(self, name: str, password: str, **more: Any) -> "Device":
        """A device that has not connected yet."""
        return Device(name, password, self.port, **more)


@dataclass
class Device:
    """A device, or who says to be one."""

    name: str
    password: str
    port: int
    client_id: str = ""
    clean: bool = True
    heard: list[tuple[str, bytes]] = field(default_factory=list)
    answer: str = ""
    """What the broker said to it when it came."""

    def __post_init__(self) -> None:
        """Makes its client."""
        self.client = Client(
            CallbackAPIVersion.VERSION2, self.client_id or self.name, self.clean, reconnect_on_failure=False
        )
        self.client.username_pw_set(self.name, self.password)
        self.client.on_connect = lambda _, __, ___, reason, ____: setattr(self, "answer", str(reason))
        self.client.on_message = self._hear

    async def connect(self) -> str:
        """Comes; what the broker says."""
        self.answer = ""
        await asyncio.to_thread(self.client.connect, "127.0.0.1", self.port, 30)
        self.client.loop_start()
        await self.until(lambda: self.answer)
        return self.answer

    async def enter(self) -> None:
        """Comes until it is let in, as devices do: whoever is slow at the door refuses it once."""
        async with asyncio.timeout(PATIENCE_S):
            while await self.connect() != GRANTED:
                await self.leave()
                self.__post_init__()  # a client of paho that starts again leaves its sockets behind

    async def publish(self, topic: str, body: bytes, seconds: float = LATER) -> bool:
        """Publishes at QoS 1; whether it was acknowledged."""
        sent = self.client.publish(topic, body, qos=1)
        with contextlib.suppress(RuntimeError, ValueError):  # the broker put it out, before this or by now
            await asyncio.to_thread(sent.wait_for_publish, seconds)
            return sent.is_published()
        return False

    async def send(self, seq: int, at: datetime, value: float = 1.0, boot: int = 1) -> bool:
        """Publishes one reading; whether it was acknowledged."""
        return await self.publish(f"devices/{self.name}/observations", reading(seq, at, value, boot))

    async def subscribe(self, topic: str, qos: int = 1) -> bool:
        """Asks for a topic; whether it may."""
        said: list[bool] = []
        self.client.on_subscribe = lambda _, __, ___, reasons, ____: said.append(not reasons[0].is_failure)
        self.client.subscribe(topic, qos)
        await self.until(lambda: said)
        return said[0]

    async def gone(self, seconds: float = LATER) -> float:
        """Waits until its connection has ended; how long that took."""
        began = time.monotonic()
        await self.until(lambda: not self.client.is_connected(), seconds)
        return time.monotonic() - began

    async def until(self, condition: Any, seconds: float = LATER) -> None:
        """Waits."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"{self.name} waited in vain"
            await asyncio.sleep(0.01)

    async def leave(self) -> None:
        """Disconnects."""
        self.client.disconnect()
        await asyncio.to_thread(self.client.loop_stop)

    def _hear(self, _: Client, __: Any, message: MQTTMessage) -> None:
        self.heard.append((message.topic, bytes(message.payload)))


def reading(seq: int, at: datetime, value: float = 1.0, boot: int = 1, **series: Any) -> bytes:
    """A message with one reading of the stream `level`, a millisecond after that of the message before."""
    now = int(at.timestamp() * 1000) + seq
    only = {"name": "level", "unit": "m", "readings": [[now, value]], **series}
    return json.dumps({"boot": boot, "seq": seq, "sent": now, "series": [only]}).encode()


@contextlib.contextmanager
def open_door(home: Path, *, sync_interval: str = "2m") -> Iterator[Door]:
    """A NATS of its own that lets devices in."""
    seeds = {name: new_seed() for name in (ADMIN, CALLOUT, PILLAR)}
    issuer = new_seed(account=True)
    devices = Devices(
        free_ports(1)[0],
        public_key(issuer),
        public_key(seeds[CALLOUT]),
        {door.reader: secrets.token_urlsafe(16) for door in DOORS},
    )
    told = Permissions(DOOR.topics.told, ["_INBOX_environment.>"])
    users = {ADMIN: User(public_key(seeds[ADMIN])), PILLAR: User(public_key(seeds[PILLAR]), told)}
    server = Nats(home, users, devices=devices, sync_interval=sync_interval)
    server.start()
    try:
        yield Door(server, seeds, issuer)
    finally:
        server.stop()
