"""A timetable that holds, for the tests of several rooms: the pillar, its planner's process, and who asks."""

import asyncio
import tempfile
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import grpc.aio

from services.kit.caller import ANONYMOUS
from services.kit.city import load_city
from services.living.imports.running import enter
from services.living.making import feed as making
from services.living.making.profile import network_of
from services.living.resources import resources
from smartcity.living.v1 import departures_pb2_grpc, journeys_pb2_grpc
from tests.fixtures.pillars import Served
from tests.governance.conftest import RefusedError
from tests.living.cairns.reading import ARCHIVE, WEEKDAY

CAIRNS_NOW = datetime(2014, 7, 15, 22, 0, tzinfo=UTC)
"""Eight in the morning of a Wednesday in Cairns."""
SEMARANG_NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
"""Nine in the morning of a Tuesday in Semarang."""
MORNING = "2026-11-24T09:00"
"""The same, as a form sends it."""
_STUBS = {
    "ListDepartures": departures_pb2_grpc.DepartureServiceStub,
    "SearchJourneys": journeys_pb2_grpc.JourneyServiceStub,
}


@dataclass
class Transit:
    """The running pillar with a feed in it."""

    served: Served

    async def call(self, request: Any) -> Any:
        """Calls the RPC of a request. Raises RefusedError."""
        name = type(request).__name__.removesuffix("Request")
        try:
            return await self.served.call(_STUBS[name], name, request, ANONYMOUS)
        except grpc.aio.AioRpcError as error:
            raise RefusedError(error) from error

    async def enter_cairns(self) -> "Transit":
        """Lets the feed of Cairns hold."""
        return await self.enter(ARCHIVE, WEEKDAY)

    async def enter_semarang(self) -> "Transit":
        """Lets the feed that is made of the city's profile hold."""
        city = load_city("semarang")
        network = network_of(city)
        assert network is not None
        with tempfile.NamedTemporaryFile(suffix=".zip") as file:
            await asyncio.to_thread(making.write, network, city, 2026, file)
            return await self.enter(Path(file.name), SEMARANG_NOW.date(), made_up=True)

    async def enter(self, archive: Path, day: date, *, made_up: bool = False) -> "Transit":
        """Lets an archive hold, and waits until it is in memory."""
        url = self.served.runtime.settings.postgres_url.get_secret_value()
        report = await asyncio.to_thread(enter, str(archive), url, day, _nobody, made_up=made_up)
        assert report.outcome is not None, report.findings
        await resources(self.served.runtime).keeper.look()
        return self


def _nobody(_what: str, _count: int) -> None:
    """Nobody watches."""
