"""Residents at work in this process, for the tests of several rooms: people, their cards, the registration office.

Numbers are nobody's: their serial is 0000.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import grpc.aio

from services.kit.caller import Caller
from smartcity.society.v1 import consents_pb2, residents_pb2
from smartcity.society.v1.consents_pb2_grpc import ConsentServiceStub
from smartcity.society.v1.residents_pb2_grpc import ResidentServiceStub
from tests.fixtures.pillars import Served
from tests.governance.conftest import RefusedError, officer, request_id

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
"""A working Tuesday, 09:00 in Semarang."""
SITI, BUDI = (Caller(f"citizen-{name}", frozenset({"citizen"})) for name in ("siti", "budi"))
OFFICE, DLH = officer("disdukcapil"), officer("dlh")
INSIDER = Caller("officer-resident", frozenset({"officer", "citizen"}), "disdukcapil")
"""An officer of the registration office who lives in the city, too."""
SEKAYU, BONGSARI = "33.74.01.1007", "33.74.13.1007"
NOTE = "Alamat pada kartu berada di kota lain."
_STUBS = {
    consents_pb2.DESCRIPTOR.name: ConsentServiceStub,
    residents_pb2.DESCRIPTOR.name: ResidentServiceStub,
}


def number(born: date, *, woman: bool = True, district: str = "337401") -> str:
    """A number that nobody has."""
    day = born.day + 40 * woman
    return f"{district}{day:02}{born.month:02}{born.year % 100:02}0000"


@dataclass
class People:
    """The running pillar."""

    served: Served

    async def call(self, request: Any, caller: Caller = SITI) -> Any:
        """Calls the RPC of a request. Raises RefusedError."""
        name = type(request).__name__.removesuffix("Request")
        if "request_id" in request.DESCRIPTOR.fields_by_name and not request.request_id:
            request.request_id = request_id()
        try:
            return await self.served.call(_STUBS[request.DESCRIPTOR.file.name], name, request, caller)
        except grpc.aio.AioRpcError as error:
            raise RefusedError(error) from error

    async def declared(
        self, caller: Caller = SITI, born: date = date(1990, 8, 17), area: str = SEKAYU, **fields: Any
    ) -> residents_pb2.Resident:
        """What somebody has declared."""
        said = {"nik": number(born), "birth_date": str(born), "area_code": area, **fields}
        made: residents_pb2.Resident = (await self.call(residents_pb2.CreateResidentRequest(**said), caller)).resident
        return made

    async def verified(
        self, caller: Caller = SITI, born: date = date(1990, 8, 17), area: str = SEKAYU
    ) -> residents_pb2.Resident:
        """Somebody whose card an officer has seen."""
        made = await self.declared(caller, born, area)
        return await self.verify(made, number(born))

    async def verify(
        self, one: residents_pb2.Resident, nik: str, caller: Caller = OFFICE, code: str = ""
    ) -> residents_pb2.Resident:
        """An officer is told a code (that of the declaration if none is given) and sees a card with that number."""
        asked = residents_pb2.VerifyResidentRequest(id=one.id, etag=one.etag, nik=nik, code=code or one.code)
        done: residents_pb2.Resident = (await self.call(asked, caller)).resident
        return done

    async def agree(self, purpose: str = "transit", caller: Caller = SITI) -> consents_pb2.Consent:
        """Somebody agrees to a purpose."""
        given: consents_pb2.Consent = (
            await self.call(consents_pb2.GiveConsentRequest(purpose=purpose), caller)
        ).consent
        return given

    async def told(self) -> list[tuple[str, str]]:
        """What others were told of residents: the event and whom it is about, the oldest first."""
        rows = await self.served.outbox()
        kinds = ("ResidencyConfirmed", "ResidencyWithdrawn")
        found = [(row["type"].rpartition(".")[2], row) for row in rows]
        return [(kind, row["aggregate"].partition(":")[0]) for kind, row in found if kind in kinds]
