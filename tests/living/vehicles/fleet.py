"""Vehicles at work in this process, for the tests of several rooms."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import grpc.aio

from services.kit.caller import ANONYMOUS, Caller
from services.living.progress import timers
from smartcity.living.v1 import departures_pb2, vehicles_pb2_grpc
from smartcity.living.v1 import vehicles_pb2 as pb
from tests.fixtures.pillars import Served
from tests.governance.conftest import RefusedError, officer, request_id
from tests.living.journeys.transit import Transit

TRANS, DISHUB, DLH = officer("blu-trans-semarang"), officer("dishub"), officer("dlh")
OPERATOR = Caller("trans-avl", frozenset({"citizen", "operator"}), "blu-trans-semarang")
STRANGER = Caller("other-avl", frozenset({"citizen", "operator"}), "dishub")
REASON = "Dijual pada lelang November."


@dataclass
class Fleet:
    """The running pillar with vehicles in it."""

    served: Served

    async def call(self, request: Any, caller: Caller = ANONYMOUS) -> Any:
        """Calls the RPC of a request. Raises RefusedError."""
        name = type(request).__name__.removesuffix("Request")
        if name == "ListDepartures":
            return await Transit(self.served).call(request)
        try:
            return await self.served.call(vehicles_pb2_grpc.VehicleServiceStub, name, request, caller)
        except grpc.aio.AioRpcError as error:
            raise RefusedError(error) from error

    async def register(self, id_: str, caller: Caller = TRANS, **fields: Any) -> pb.VehicleRegistration:
        """Registers a vehicle."""
        fields = {"request_id": request_id(), "label": id_.upper(), "plate": "H 1234 XY", "capacity": 40, **fields}
        answer = await self.call(pb.RegisterVehicleRequest(id=id_, **fields), caller)
        registration: pb.VehicleRegistration = answer.registration
        return registration

    async def report(
        self, *told: tuple[str, float, float], ago: float = 0, caller: Caller = OPERATOR, **fields: Any
    ) -> list[str]:
        """Tells where vehicles are, so many seconds ago, as (id, lat, lon); what became of each."""
        request = pb.ReportPositionsRequest()
        for vehicle, lat, lon in told:
            position = request.positions.add(vehicle=vehicle, lat=lat, lon=lon, **fields)
            position.time.FromDatetime(self.served.now - timedelta(seconds=ago))
        answer = await self.call(request, caller)
        return [pb.PositionOutcome.Name(one.outcome).removeprefix("POSITION_OUTCOME_") for one in answer.answers]

    async def follow(self) -> None:
        """Lets something be made of what was told."""
        await timers.follow(self.served.runtime)

    async def vehicle(self, id_: str) -> pb.Vehicle:
        """A vehicle as everybody sees it."""
        found: pb.Vehicle = (await self.call(pb.GetVehicleRequest(id=id_))).vehicle
        return found

    async def board(self, stop: str, at: datetime | None = None) -> list[departures_pb2.Departure]:
        """What leaves next at a stop."""
        request = departures_pb2.ListDeparturesRequest(stop=stop, page_size=50)
        if at is not None:
            request.start_time.FromDatetime(at)
        return list((await self.call(request)).departures)
