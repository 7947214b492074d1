"""A control room of 112 in tests: calls, incidents and units, as dispatchers and crews ask for them."""

from __future__ import annotations

from itertools import count
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from services.kit.caller import Caller
from services.kit.ids import uuid7
from services.kit.rpc import protos
from smartcity.governance.v1 import emergency_calls_pb2 as calls
from smartcity.governance.v1 import incidents_pb2 as pb
from smartcity.governance.v1 import units_pb2 as units
from smartcity.governance.v1.emergency_calls_pb2_grpc import EmergencyCallServiceStub
from smartcity.governance.v1.incidents_pb2_grpc import IncidentServiceStub
from smartcity.governance.v1.units_pb2_grpc import UnitServiceStub
from smartcity.types.v1 import place_pb2
from tests.fixtures.pillars import Served

DISPATCHER = Caller("dispatcher-1", frozenset({"citizen", "dispatcher"}), "diskominfo")
NEXT = Caller("dispatcher-2", frozenset({"citizen", "dispatcher"}), "diskominfo")
CREW = Caller("crew-1", frozenset({"citizen", "crew"}), "damkar")
OTHER_CREW = Caller("crew-2", frozenset({"citizen", "crew"}), "dinkes")
ADMIN = Caller("admin-1", frozenset({"admin"}))
OFFICER = Caller("officer-1", frozenset({"officer"}), "damkar")
JOHAR = place_pb2.Point(lon=110.4245, lat=-6.9717)
TUGU = place_pb2.Point(lon=110.4094, lat=-6.9843)
WORDS = "Ada asap tebal dari kios di belakang pasar."
_STUBS = {
    "EmergencyCallService": EmergencyCallServiceStub,
    "IncidentService": IncidentServiceStub,
    "UnitService": UnitServiceStub,
}
_CODES = count(10)


def key() -> str:
    """A new idempotency key."""
    return str(uuid7())


