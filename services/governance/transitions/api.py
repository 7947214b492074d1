"""ComplaintService over gRPC, the state table: transitions of officers and verifiers, and those of the reporter."""

from services.governance.records import views
from services.governance.states.model import Transition
from services.governance.transitions import actions
from services.kit.database import Transaction
from services.kit.rpc import protos, rpc
from smartcity.governance.v1 import complaints_pb2 as pb


@rpc
async def transition(tx: Transaction, request: pb.TransitionComplaintRequest) -> pb.TransitionComplaintResponse:
    """Staff take one edge of the state table. Errors: those of `actions.transition`."""
    wanted = actions.TransitionRequest(
        transition=protos.member(pb.Transition, request.transition, Transition),
        etag=request.etag,
        note=request.note,
        agency=request.agency,
        duplicate_of=request.duplicate_of,
        photos=tuple(request.photos),
        refusal=request.refusal,
    )
    taken = await actions.transition(tx, request.code, wanted)
    return pb.TransitionComplaintResponse(complaint=views.complaint(taken, tx.runtime.city))


@rpc
async def rate(tx: Transaction, request: pb.RateComplaintRequest) -> pb.RateComplaintResponse:
    """The reporter rates, which closes the case. Errors: those of `actions.rate`."""
    rated = await actions.rate(tx, request.code, request.link_key, request.rating, request.note, request.etag)
    return pb.RateComplaintResponse(complaint=views.complaint(rated, tx.runtime.city))


@rpc
async def reopen(tx: Transaction, request: pb.ReopenComplaintRequest) -> pb.ReopenComplaintResponse:
    """The reporter is not content. Errors: those of `actions.reopen`."""
    reopened = await actions.reopen(tx, request.code, request.link_key, request.note, request.etag)
    return pb.ReopenComplaintResponse(complaint=views.complaint(reopened, tx.runtime.city))


@rpc
async def reply(tx: Transaction, request: pb.ReplyComplaintRequest) -> pb.ReplyComplaintResponse:
    """The reporter answers a question. Errors: those of `actions.reply`."""
    replied = await actions.reply(tx, request.code, request.link_key, request.note, request.etag)
    return pb.ReplyComplaintResponse(complaint=views.complaint(replied, tx.runtime.city))


@rpc
async def withdraw(tx: Transaction, request: pb.WithdrawComplaintRequest) -> pb.WithdrawComplaintResponse:
    """The reporter takes it back. Errors: those of `actions.withdraw`."""
    withdrawn = await actions.withdraw(tx, request.code, request.link_key, request.etag)
    return pb.WithdrawComplaintResponse(complaint=views.complaint(withdrawn, tx.runtime.city))
