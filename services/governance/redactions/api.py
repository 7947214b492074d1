"""RedactionService over gRPC."""

from services.governance.photos import store as photos
from services.governance.redactions import actions
from services.governance.redactions.model import Reason, Redaction, Wanted
from services.kit.database import Transaction
from services.kit.interest import own_matter
from services.kit.rpc import protos, rpc
from smartcity.governance.v1 import redactions_pb2 as pb

_FILES = 100


@rpc
async def redact(tx: Transaction, request: pb.RedactComplaintRequest) -> pb.RedactComplaintResponse:
    """Errors: those of `actions.redact`."""
    reason = protos.member(pb.RedactionReason, request.reason, Reason) if request.reason else None
    wanted = Wanted(request.words, tuple(request.photos), tuple(request.entries), reason)
    done = await actions.redact(tx, request.code, request.link_key, wanted)
    return pb.RedactComplaintResponse(redaction=_redaction(tx, done))


@rpc
async def approve(tx: Transaction, request: pb.ApproveRedactionRequest) -> pb.ApproveRedactionResponse:
    """Errors: those of `actions.approve`."""
    return pb.ApproveRedactionResponse(redaction=_redaction(tx, await actions.approve(tx, request.code, request.id)))


@rpc
async def page(tx: Transaction, request: pb.ListRedactionsRequest) -> pb.ListRedactionsResponse:
    """Errors: COMPLAINT_NOT_FOUND."""
    return pb.ListRedactionsResponse(redactions=[_redaction(tx, one) for one in await actions.listed(tx, request.code)])


@rpc
async def erased_files(tx: Transaction, request: pb.ListErasedFilesRequest) -> pb.ListErasedFilesResponse:
    """The oldest come first."""
    return pb.ListErasedFilesResponse(paths=await photos.erased_files(tx, _FILES, request.after))


@rpc
async def forget_files(tx: Transaction, request: pb.ForgetErasedFilesRequest) -> pb.ForgetErasedFilesResponse:
    """The gateway has deleted them."""
    await photos.forget_files(tx, list(request.paths))
    return pb.ForgetErasedFilesResponse()


def _redaction(tx: Transaction, found: Redaction) -> pb.Redaction:
    return pb.Redaction(
        id=str(found.id),
        state=protos.number(pb.RedactionState, found.state(tx.now)),
        reason=protos.number(pb.RedactionReason, found.reason),
        words=found.words,
        photos=[str(one) for one in found.photos],
        entries=list(found.entries),
        by=found.by,
        create_time=protos.timestamp(found.create_time),
        done_time=protos.timestamp(found.done_time),
        own=own_matter(tx.caller, found.asker) is not None,
    )
