"""Whom a vehicle concerns: the agency that runs it, its operator's system, and the administrators."""

from typing import Any

from smartcity.living.v1 import vehicles_pb2 as pb
from tests.fixtures.nouns import Row
from tests.fixtures.pillars import Served
from tests.governance.conftest import ADMIN, letters, request_id
from tests.living.vehicles.fleet import DISHUB, OPERATOR, REASON, TRANS, Fleet


async def _registered(served: Served) -> str:
    return (await Fleet(served).register(f"ts-{letters()}", label="K1-01")).id


async def _register(served: Served) -> Any:
    id_, agency = f"ts-{letters()}", "blu-trans-semarang"
    return pb.RegisterVehicleRequest(request_id=request_id(), id=id_, label="K1-01", agency=agency)


async def _list(served: Served) -> Any:
    return pb.ListVehicleRegistrationsRequest()


async def _get(served: Served) -> Any:
    return pb.GetVehicleRegistrationRequest(id=await _registered(served))


async def _retire(served: Served) -> Any:
    return pb.RetireVehicleRequest(request_id=request_id(), id=await _registered(served), etag="1", reason=REASON)


async def _update(served: Served) -> Any:
    return pb.UpdateVehicleRequest(request_id=request_id(), id=await _registered(served), etag="1", label="K1-02")


async def _issue(served: Served) -> Any:
    return pb.IssueVehicleCredentialRequest(request_id=request_id(), id=await _registered(served), etag="1")


async def _revoke(served: Served) -> Any:
    issue = await _issue(served)
    await Fleet(served).call(issue, TRANS)
    return pb.RevokeVehicleCredentialRequest(request_id=request_id(), id=issue.id, etag="2")


async def _report(served: Served) -> Any:
    request = pb.ReportPositionsRequest()
    request.positions.add(vehicle=await _registered(served), lat=-6.98, lon=110.41).time.FromDatetime(served.now)
    return request


ROWS = {
    "VehicleService.RegisterVehicle": Row(_register, (TRANS, DISHUB, ADMIN)),
    "VehicleService.ListVehicleRegistrations": Row(_list, (TRANS, DISHUB, ADMIN)),
    "VehicleService.GetVehicleRegistration": Row(_get, (TRANS, ADMIN), (DISHUB,)),
    "VehicleService.UpdateVehicle": Row(_update, (TRANS, ADMIN), (DISHUB,)),
    "VehicleService.RetireVehicle": Row(_retire, (TRANS, ADMIN), (DISHUB,)),
    "VehicleService.IssueVehicleCredential": Row(_issue, (TRANS, ADMIN), (DISHUB,)),
    "VehicleService.RevokeVehicleCredential": Row(_revoke, (TRANS, ADMIN), (DISHUB,)),
    "VehicleService.ReportPositions": Row(_report, (OPERATOR, ADMIN)),
}
NOBODY_OWNS = {
    "VehicleService.RegisterVehicle": "a vehicle is an agency's",
    "VehicleService.UpdateVehicle": "a vehicle is an agency's",
    "VehicleService.RetireVehicle": "a vehicle is an agency's",
    "VehicleService.IssueVehicleCredential": "a vehicle is an agency's",
    "VehicleService.RevokeVehicleCredential": "a vehicle is an agency's",
    "VehicleService.ReportPositions": "where a bus is concerns nobody's own matter",
}
"""Why a change is no decision on a matter of somebody's own."""
