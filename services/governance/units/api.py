"""UnitService over gRPC, what has nothing to do with incidents: proto -> action -> proto."""

from services.governance.units import actions, views
from services.governance.units.model import Unit
from services.kit.database import Transaction
from services.kit.rpc import rpc
from smartcity.governance.v1 import units_pb2 as pb


@rpc
async def page(tx: Transaction, request: pb.ListUnitsRequest) -> pb.ListUnitsResponse:
    """Lists them."""
    found = await actions.page(tx, request.page_size, request.page_token)
    return pb.ListUnitsResponse(units=await views.several(tx, found.rows), next_page_token=found.token)


@rpc
async def create(tx: Transaction, request: pb.CreateUnitRequest) -> pb.CreateUnitResponse:
    """Adds one."""
    made = await actions.create(tx, request.code, " ".join(request.name.split()), request.service)
    return pb.CreateUnitResponse(unit=await _shown(tx, made))


@rpc
async def sign_on(tx: Transaction, request: pb.SignOnUnitRequest) -> pb.SignOnUnitResponse:
    """Makes the caller its crew."""
    return pb.SignOnUnitResponse(unit=await _shown(tx, await actions.sign_on(tx, request.code)))


@rpc
async def sign_off(tx: Transaction, request: pb.SignOffUnitRequest) -> pb.SignOffUnitResponse:
    """Makes nobody its crew."""
    done = await actions.sign_off(tx, request.code, request.crew_mark, request.etag)
    return pb.SignOffUnitResponse(unit=await _shown(tx, done))


async def _shown(tx: Transaction, unit: Unit) -> pb.Unit:
    (shown,) = await views.several(tx, [unit])
    return shown
