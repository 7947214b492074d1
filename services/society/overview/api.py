"""The pillar's section: it serves no noun so far, and says so."""

from services.kit.rpc import Call, rpc
from smartcity.society.v1 import overview_pb2 as pb


@rpc
async def read(call: Call, request: pb.GetOverviewRequest) -> pb.GetOverviewResponse:
    """The nouns the pillar serves: none."""
    return pb.GetOverviewResponse()
