"""What measures, made for the read side of SensorThings, and a gateway in front of it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest

from smartcity.environment.v1 import datastreams_pb2, things_pb2
from smartcity.types.v1 import place_pb2
from tests.environment.conftest import DLH, environment_database, environment_stand, sensing
from tests.environment.sensing import Sensing
from tests.fixtures.edge import edge_before
from tests.fixtures.pillars import Standing
from tests.governance.conftest import MONDAY, request_id

NOON = MONDAY - timedelta(days=1)
ROOT = "/sta/v1.1"
DOWNSTREAM = place_pb2.Point(lon=110.42, lat=-6.975)


@dataclass
class Things:
    """A gauge that was moved, with a level and rain, and an air station; sixty levels, a minute apart, from noon."""

    client: httpx.AsyncClient
    gauge: things_pb2.Thing
    level: datastreams_pb2.Datastream
    rain: datastreams_pb2.Datastream

    async def get(self, path: str, status: int = 200, **options: Any) -> Any:
        """What stands at an address below the root."""
        asked = {f"${name}": value for name, value in options.items()}
        answer = await self.client.get(f"{ROOT}{path}", params=asked or None)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def to_the_end(self, path: str) -> list[Any]:
        """What is on all pages of a list."""
        found: list[Any] = []
        while path:
            page = await self.get(path)
            found += page["value"]
            path = page.get("@iot.nextLink", "").partition(ROOT)[2]
        return found

    async def names(self, path: str, **options: Any) -> list[str]:
        """The names of what is found."""
        return [one["name"] for one in (await self.get(path, **options))["value"]]


async def measured(sensing: Sensing) -> tuple[things_pb2.Thing, datastreams_pb2.Datastream, datastreams_pb2.Datastream]:
    """Makes it all."""
    gauge = await sensing.thing("duga-a", name="Duga A")
    sensing.served.pass_time(hours=1)
    move = things_pb2.MoveThingRequest(
        request_id=request_id(), id=gauge.id, etag=gauge.etag, location=DOWNSTREAM, note="Digeser ke hilir."
    )
    await sensing.call(move)
    level = await sensing.datastream(gauge)
    rain = await sensing.datastream(
        gauge,
        name="rain",
        property=datastreams_pb2.OBSERVED_PROPERTY_RAINFALL,
        sensor="Timba",
        feature_of_interest="Hujan",
        most=50.0,
    )
    air = await sensing.thing("udara-b", DLH, kind=things_pb2.THING_KIND_AIR_STATION, name="Stasiun B")
    await sensing.datastream(air, DLH, name="pm10", property=datastreams_pb2.OBSERVED_PROPERTY_PM10, most=1000.0)
    readings = [(NOON + timedelta(minutes=count), count / 10) for count in range(60)]
    await sensing.upload(level, [*readings, (NOON + timedelta(hours=2), 99.0)])
    await sensing.upload(rain, [(NOON, 0.2), (NOON + timedelta(minutes=30), 1.5)])
    return gauge, level, rain


@pytest.fixture(scope="module")
async def things(environment_stand: Standing) -> AsyncIterator[Things]:
    """Somebody without a login at a gateway before it, who can only read: made once."""
    async with environment_stand.fresh(MONDAY) as served:
        made = await measured(Sensing(served))
        async with edge_before(served) as client:
            yield Things(client, *made)


__all__ = ["environment_database", "environment_stand", "sensing"]
