"""Cases for tests: files them over gRPC and takes them where a test begins."""

from dataclasses import dataclass
from typing import Any

from services.kit.caller import ANONYMOUS, Caller
from services.kit.ids import uuid7
from smartcity.governance.v1 import complaints_pb2 as pb
from smartcity.governance.v1 import photos_pb2
from smartcity.types.v1 import place_pb2
from tests.governance.conftest import VERIFIER, Governance, officer, request_id

SEKAYU = place_pb2.Point(lon=110.4137, lat=-6.9805)
WASTE = "Sampah menumpuk sejak tiga hari di depan pasar"
DLH = officer("dlh")
DPU = officer("dpu")
NAMESPACE = "smartcity.governance.v1."


@dataclass
class Filed:
    """A case that was filed, its link key, and the complaint as last answered."""

    governance: Governance
    code: str
    key: str
    last: pb.Complaint

    async def read(self, caller: Caller = VERIFIER, key: str = "") -> pb.Complaint:
        """The case as somebody sees it."""
        request = pb.GetComplaintRequest(code=self.code, link_key=key)
        answer = await self.governance.call("ComplaintService.GetComplaint", request, caller)
        complaint: pb.Complaint = answer.complaint
        return complaint

    async def transition(self, transition: str, caller: Caller = VERIFIER, **fields: Any) -> pb.Complaint:
        """Takes a transition with the etag last seen."""
        fields.setdefault("etag", self.last.etag)
        fields.setdefault("request_id", request_id())
        value = pb.Transition.Value(f"TRANSITION_{transition.upper()}")
        request = pb.TransitionComplaintRequest(code=self.code, transition=value, **fields)
        return self._keep(await self.governance.call("ComplaintService.TransitionComplaint", request, caller))

    async def act(self, verb: str, caller: Caller = ANONYMOUS, key: str | None = None, **fields: Any) -> pb.Complaint:
        """Rate, Reopen, Reply or Withdraw as the reporter; with the link key unless another is given."""
        fields.setdefault("request_id", request_id())
        made = getattr(pb, f"{verb}ComplaintRequest")
        request = made(code=self.code, link_key=self.key if key is None else key, **fields)
        return self._keep(await self.governance.call(f"ComplaintService.{verb}Complaint", request, caller))

    async def edit(self, verb: str, caller: Caller = VERIFIER, **fields: Any) -> pb.Complaint:
        """Release or Correct with the etag last seen."""
        fields.setdefault("etag", self.last.etag)
        made = getattr(pb, f"{verb}ComplaintRequest")
        request = made(code=self.code, request_id=request_id(), **fields)
        return self._keep(await self.governance.call(f"ComplaintService.{verb}Complaint", request, caller))

    async def evidence(self, caller: Caller = DLH) -> str:
        """Records a photo of the agency; answers its id."""
        return await self._photo(caller, "", evidence=True)

    async def snapshot(self, caller: Caller = ANONYMOUS) -> str:
        """Records a photo of the reporter; answers its id."""
        return await self._photo(caller, self.key, evidence=False)

    async def resolve(self, caller: Caller = DLH, note: str = "Sudah diangkut") -> pb.Complaint:
        """Resolves it with a photo."""
        photo = await self.evidence(caller)
        return await self.transition("resolve", caller, note=note, photos=[photo])

    async def resolved(self) -> "Filed":
        """Takes a fresh case to resolved."""
        await self.transition("verify")
        await self.resolve()
        return self

    async def _photo(self, caller: Caller, key: str, *, evidence: bool) -> str:
        identity = str(uuid7())
        photo = pb.Photo(id=identity, content_type="image/jpeg", width=800, height=600, size=1000, evidence=evidence)
        request = photos_pb2.CreatePhotoRequest(
            request_id=request_id(),
            code=self.code,
            link_key=key,
            photo=photo,
            path=f"a/{identity}.jpg",
            sha256="0" * 64,
        )
        await self.governance.call("PhotoService.CreatePhoto", request, caller)
        return identity

    def _keep(self, answer: Any) -> pb.Complaint:
        self.last = answer.complaint
        return self.last


def filing(**fields: Any) -> pb.CreateComplaintRequest:
    """A request to file about waste in Sekayu, changed by the fields."""
    if not fields.keys() & {"location", "area_code", "landmark"}:
        fields["location"] = SEKAYU
    fields.setdefault("request_id", request_id())
    fields.setdefault("text", WASTE)
    return pb.CreateComplaintRequest(**fields)


async def file(governance: Governance, caller: Caller = ANONYMOUS, **fields: Any) -> Filed:
    """Files a case."""
    answer = await governance.call("ComplaintService.CreateComplaint", filing(**fields), caller)
    return Filed(governance, answer.complaint.code, answer.link_key, answer.complaint)


def types(complaint: pb.Complaint) -> list[str]:
    """The event types of a timeline, without their package."""
    return [entry.type.removeprefix(NAMESPACE) for entry in complaint.timeline]


def state(complaint: pb.Complaint) -> str:
    """The state's name in lower case."""
    return pb.ComplaintState.Name(complaint.state).removeprefix("COMPLAINT_STATE_").lower()


async def emitted(governance: Governance, complaint: pb.Complaint) -> list[str]:
    """The types of the events of a case, without their package."""
    return [row["type"].removeprefix(NAMESPACE) for row in await governance.events(complaint.correlation_id)]
