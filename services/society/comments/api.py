"""CommentService over gRPC: proto -> action -> proto."""

from services.kit.database import Transaction
from services.kit.rpc import etag, protos, rpc
from services.society.comments import actions
from services.society.comments.model import Comment, State
from smartcity.society.v1 import comments_pb2 as pb


@rpc
async def create(tx: Transaction, request: pb.CreateCommentRequest) -> pb.CreateCommentResponse:
    """Comments on a proposal."""
    made = await actions.create(tx, request.code, request.words, request.origin.network)
    return pb.CreateCommentResponse(comment=_view(tx, made))


@rpc
async def page(tx: Transaction, request: pb.ListCommentsRequest) -> pb.ListCommentsResponse:
    """Lists those that everybody sees."""
    found = await actions.page(tx, request.code, request.page_size, request.page_token)
    return pb.ListCommentsResponse(comments=[_view(tx, one) for one in found.rows], next_page_token=found.token)


@rpc
async def waiting(tx: Transaction, request: pb.ListWaitingCommentsRequest) -> pb.ListWaitingCommentsResponse:
    """Lists those that wait."""
    found = await actions.waiting(tx, request.page_size, request.page_token)
    shown = [_view(tx, one) for one in found.rows]
    return pb.ListWaitingCommentsResponse(comments=shown, next_page_token=found.token)


@rpc
async def moderate(tx: Transaction, request: pb.ModerateCommentRequest) -> pb.ModerateCommentResponse:
    """Shows one or keeps it back."""
    to = protos.member(pb.CommentState, request.state, State)
    done = await actions.moderate(tx, request.id, request.etag, to, request.note)
    return pb.ModerateCommentResponse(comment=_view(tx, done, note=done.note))


def _view(tx: Transaction, one: Comment, note: str = "") -> pb.Comment:
    return pb.Comment(
        id=str(one.id),
        proposal=one.code,
        state=protos.number(pb.CommentState, one.state),
        words=one.words,
        note=note,
        own=actions.is_own(tx, one),
        create_time=protos.timestamp(one.created_at),
        etag=etag.of(one.version),
    )
