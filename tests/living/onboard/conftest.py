"""A real NATS that lets vehicles in, who answers for them and who reads them, and buses that speak MQTT with paho."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import nkeys
import pytest
from pydantic import SecretStr

from services.kit import tasks
from services.kit.database.lease import Leases
from services.kit.door.door import CALLOUT
from services.kit.door.known import Known
from services.kit.door.porter import Porter, open_doors
from services.kit.events import bus
from services.living.onboard import jobs
from services.living.positions import timers
from services.living.resources import resources
from services.living.vehicles.door import DOOR
from smartcity.living.v1 import vehicles_pb2 as pb
from tests.environment.broker.door import Device, Door, open_door
from tests.governance.conftest import letters, request_id
from tests.living.journeys.conftest import bare, stand_of_transit
from tests.living.journeys.transit import Transit
from tests.living.vehicles.fleet import TRANS, Fleet

__all__ = ["bare", "stand_of_transit"]

HERE = (-6.99, 110.40)
TRACK = "SELECT at, lat, flags FROM living.vehicle_track WHERE vehicle = $1 ORDER BY at"


@pytest.fixture(scope="module")
def door(servers_home: Path) -> Iterator[Door]:
    """A NATS where somebody has read vehicles before."""
    with open_door(servers_home / "garage") as made:
        asyncio.run(begin_session(made))
        yield made


async def begin_session(door: Door) -> None:
    """Comes as who reads vehicles, so that from now on what they publish is kept for it."""
    reader = reader_of(door)
    await reader.connect()
    for topic in DOOR.topics.read:
        assert await reader.subscribe(topic)
    await reader.leave()


def reader_of(door: Door) -> Device:
    """Who reads vehicles, with its session."""
    assert door.server.devices is not None
    password = door.server.devices.readers[DOOR.reader]
    return Device(DOOR.reader, password, door.port, client_id=jobs.CLIENT, clean=False)


def told(*ats: datetime, lat: float = HERE[0], **more: Any) -> bytes:
    """A message with a position at each time, each a little further north."""
    positions = [
        {"time": int(at.timestamp() * 1000), "lat": lat + number * 1e-5, "lon": HERE[1], **more}
        for number, at in enumerate(ats)
    ]
    return json.dumps({"positions": positions}).encode()


@dataclass
class Unit:
    """A bus whose unit on board was issued a credential."""

    fleet: Fleet
    door: Door
    name: str
    user: str
    password: str

    def device(self, **more: Any) -> Device:
        """It, not connected yet."""
        return Device(self.user, more.pop("password", self.password), self.door.port, **more)

    @property
    def topic(self) -> str:
        """Where it tells."""
        return f"{self.user}/positions"

    async def registration(self) -> pb.VehicleRegistration:
        """As its agency sees it."""
        asked = pb.GetVehicleRegistrationRequest(id=self.name)
        found: pb.VehicleRegistration = (await self.fleet.call(asked, TRANS)).registration
        return found

    async def issue(self) -> str:
        """It gets a new password."""
        etag = (await self.registration()).etag
        asked = pb.IssueVehicleCredentialRequest(request_id=request_id(), id=self.name, etag=etag)
        password: str = (await self.fleet.call(asked, TRANS)).password
        return password

    async def revoke(self) -> None:
        """It was stolen."""
        etag = (await self.registration()).etag
        asked = pb.RevokeVehicleCredentialRequest(request_id=request_id(), id=self.name, etag=etag)
        await self.fleet.call(asked, TRANS)

    async def track(self) -> list[datetime]:
        """Its moments, in order."""
        return [row["at"] for row in await self.fleet.served.admin.fetch(TRACK, self.name)]

    async def until_tracked(self, moments: list[datetime]) -> None:
        """Waits until exactly these are there."""
        async with asyncio.timeout(20):
            while await self.track() != moments:
                await asyncio.sleep(0.05)

    @contextlib.asynccontextmanager
    async def answering(self) -> AsyncIterator[Porter]:
        """Somebody who answers for vehicles, in this process."""
        runtime = self.fleet.served.runtime
        secret = resources(runtime).vehicle_secret
        assert secret is not None
        connection = await bus.connect(self.door.server.url, self.door.seeds[CALLOUT], CALLOUT)
        issuer = nkeys.from_seed(self.door.issuer.encode())
        porter = Porter(connection, DOOR, Known(runtime.pool, DOOR), secret, issuer)
        await open_doors(connection, [porter])
        watching = asyncio.create_task(porter.watch())
        try:
            yield porter
        finally:
            await tasks.end(watching)
            await connection.close()

    @contextlib.asynccontextmanager
    async def reading(self) -> AsyncIterator[None]:
        """Somebody who reads vehicles, in this process, as the owner of the job."""
        runtime, devices = self.fleet.served.runtime, self.door.server.devices
        assert devices is not None
        more = {
            "mqtt_url": f"mqtt://127.0.0.1:{devices.port}",
            "mqtt_password": SecretStr(devices.readers[DOOR.reader]),
        }
        runtime.settings = runtime.settings.model_copy(update=more)
        job = asyncio.create_task(Leases(runtime).hold("job:vehicles", lambda held: jobs.read(runtime.fenced(held))))
        try:
            yield
        finally:
            await tasks.end(job)


async def unit_of(fleet: Fleet, door: Door) -> Unit:
    """A bus that was registered and issued a credential. No test meets what the broker still has of another's."""
    name = f"ts-{letters()}"
    await fleet.register(name, label="K1-01")
    asked = pb.IssueVehicleCredentialRequest(request_id=request_id(), id=name, etag="1")
    issued = await fleet.call(asked, TRANS)
    return Unit(fleet, door, name, issued.user, issued.password)


@pytest.fixture
async def fleet(bare: Transit) -> Fleet:
    """The pillar without a timetable, with room for tracks."""
    await timers.keep_days(bare.served.runtime)
    return Fleet(bare.served)


@pytest.fixture
async def unit(fleet: Fleet, door: Door) -> Unit:
    """One bus."""
    return await unit_of(fleet, door)
