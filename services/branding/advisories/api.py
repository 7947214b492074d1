"""The advisories of DestinationService over gRPC: proto -> action -> proto."""

from collections.abc import Sequence

from services.branding.advisories import actions, views
from services.branding.advisories.model import Advisory
from services.branding.destinations import store as destinations
from services.kit.database import Transaction
from services.kit.rpc import rpc
from smartcity.branding.v1 import destinations_pb2 as pb


@rpc
async def page(tx: Transaction, request: pb.ListAdvisoriesRequest) -> pb.ListAdvisoriesResponse:
    """Lists those that hold."""
    return pb.ListAdvisoriesResponse(advisories=await _views(tx, await actions.active(tx)))


@rpc
async def end(tx: Transaction, request: pb.EndAdvisoryRequest) -> pb.EndAdvisoryResponse:
    """Ends one."""
    done = await actions.end(tx, request.id, request.etag)
    (shown,) = await _views(tx, [done])
    return pb.EndAdvisoryResponse(advisory=shown)


async def _views(tx: Transaction, shown: Sequence[Advisory]) -> list[pb.Advisory]:
    """With the destinations that they are about."""
    wanted = {one.destination for one in shown if one.destination}
    known = await destinations.by_ids(tx, wanted) if wanted else {}
    return [views.view(tx.runtime.city, one, known.get(one.destination) if one.destination else None) for one in shown]
