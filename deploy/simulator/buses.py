"""Drives the day's buses of a local platform: registers them as simulated, and tells every ten seconds where they are.

It calls the pillar as the local administrator, whose key lies in the platform's home; an operator's system has a role
of its own.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import grpc.aio

from deploy.local.secrets import Secrets
from deploy.operate.access import Access, AccessError
from deploy.simulator.city import answering
from deploy.simulator.driving import Line, lines, names, seen
from services.kit.caller import Caller, Minter
from services.kit.city import City, load_city
from services.living.making.profile import network_of
from smartcity.living.v1 import vehicles_pb2 as pb
from smartcity.living.v1.vehicles_pb2_grpc import VehicleServiceStub

PILLAR = "living"
ADMIN = Caller("simulator", frozenset({"admin"}))
EVERY_S = 10
DEADLINE_S = 30.0
MOST = 500
"""Positions of one report."""
_PLACES = 40
"""How many people such a bus takes."""


async def drive(access: Access, *, tell: Callable[[str], None]) -> None:
    """Drives until cancelled. A city whose profile names no buses has none. Errors: AccessError."""
    if not access.run or access.home is None:
        raise AccessError("buses are simulated on a local platform: start one with `smartcity up`")
    city = load_city(str(access.run["city"]))
    network = network_of(city)
    if network is None or not network.settings.operators:
        tell("the city's profile names no buses")
        await asyncio.Event().wait()
        return
    driven = lines(network)
    port = next(each for each in access.run["components"] if each["name"] == PILLAR)["ports"]["grpc"]
    minter = Minter(json.dumps(Secrets(access.home).signing_key("assertion")))
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        fleet = _Fleet(VehicleServiceStub(channel), minter)
        with answering(PILLAR):
            await fleet.register(driven, network.settings.operators[0])
        tell(f"{sum(one.buses for one in driven)} buses drive {len(driven)} lines, and tell where they are")
        while True:
            await asyncio.sleep(EVERY_S - time.time() % EVERY_S)
            try:
                await fleet.report(driven, city)
            except grpc.aio.AioRpcError as error:  # the pillar may be starting anew
                tell(f"not told: {error.code().name}")


class _Fleet:
    def __init__(self, stub: Any, minter: Minter) -> None:
        self._stub, self._minter = stub, minter

    async def register(self, driven: list[Line], agency: str) -> None:
        """Registers the buses that were never there; one that was retired stays so."""
        for bus, label in (one for line in driven for one in names(line)):
            try:
                await self._ask("GetVehicleRegistration", pb.GetVehicleRegistrationRequest(id=bus))
            except grpc.aio.AioRpcError as error:
                if error.code() is not grpc.StatusCode.NOT_FOUND:
                    raise
                request = pb.RegisterVehicleRequest(
                    request_id=str(uuid4()), id=bus, label=label, agency=agency, capacity=_PLACES, simulated=True
                )
                await self._ask("RegisterVehicle", request)

    async def report(self, driven: list[Line], city: City) -> None:
        """Tells where all of them are."""
        now = datetime.now(UTC).replace(microsecond=0)
        told = [one for line in driven for one in seen(line, now.astimezone(city.timezone))]
        for begin in range(0, len(told), MOST):
            request = pb.ReportPositionsRequest()
            for one in told[begin : begin + MOST]:
                position = request.positions.add(
                    vehicle=one.bus, lat=one.lat, lon=one.lon, route=one.route,
                    bearing=one.bearing, speed_kmh=one.speed_kmh,
                )  # fmt: skip
                position.time.FromDatetime(now)
            await self._ask("ReportPositions", request)

    async def _ask(self, rpc: str, request: Any) -> Any:
        metadata = (("authorization", f"Bearer {self._minter.mint(ADMIN, PILLAR)}"),)
        return await getattr(self._stub, rpc)(request, metadata=metadata, timeout=DEADLINE_S, wait_for_ready=True)
