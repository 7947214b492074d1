"""TideService over gRPC: proto -> action -> proto."""

from services.environment.tides import actions, views
from services.kit.database import Transaction
from services.kit.rpc import rpc
from smartcity.environment.v1 import tides_pb2 as pb


@rpc
async def page(tx: Transaction, request: pb.ListTidesRequest) -> pb.ListTidesResponse:
    """Lists tide gauges with their forecasts."""
    found = await actions.page(tx, request.page_size, request.page_token)
    tides = [views.view(tx, one, whole=False) for one in found.rows]
    return pb.ListTidesResponse(tides=tides, next_page_token=found.token)


@rpc
async def read(tx: Transaction, request: pb.GetTideRequest) -> pb.GetTideResponse:
    """Reads the forecast of a gauge."""
    return pb.GetTideResponse(tide=views.view(tx, await actions.get(tx, request.gauge), whole=True))
