"""BallotService over gRPC, as far as ballots and voting go: proto -> action -> proto."""

from collections.abc import Sequence

from services.kit.database import Transaction
from services.kit.rpc import Call, protos, rpc
from services.society.ballots import actions, views
from services.society.ballots.actions import Offered, Plan
from services.society.ballots.model import Ballot
from services.society.roll import store as roll
from smartcity.society.v1 import ballots_pb2 as pb


@rpc
async def create(tx: Transaction, request: pb.CreateBallotRequest) -> pb.CreateBallotResponse:
    """Announces one."""
    plan = Plan(
        process=request.process,
        title=request.title,
        title_en=request.title_en,
        options=tuple(Offered(one.title, one.title_en, one.cost, one.proposal) for one in request.options),
        winners=request.winners,
        most_choices=request.most_choices,
        budget=request.budget,
        min_age=request.min_age,
        areas=tuple(request.areas),
        cut_off=request.cut_off,
        regulation=request.regulation,
        opens_at=protos.instant(request.open_time) if request.HasField("open_time") else tx.now,
        closes_at=protos.instant(request.close_time),
    )
    return pb.CreateBallotResponse(ballot=await _view(tx, await actions.create(tx, plan)))


@rpc
async def read(tx: Transaction, request: pb.GetBallotRequest) -> pb.GetBallotResponse:
    """Reads one."""
    return pb.GetBallotResponse(ballot=await _view(tx, await actions.get(tx, request.id)))


@rpc
async def page(tx: Transaction, request: pb.ListBallotsRequest) -> pb.ListBallotsResponse:
    """Lists them."""
    found = await actions.page(tx, request.process, request.page_size, request.page_token)
    return pb.ListBallotsResponse(ballots=await _views(tx, found.rows), next_page_token=found.token)


@rpc
async def voter(tx: Transaction, request: pb.GetVoterRequest) -> pb.GetVoterResponse:
    """What the caller may do."""
    return pb.GetVoterResponse(voter=pb.Voter(**(await actions.voter(tx, request.id))._asdict()))


@rpc
async def cast(call: Call, request: pb.CastVoteRequest) -> pb.CastVoteResponse:
    """Votes. It opens its transaction itself: the kit's idempotency would keep a digest of what was chosen, and so few
    things can be chosen that it tells which.
    """
    async with call.transaction() as tx:
        await actions.cast(tx, request.id, request.request_id, request.options)
    return pb.CastVoteResponse(voter=pb.Voter(verified=True, eligible=True, voted=True))


@rpc
async def mark(tx: Transaction, request: pb.MarkPaperVoterRequest) -> pb.MarkPaperVoterResponse:
    """Marks somebody as voting on paper."""
    voters = await actions.mark(tx, request.id, request.booth, request.nik, request.birth_date)
    return pb.MarkPaperVoterResponse(booth=request.booth, voters=voters)


async def _view(tx: Transaction, one: Ballot) -> pb.Ballot:
    (shown,) = await _views(tx, [one])
    return shown


async def _views(tx: Transaction, found: Sequence[Ballot]) -> list[pb.Ballot]:
    turnouts = await roll.turnouts(tx, [one.id for one in found]) if found else {}
    return [views.ballot(tx, one, turnouts.get(one.id, (0, 0))) for one in found]