class Room:
    """The running pillar."""

    def __init__(self, served: Served) -> None:
        self.served = served

    async def call(self, name: str, request: Any, caller: Caller = DISPATCHER) -> Any:
        """Calls ``Service.Rpc``."""
        service, _, rpc = name.partition(".")
        return await self.served.call(_STUBS[service], rpc, request, caller)

    async def ask(self, rpc: str, request: Any, caller: Caller = DISPATCHER) -> pb.Incident:
        """Calls an RPC that answers with an incident."""
        found: pb.Incident = (await self.call(f"IncidentService.{rpc}", request, caller)).incident
        return found

    async def rung(self, **fields: Any) -> calls.EmergencyCall:
        """A call that was taken."""
        asked = calls.CreateEmergencyCallRequest(request_id=key(), **{"words": WORDS, "place": "Pasar Johar", **fields})
        made: calls.EmergencyCall = (await self.call("EmergencyCallService.CreateEmergencyCall", asked)).call
        return made

    async def opened(self, **fields: Any) -> pb.Incident:
        """An incident, in front of Pasar Johar unless said otherwise."""
        place = {} if "area_code" in fields or "call" in fields else {"location": JOHAR}
        return await self.ask(
            "OpenIncident", pb.OpenIncidentRequest(**{"request_id": key(), "kind": "fire", **place, **fields})
        )

    async def seen(self, incident: str) -> pb.Incident:
        """An incident as it is."""
        return await self.ask("GetIncident", pb.GetIncidentRequest(id=incident))

    async def linked(self, call: calls.EmergencyCall, to: pb.Incident) -> calls.EmergencyCall:
        """A call that was joined to an incident."""
        asked = calls.LinkEmergencyCallRequest(request_id=key(), id=call.id, etag=call.etag, incident=to.id)
        found: calls.EmergencyCall = (await self.call("EmergencyCallService.LinkEmergencyCall", asked)).call
        return found

    async def unlinked(self, call: calls.EmergencyCall) -> calls.EmergencyCall:
        """A call that was taken out of its incident."""
        asked = calls.GetEmergencyCallRequest(id=call.id)
        seen = (await self.call("EmergencyCallService.GetEmergencyCall", asked)).call
        taking = calls.UnlinkEmergencyCallRequest(request_id=key(), id=call.id, etag=seen.etag)
        found: calls.EmergencyCall = (await self.call("EmergencyCallService.UnlinkEmergencyCall", taking)).call
        return found

    async def unit(
        self, service: str = "fire", crew: Caller | None = CREW, at: place_pb2.Point | None = None
    ) -> units.Unit:
        """A new unit with a crew, which has told where it is."""
        code = f"TST-{next(_CODES) % 990 + 10:02}"
        asked = units.CreateUnitRequest(request_id=key(), code=code, name="Mobil pompa", service=service)
        made: units.Unit = (await self.call("UnitService.CreateUnit", asked, ADMIN)).unit
        if crew is not None:
            made = (
                await self.call("UnitService.SignOnUnit", units.SignOnUnitRequest(request_id=key(), code=code), crew)
            ).unit
            if at is not None:
                await self.tells(code, at, crew)
        return made

    async def tells(self, code: str, at: place_pb2.Point = TUGU, crew: Caller = CREW) -> bool:
        """A crew's phone says where it is."""
        asked = units.ReportUnitPositionRequest(code=code, location=at, time=self.now())
        return bool((await self.call("UnitService.ReportUnitPosition", asked, crew)).stored)

    async def sent(self, unit: units.Unit, incident: pb.Incident) -> units.Unit:
        """A unit that was sent."""
        asked = units.AssignUnitRequest(request_id=key(), code=unit.code, etag=unit.etag, incident=incident.id)
        found: units.Unit = (await self.call("UnitService.AssignUnit", asked)).unit
        return found

    async def moved(self, unit: units.Unit, to: str, caller: Caller = CREW) -> units.Unit:
        """A unit after a move."""
        state = units.UnitState.Value(f"UNIT_STATE_{to.upper()}")
        asked = units.MoveUnitRequest(request_id=key(), code=unit.code, etag=unit.etag, state=state)
        found: units.Unit = (await self.call("UnitService.MoveUnit", asked, caller)).unit
        return found

    async def merged(self, one: pb.Incident, into: pb.Incident) -> pb.Incident:
        """What an incident was merged into."""
        seen = await self.seen(one.id)
        return await self.ask(
            "MergeIncident", pb.MergeIncidentRequest(request_id=key(), id=one.id, etag=seen.etag, into=into.id)
        )

    async def unmerged(self, one: pb.Incident) -> pb.Incident:
        """An incident that is a matter of its own again."""
        seen = await self.seen(one.id)
        return await self.ask("UnmergeIncident", pb.UnmergeIncidentRequest(request_id=key(), id=one.id, etag=seen.etag))

    async def handed_off(self, incident: pb.Incident, party: str = "police") -> pb.Incident:
        """An incident that was handed off."""
        return await self.ask(
            "HandOffIncident", pb.HandOffIncidentRequest(request_id=key(), id=incident.id, party=party)
        )

    async def acknowledged(self, incident: pb.Incident, reference: str = "LP-7") -> pb.Incident:
        """An incident whose newest hand-off was acknowledged."""
        off = (await self.seen(incident.id)).hand_offs[-1]
        return await self.ask(
            "AcknowledgeHandOff",
            pb.AcknowledgeHandOffRequest(request_id=key(), id=off.id, etag=off.etag, reference=reference),
        )

    def withdrawing(self, off: pb.HandOff, **fields: Any) -> pb.WithdrawHandOffRequest:
        """A request to withdraw a hand-off."""
        given = {"reason": "Salah pihak.", **fields}
        return pb.WithdrawHandOffRequest(request_id=key(), id=off.id, etag=off.etag, **given)

    async def withdrawn(self, off: pb.HandOff, **fields: Any) -> pb.Incident:
        """The incident of a hand-off that was withdrawn."""
        return await self.ask("WithdrawHandOff", self.withdrawing(off, **fields))

    def closing(self, incident: pb.Incident) -> pb.CloseIncidentRequest:
        """A request to close an incident."""
        return pb.CloseIncidentRequest(
            request_id=key(), id=incident.id, etag=incident.etag, outcome=pb.INCIDENT_OUTCOME_RESOLVED,
            report="Api padam dalam 20 menit, tidak ada korban.",
        )  # fmt: skip

    async def journal(self, after: int = 0) -> list[str]:
        """What happened, by the names of the journal."""
        asked = pb.ListDispatchEntriesRequest(after=after, page_size=200)
        return [one.what for one in (await self.call("IncidentService.ListDispatchEntries", asked)).entries]

    def now(self) -> Timestamp:
        """The pillar's time."""
        found = protos.timestamp(self.served.runtime.clock())
        assert found is not None
        return found
