"""The corrections of DestinationService over gRPC: proto -> action -> proto."""

from services.branding.corrections import actions
from services.branding.corrections.model import Correction, State
from services.branding.destinations import actions as destinations
from services.branding.destinations import store
from services.branding.destinations.model import Destination
from services.branding.destinations.views import content, content_of, view
from services.kit.database import Transaction
from services.kit.rpc import etag, protos, rpc
from smartcity.branding.v1 import destinations_pb2 as pb


@rpc
async def create(
    tx: Transaction, request: pb.CreateDestinationCorrectionRequest
) -> pb.CreateDestinationCorrectionResponse:  # fmt: skip
    """Takes a correction."""
    made, of = await actions.create(tx, request.destination, content_of(request.content), request.reason)
    receipt = pb.DestinationCorrectionReceipt(
        id=str(made.id), destination=of.code, create_time=protos.timestamp(made.created_at)
    )
    return pb.CreateDestinationCorrectionResponse(receipt=receipt)


@rpc
async def read(tx: Transaction, request: pb.GetDestinationCorrectionRequest) -> pb.GetDestinationCorrectionResponse:
    """Reads a correction."""
    one = await actions.get(tx, request.id)
    return pb.GetDestinationCorrectionResponse(correction=await _shown(tx, one))


@rpc
async def page(
    tx: Transaction, request: pb.ListDestinationCorrectionsRequest
) -> pb.ListDestinationCorrectionsResponse:  # fmt: skip
    """Lists corrections."""
    state = protos.member(pb.DestinationCorrectionState, request.state, State) if request.state else State.WAITING
    found = await actions.page(tx, state, request.page_size, request.page_token)
    of = await store.by_ids(tx, {one.destination for one in found.rows})
    shown = [_view(tx, one, of[one.destination]) for one in found.rows]
    return pb.ListDestinationCorrectionsResponse(corrections=shown, next_page_token=found.token)


@rpc
async def decide(
    tx: Transaction, request: pb.DecideDestinationCorrectionRequest
) -> pb.DecideDestinationCorrectionResponse:  # fmt: skip
    """Decides on a correction."""
    state = protos.member(pb.DestinationCorrectionState, request.state, State)
    done = await actions.decide(tx, request.id, request.etag, state, request.note)
    return pb.DecideDestinationCorrectionResponse(correction=await _shown(tx, done))


async def _shown(tx: Transaction, one: Correction) -> pb.DestinationCorrection:
    return _view(tx, one, await destinations.known(tx, str(one.destination)))


def _view(tx: Transaction, one: Correction, of: Destination) -> pb.DestinationCorrection:
    return pb.DestinationCorrection(
        id=str(one.id),
        state=protos.number(pb.DestinationCorrectionState, one.state),
        destination=view(tx, destinations.Shown(store.Found(of))),
        content=content(one.proposal, proposed=True),
        reason=one.reason,
        own=one.by == tx.caller.subject,
        note=one.note,
        create_time=protos.timestamp(one.created_at),
        decide_time=protos.timestamp(one.decided_at),
        etag=etag.of(one.version),
    )
