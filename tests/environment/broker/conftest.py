"""What the tests of devices over MQTT stand on."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from smartcity.environment.v1 import datastreams_pb2, devices_pb2, observations_pb2
from tests.environment.broker.door import Device, Door, open_door
from tests.environment.sensing import Sensing
from tests.governance.conftest import request_id


@pytest.fixture(scope="module")
def door(servers_home: Path) -> Iterator[Door]:
    """A NATS that lets devices in, and where somebody has read them before."""
    with open_door(servers_home / "door") as made:
        asyncio.run(made.begin_session())
        yield made


@dataclass
class Gauge:
    """A gauge with a device that was issued."""

    sensing: Sensing
    door: Door
    datastream: datastreams_pb2.Datastream
    issued: devices_pb2.IssueDeviceResponse

    @property
    def name(self) -> str:
        """Of the device."""
        return self.issued.device.id

    def device(self, **more: object) -> Device:
        """Its device, with the password it was issued."""
        return self.door.device(self.name, self.issued.password, **more)

    async def told(self) -> devices_pb2.Device:
        """The device as its agency sees it."""
        found: devices_pb2.Device = (await self.sensing.call(devices_pb2.GetDeviceRequest(id=self.name))).device
        return found

    async def revoke(self) -> None:
        """It was stolen."""
        etag = (await self.told()).etag
        reason = "Alat dicuri dari tiangnya."
        request = devices_pb2.RevokeDeviceRequest(request_id=request_id(), id=self.name, etag=etag, reason=reason)
        await self.sensing.call(request)

    async def rotate(self) -> str:
        """It gets a new password."""
        request = devices_pb2.RotateDeviceRequest(request_id=request_id(), id=self.name, etag=(await self.told()).etag)
        password: str = (await self.sensing.call(request)).password
        return password

    async def stored(self) -> list[float]:
        """The values that are there, the oldest first."""
        asked = observations_pb2.ListObservationsRequest(datastream=self.datastream.id, page_size=200)
        return [one.value for one in reversed((await self.sensing.call(asked)).observations)]


@pytest.fixture
async def gauge(sensing: Sensing, door: Door) -> Gauge:
    """A gauge with one device."""
    thing = await sensing.thing()
    return Gauge(sensing, door, await sensing.datastream(thing), await sensing.device(thing))
