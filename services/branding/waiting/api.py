"""WaitingRoomService over gRPC: proto -> action -> proto."""

from uuid import UUID

from observability.telemetry import current_span
from services.branding.keys import links
from services.branding.resources import Brought, resources, secret_of, signer_of
from services.branding.terms.profile import required
from services.branding.waiting import actions
from services.branding.waiting.views import view
from services.kit.database import Transaction
from services.kit.database.idempotency import Claim
from services.kit.errors import DomainError
from services.kit.rpc import Call, after, rpc
from smartcity.branding.v1 import waiting_pb2 as pb


@rpc
async def take(call: Call, request: pb.TakeWaitingPlaceRequest) -> pb.TakeWaitingPlaceResponse:
    """Takes a place, in one commit with whoever does at the same time."""
    signer_of(call.runtime)
    required(call.runtime.city)
    claim = Claim(call.caller.subject, request.request_id, call.request, call.runtime.masking)
    group = resources(call.runtime).places
    assert group is not None
    answer = await group.submit(Brought(claim, request, call.caller, current_span().traceparent))
    if isinstance(answer, DomainError):
        raise answer
    return pb.TakeWaitingPlaceResponse.FromString(answer)


@after(take)
async def with_link_key(call: Call, answer: pb.TakeWaitingPlaceResponse) -> pb.TakeWaitingPlaceResponse:
    """Adds the link key, which the kept answer does not hold, and how many are before it now."""
    async with call.snapshot() as tx:
        key = links.of_order(secret_of(call.runtime), UUID(answer.place.id))
        shown = await actions.get(tx, answer.place.id, key)
        answer.place.CopyFrom(view(*shown))
    answer.link_key = key
    return answer


@rpc
async def read(tx: Transaction, request: pb.GetWaitingPlaceRequest) -> pb.GetWaitingPlaceResponse:
    """Reads a place."""
    return pb.GetWaitingPlaceResponse(place=view(*await actions.get(tx, request.id, request.link_key)))
