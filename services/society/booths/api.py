"""BallotService over gRPC, as far as booths go: proto -> action -> proto."""

from services.kit.database import Transaction
from services.kit.rpc import Call, protos, rpc
from services.society.ballots import views
from services.society.booths import actions, model
from services.society.booths.model import Booth
from services.society.roll import store as roll
from smartcity.society.v1 import ballots_pb2 as pb


@rpc
async def listed(tx: Transaction, request: pb.ListBoothsRequest) -> pb.ListBoothsResponse:
    """Lists them."""
    return pb.ListBoothsResponse(booths=[_view(tx, one) for one in await actions.listed(tx, request.id)])


@rpc
async def enter(call: Call, request: pb.EnterBoothCountRequest) -> pb.EnterBoothCountResponse:
    """Enters what the caller has counted. It opens its transaction itself: the kit's idempotency would keep a digest of
    what was found, and of few papers it can be tried out.
    """
    papers = [(line.papers, tuple(line.options)) for line in request.lines]
    async with call.transaction() as tx:
        booth = _view(tx, await actions.enter(tx, request.id, request.booth, request.request_id, papers))
    return pb.EnterBoothCountResponse(booth=booth)


@rpc
async def set_aside(tx: Transaction, request: pb.SetBoothCountsAsideRequest) -> pb.SetBoothCountsAsideResponse:
    """Has a booth counted from nothing."""
    booth = await actions.set_aside(tx, request.id, request.booth, request.reason)
    return pb.SetBoothCountsAsideResponse(booth=_view(tx, booth))


@rpc
async def count(tx: Transaction, request: pb.CountBallotRequest) -> pb.CountBallotResponse:
    """Has a ballot counted."""
    done = await actions.count(tx, request.id, request.etag)
    turnout = (await roll.turnouts(tx, [done.id])).get(done.id, (0, 0))
    return pb.CountBallotResponse(ballot=views.ballot(tx, done, turnout))


def _view(tx: Transaction, one: Booth) -> pb.Booth:
    state = protos.number(pb.BoothState, one.state)
    return pb.Booth(
        name=one.name,
        voters=one.voters,
        state=state,
        own=one.own(tx.caller.subject),
        may_set_aside=model.may_set_aside(one, tx.caller.subject),
        aside_reason=one.aside_reason,
        counted_again=one.counted_again,
    )
