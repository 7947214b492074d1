"""JourneyService over gRPC: proto -> action -> proto."""

from services.kit.rpc import Call, protos, rpc
from services.living.journeys import actions, views
from services.living.journeys.actions import MINUTES_USUAL, TRANSFERS_USUAL, Wanted
from smartcity.living.v1 import journeys_pb2 as pb


@rpc
async def search(call: Call, request: pb.SearchJourneysRequest) -> pb.SearchJourneysResponse:
    """Finds ways from here to there."""
    at = protos.instant(request.at) if request.HasField("at") else call.runtime.clock()
    transfers = request.max_transfers if request.HasField("max_transfers") else TRANSFERS_USUAL
    minutes = request.minutes if request.HasField("minutes") else MINUTES_USUAL
    asked = Wanted(
        request.origin,
        request.destination,
        at,
        request.arrive_by,
        transfers,
        request.accessible,
        minutes,
        request.language,
    )
    return views.response(await actions.search(call.runtime, asked), at)
