"""CleanupService over gRPC: proto -> action -> proto."""

from services.environment.cleanups import actions
from services.environment.cleanups.model import Cleanup, State
from services.kit.database import Transaction
from services.kit.rpc import etag, one_statement, protos, rpc
from smartcity.environment.v1 import cleanups_pb2 as pb


@rpc
@one_statement
async def read(tx: Transaction, request: pb.GetCleanupRequest) -> pb.GetCleanupResponse:
    """Reads one clean-up."""
    return pb.GetCleanupResponse(cleanup=_view(tx, await actions.get(tx, request.id)))


@rpc
async def page(tx: Transaction, request: pb.ListCleanupsRequest) -> pb.ListCleanupsResponse:
    """Lists clean-ups, the soonest due first; officers see their agency's."""
    states = protos.members(pb.CleanupState, request.states, State)
    found = await actions.page(tx, states, request.complaint, request.page_size, request.page_token)
    return pb.ListCleanupsResponse(cleanups=[_view(tx, one) for one in found.rows], next_page_token=found.token)


@rpc
async def dispatch(tx: Transaction, request: pb.DispatchCleanupRequest) -> pb.DispatchCleanupResponse:
    """Sends a crew."""
    sent = await actions.dispatch(tx, request.id, request.etag, " ".join(request.crew.split()))
    return pb.DispatchCleanupResponse(cleanup=_view(tx, sent))


@rpc
async def complete(tx: Transaction, request: pb.CompleteCleanupRequest) -> pb.CompleteCleanupResponse:
    """Completes a clean-up with evidence."""
    done = await actions.complete(tx, request.id, request.etag, request.note, request.photos)
    return pb.CompleteCleanupResponse(cleanup=_view(tx, done))


@rpc
async def abandon(tx: Transaction, request: pb.AbandonCleanupRequest) -> pb.AbandonCleanupResponse:
    """Gives a clean-up back."""
    given_back = await actions.abandon(tx, request.id, request.etag, request.reason)
    return pb.AbandonCleanupResponse(cleanup=_view(tx, given_back))


def _view(tx: Transaction, cleanup: Cleanup) -> pb.Cleanup:
    return pb.Cleanup(
        id=str(cleanup.id),
        complaint=cleanup.complaint,
        state=protos.number(pb.CleanupState, cleanup.state),
        category=cleanup.category,
        area=protos.area(tx.runtime.city, cleanup.area),
        location=protos.point(cleanup.lon, cleanup.lat),
        agency=cleanup.agency,
        crew=cleanup.crew,
        due=protos.timestamp(cleanup.due_at),
        note=cleanup.note,
        photos=cleanup.photos,
        create_time=protos.timestamp(cleanup.created_at),
        update_time=protos.timestamp(cleanup.updated_at),
        etag=etag.of(cleanup.version),
        exercise=cleanup.exercise,
        waiting=cleanup.waiting,
        recall=cleanup.recall,
    )
