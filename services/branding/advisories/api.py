"""The advisories of DestinationService over gRPC: proto -> action -> proto."""

from services.branding.advisories import actions, views
from services.kit.database import Transaction
from services.kit.rpc import rpc
from smartcity.branding.v1 import destinations_pb2 as pb


@rpc
async def page(tx: Transaction, request: pb.ListAdvisoriesRequest) -> pb.ListAdvisoriesResponse:
    """Lists those that hold."""
    city = tx.runtime.city
    return pb.ListAdvisoriesResponse(advisories=[views.view(city, one) for one in await actions.active(tx)])


@rpc
async def end(tx: Transaction, request: pb.EndAdvisoryRequest) -> pb.EndAdvisoryResponse:
    """Ends one."""
    done = await actions.end(tx, request.id, request.etag)
    return pb.EndAdvisoryResponse(advisory=views.view(tx.runtime.city, done))
