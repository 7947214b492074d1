"""ReportUnitPosition of UnitService over gRPC: proto -> group commit -> proto."""

from services.governance.resources import resources
from services.governance.units.actions import crew_of
from services.governance.units.model import Told
from services.kit.errors import DomainError
from services.kit.rpc import Call, protos, rpc
from smartcity.governance.v1 import units_pb2 as pb


@rpc
async def report(call: Call, request: pb.ReportUnitPositionRequest) -> pb.ReportUnitPositionResponse:
    """Takes a position, in one commit with whoever reports at the same time."""
    told = Told(
        request.code, crew_of(call.caller), protos.instant(request.time), request.location.lon, request.location.lat
    )
    answer = await resources(call.runtime).positions.submit(told)
    if isinstance(answer, DomainError):
        raise answer
    return pb.ReportUnitPositionResponse(stored=answer)
