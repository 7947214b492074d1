"""The vehicles of VehicleService over gRPC: proto -> action -> proto."""

from services.kit.database import Transaction
from services.kit.rpc import protos, rpc
from services.living.progress import actions
from services.living.progress.views import view
from smartcity.living.v1 import vehicles_pb2 as pb


@rpc
async def read(tx: Transaction, request: pb.GetVehicleRequest) -> pb.GetVehicleResponse:
    """Reads a vehicle."""
    return pb.GetVehicleResponse(vehicle=view(await actions.get(tx, request.id), tx.now))


@rpc
async def page(tx: Transaction, request: pb.ListVehiclesRequest) -> pb.ListVehiclesResponse:
    """Lists vehicles."""
    found = await actions.page(tx, request.route, request.page_size, request.page_token)
    return pb.ListVehiclesResponse(
        vehicles=[view(one, tx.now) for one in found.rows],
        next_page_token=found.token,
        time=protos.timestamp(tx.now),
    )
