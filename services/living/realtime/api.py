"""The feeds of VehicleService over gRPC."""

from services.kit.rpc import Call, rpc
from services.living.realtime import actions
from smartcity.living.v1 import vehicles_pb2 as pb


@rpc
async def positions(call: Call, request: pb.GetPositionFeedRequest) -> pb.GetPositionFeedResponse:
    """Reads where vehicles are."""
    return pb.GetPositionFeedResponse(content=await actions.position_feed(call))


@rpc
async def trips(call: Call, request: pb.GetTripUpdateFeedRequest) -> pb.GetTripUpdateFeedResponse:
    """Reads when vehicles come."""
    return pb.GetTripUpdateFeedResponse(content=await actions.trip_feed(call))
