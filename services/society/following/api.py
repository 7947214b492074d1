"""FollowerService over gRPC: proto -> action -> proto."""

from services.kit.database import Transaction
from services.kit.mail.keys import Purpose
from services.kit.rpc import protos, rpc
from services.society.following import actions
from services.society.following.actions import Followed
from services.society.proposals.model import is_hidden
from smartcity.society.v1 import followers_pb2 as pb

_PURPOSES = {pb.FOLLOWER_LINK_CONFIRM: Purpose.CONFIRM, pb.FOLLOWER_LINK_END: Purpose.END}


@rpc
async def follow(tx: Transaction, request: pb.CreateFollowerRequest) -> pb.CreateFollowerResponse:
    """Asks the owner of an address."""
    made = await actions.follow(tx, request.code, request.link_key, request.email, request.language or "id")
    return pb.CreateFollowerResponse(follower=_view(made))


@rpc
async def look(tx: Transaction, request: pb.GetFollowerRequest) -> pb.GetFollowerResponse:
    """Reads what a link is for."""
    return pb.GetFollowerResponse(follower=_view(await actions.linked(tx, _PURPOSES[request.link], request.token)))


@rpc
async def confirm(tx: Transaction, request: pb.ConfirmFollowerRequest) -> pb.ConfirmFollowerResponse:
    """Confirms an address."""
    return pb.ConfirmFollowerResponse(follower=_view(await actions.confirm(tx, request.token)))


@rpc
async def end(tx: Transaction, request: pb.EndFollowerRequest) -> pb.EndFollowerResponse:
    """Ends it."""
    return pb.EndFollowerResponse(follower=_view(await actions.end(tx, request.token)))


def _view(found: Followed) -> pb.Follower:
    one, proposal = found
    return pb.Follower(
        state=protos.number(pb.FollowerState, one.state),
        proposal=proposal.code,
        title="" if is_hidden(proposal) else proposal.title,
        language=one.language,
    )
