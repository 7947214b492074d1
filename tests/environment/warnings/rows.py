"""Whom a warning concerns: the agency that the city's criteria name, whose officers decide two by two."""

from typing import Any

from smartcity.environment.v1 import warnings_pb2 as pb
from tests.environment.conftest import DLH, DPU
from tests.environment.warnings.warning import AWAS, BPBD, ELSEWHERE, OTHER, Warnings
from tests.fixtures.nouns import Row
from tests.fixtures.pillars import Served
from tests.governance.conftest import ADMIN, request_id


async def _listing(_: Served) -> Any:
    return pb.ListWarningProposalsRequest()


async def _proposing(_: Served) -> Any:
    return pb.ProposeWarningRequest(
        request_id=request_id(), hazard=pb.WARNING_HAZARD_ROB, level=AWAS, areas=next(ELSEWHERE), hours=6
    )


async def _deciding(request: type[Any], served: Served, **fields: Any) -> Any:
    made = await Warnings(served).propose(level=AWAS, areas=next(ELSEWHERE))
    return request(request_id=request_id(), id=made.id, etag=made.etag, **fields)


async def _approving(served: Served) -> Any:
    return await _deciding(pb.ApproveWarningRequest, served)


async def _rejecting(served: Served) -> Any:
    return await _deciding(pb.RejectWarningRequest, served, reason="Air di lapangan surut.")


async def _changing(request: type[Any], served: Served, **fields: Any) -> Any:
    made = await Warnings(served).in_force(level=AWAS, areas=next(ELSEWHERE))
    return request(request_id=request_id(), id=made.id, etag=made.etag, **fields)


async def _updating(served: Served) -> Any:
    return await _changing(pb.UpdateWarningRequest, served, level=AWAS, hours=3)


async def _clearing(served: Served) -> Any:
    return await _changing(pb.ClearWarningRequest, served)


async def _cancelling(served: Served) -> Any:
    return await _changing(pb.CancelWarningRequest, served, note="Sensor rusak; air normal.")


_OTHERS = (DPU, DLH)
ROWS = {
    "WarningService.ListWarningProposals": Row(_listing, (BPBD, OTHER, ADMIN), _OTHERS),
    "WarningService.ProposeWarning": Row(_proposing, (BPBD, OTHER), _OTHERS),
    "WarningService.ApproveWarning": Row(_approving, (OTHER,), _OTHERS),
    "WarningService.RejectWarning": Row(_rejecting, (BPBD, OTHER), _OTHERS),
    "WarningService.UpdateWarning": Row(_updating, (BPBD, OTHER), _OTHERS),
    "WarningService.ClearWarning": Row(_clearing, (BPBD, OTHER), _OTHERS),
    "WarningService.CancelWarning": Row(_cancelling, (BPBD, OTHER), _OTHERS),
}
NOBODY_OWNS = {
    "WarningService.ApproveWarning": "a warning knows no person; that nobody approves their own is tried in its room",
    **{
        f"WarningService.{verb}Warning": "a warning knows no person; it takes two officers"
        for verb in ("Propose", "Reject", "Update", "Clear", "Cancel")
    },
}
