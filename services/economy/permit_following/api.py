"""PermitFollowerService over gRPC: proto -> action -> proto."""

from services.economy.permit_following import actions
from services.economy.permit_following.actions import Followed
from services.economy.permits import kinds
from services.kit.database import Transaction
from services.kit.mail.follower import State
from services.kit.mail.keys import Purpose
from services.kit.rpc import protos, rpc
from smartcity.economy.v1 import permit_followers_pb2 as pb

_PURPOSES = {
    pb.PERMIT_FOLLOWER_LINK_CONFIRM: Purpose.CONFIRM,
    pb.PERMIT_FOLLOWER_LINK_END: Purpose.END,
    pb.PERMIT_FOLLOWER_LINK_EXTEND: Purpose.ACT,
}


@rpc
async def follow(tx: Transaction, request: pb.CreatePermitFollowerRequest) -> pb.CreatePermitFollowerResponse:
    """Asks the owner of an address."""
    made = await actions.follow(tx, request.code, request.email, request.language or "id")
    return pb.CreatePermitFollowerResponse(follower=_view(made))


@rpc
async def look(tx: Transaction, request: pb.GetPermitFollowerRequest) -> pb.GetPermitFollowerResponse:
    """Reads what a link is for."""
    found = await actions.linked(tx, _PURPOSES[request.link], request.token)
    shown = _view(found)
    extends = request.link == pb.PERMIT_FOLLOWER_LINK_EXTEND and found.follower.state is State.CONFIRMED
    if extends and kinds.of_extension(tx, found.permit):
        shown.code, shown.last_day = found.permit.code, str(found.permit.last_day or "")
    return pb.GetPermitFollowerResponse(follower=shown)


@rpc
async def confirm(tx: Transaction, request: pb.ConfirmPermitFollowerRequest) -> pb.ConfirmPermitFollowerResponse:
    """Confirms an address."""
    return pb.ConfirmPermitFollowerResponse(follower=_view(await actions.confirm(tx, request.token)))


@rpc
async def end(tx: Transaction, request: pb.EndPermitFollowerRequest) -> pb.EndPermitFollowerResponse:
    """Ends it."""
    return pb.EndPermitFollowerResponse(follower=_view(await actions.end(tx, request.token)))


def _view(found: Followed) -> pb.PermitFollower:
    one, permit = found
    return pb.PermitFollower(
        state=protos.number(pb.PermitFollowerState, one.state), kind=permit.kind, language=one.language
    )
