"""BallotService over gRPC, as far as results go: proto -> action -> proto."""

from services.kit.database import Transaction
from services.kit.rpc import protos, rpc
from services.society.ballots import views
from services.society.counting.votes import numbers
from services.society.results import actions
from services.society.roll import store as roll
from smartcity.society.v1 import ballots_pb2 as pb


@rpc
async def result(tx: Transaction, request: pb.GetBallotResultRequest) -> pb.GetBallotResultResponse:
    """What came of a ballot."""
    ballot, found = await actions.result(tx, request.id)
    options = [
        pb.OptionResult(number=number, approvals=approvals, chosen=number in found.chosen)
        for number, approvals in enumerate(found.approvals, 1)
    ]
    told = pb.BallotResult(
        ballot=str(ballot.id),
        votes=found.votes,
        withheld=found.withheld,
        options=options,
        spent=views.money(tx, found.spent),
        digest=found.digest,
        rule=found.rule,
        count_time=protos.timestamp(found.counted_at),
    )
    return pb.GetBallotResultResponse(result=told)


@rpc
async def cancel(tx: Transaction, request: pb.CancelBallotRequest) -> pb.CancelBallotResponse:
    """Cancels one that cannot be counted, once two officers have said so."""
    done = await actions.cancel(tx, request.id, request.etag, request.reason)
    turnout = (await roll.turnouts(tx, [done.id])).get(done.id, (0, 0))
    return pb.CancelBallotResponse(ballot=views.ballot(tx, done, turnout))


@rpc
async def votes(tx: Transaction, request: pb.ListVotesRequest) -> pb.ListVotesResponse:
    """Its votes."""
    found, token = await actions.votes(tx, request.id, request.page_size, request.page_token)
    shown = [pb.Vote(id=str(vote), options=numbers(bits)) for vote, bits in found]
    return pb.ListVotesResponse(votes=shown, next_page_token=token)


@rpc
async def part(tx: Transaction, request: pb.GetVoteFileRequest) -> pb.GetVoteFileResponse:
    """A part of the file of its votes."""
    text, last = await actions.part(tx, request.id, request.after)
    return pb.GetVoteFileResponse(text=text, last=last)
