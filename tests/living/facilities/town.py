"""Facilities at work in this process, for the tests of several rooms."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import grpc.aio

from services.kit.caller import ANONYMOUS, Caller
from services.living.facilities import timers
from smartcity.living.v1 import facilities_pb2 as pb
from smartcity.living.v1.facilities_pb2_grpc import FacilityServiceStub
from tests.fixtures.pillars import Served
from tests.governance.conftest import RefusedError, officer, request_id

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
"""A working Tuesday, 09:00 in Semarang."""
DINKES, COLLEAGUE = officer("dinkes"), Caller("officer-dinkes-2", frozenset({"officer"}), "dinkes")
ARPUS = officer("arpus")
PONCOL, GENUK, LIBRARY = "puskesmas-poncol", "puskesmas-genuk", "perpustakaan-kota-pandanaran"
"""One with a point, one without, one with hours that were announced."""
HOURS = "Mo-Th 07:00-14:00; Fr 07:00-11:00; PH off"
REASON = "Jam bukanya tertulis di pintu masuk."
NOTE = "Ditanyakan ke kepala puskesmas."


@dataclass
class Town:
    """The running pillar with the city's facilities in it."""

    served: Served

    async def enter(self) -> "Town":
        """Enters what the city's profile names."""
        await timers.enter_profile(self.served.runtime)
        return self

    async def call(self, request: Any, caller: Caller = ANONYMOUS) -> Any:
        """Calls the RPC of a request. Raises RefusedError."""
        name = type(request).__name__.removesuffix("Request")
        try:
            return await self.served.call(FacilityServiceStub, name, request, caller)
        except grpc.aio.AioRpcError as error:
            raise RefusedError(error) from error

    async def read(self, code: str) -> pb.Facility:
        """A facility."""
        facility: pb.Facility = (await self.call(pb.GetFacilityRequest(id=code))).facility
        return facility

    async def listed(self, **fields: Any) -> list[pb.Facility]:
        """A list, page after page."""
        request, found = pb.ListFacilitiesRequest(**fields), list[pb.Facility]()
        while True:
            page = await self.call(request)
            found += page.facilities
            if not page.next_page_token:
                return found
            request.page_token = page.next_page_token

    async def correct(self, code: str = PONCOL, caller: Caller = ANONYMOUS, **fields: Any) -> str:
        """The id of a correction that somebody has filed: of the hours, unless others are given."""
        fields = {"hours": HOURS, "reason": REASON, "request_id": request_id(), **fields}
        answer = await self.call(pb.CreateFacilityCorrectionRequest(facility=code, **fields), caller)
        id_: str = answer.receipt.id
        return id_

    async def correction(self, id_: str, caller: Caller = DINKES) -> pb.FacilityCorrection:
        """A correction as an officer sees it."""
        found = await self.call(pb.GetFacilityCorrectionRequest(id=id_), caller)
        correction: pb.FacilityCorrection = found.correction
        return correction

    async def decide(self, verb: str, id_: str, caller: Caller = DINKES, **fields: Any) -> pb.FacilityCorrection:
        """Accept or Decline."""
        fields = {"request_id": request_id(), "etag": "1", "note": NOTE, **fields}
        answer = await self.call(getattr(pb, f"{verb}FacilityCorrectionRequest")(id=id_, **fields), caller)
        correction: pb.FacilityCorrection = answer.correction
        return correction

    async def emitted(self) -> list[str]:
        """Names of the events, oldest first."""
        return [row["type"].rpartition(".")[2] for row in await self.served.outbox()]
