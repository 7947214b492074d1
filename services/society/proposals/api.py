"""ProposalService over gRPC: proto -> action -> proto."""

from services.kit.database import Transaction
from services.kit.errors import invalid
from services.kit.rpc import Call, after, protos, rpc
from services.society.processes import actions as processes
from services.society.proposals import access, actions, keys, store, views
from services.society.proposals.actions import Given
from services.society.proposals.model import LinkKind, Proposal, State, parse_code
from smartcity.society.v1 import proposals_pb2 as pb
from smartcity.types.v1.money_pb2 import Money

MOST_COST = 1_000_000_000_000


@rpc
async def create(tx: Transaction, request: pb.CreateProposalRequest) -> pb.CreateProposalResponse:
    """Makes one."""
    made = await actions.create(tx, request.process, _given(tx, request))
    return pb.CreateProposalResponse(proposal=await _whole(tx, made, own=True))


@after(create)
async def with_link_key(call: Call, answer: pb.CreateProposalResponse) -> pb.CreateProposalResponse:
    """Adds the author's key, which the stored answer does not hold: it is derived anew each time."""
    if not keys.known(call.caller):
        written = parse_code(call.runtime.city.code_prefix, answer.proposal.code)
        async with call.runtime.snapshot() as tx:
            made = await store.by_code(tx, written or "")
        if made is not None:
            answer.link_key = keys.author_key(call.runtime, made.id)
    return answer


@rpc
async def read(tx: Transaction, request: pb.GetProposalRequest) -> pb.GetProposalResponse:
    """Reads one."""
    found = await actions.get(tx, request.code, request.link_key)
    own = access.is_author(tx, found, request.link_key)
    return pb.GetProposalResponse(proposal=await _whole(tx, found, own=own))


@rpc
async def page(tx: Transaction, request: pb.ListProposalsRequest) -> pb.ListProposalsResponse:
    """Lists them."""
    states = protos.members(pb.ProposalState, request.states, State)
    found = await actions.page(
        tx, request.process, states, request.agency, request.page_size, request.page_token,
        popular=request.most_supported,
    )  # fmt: skip
    return pb.ListProposalsResponse(proposals=[views.view(tx, one) for one in found.rows], next_page_token=found.token)


@rpc
async def withdraw(tx: Transaction, request: pb.WithdrawProposalRequest) -> pb.WithdrawProposalResponse:
    """Takes one back."""
    done = await actions.withdraw(tx, request.code, request.link_key, request.note, request.etag)
    return pb.WithdrawProposalResponse(proposal=await _whole(tx, done, own=True))


@rpc
async def review(tx: Transaction, request: pb.ReviewProposalRequest) -> pb.ReviewProposalResponse:
    """Answers one."""
    to = protos.member(pb.ProposalState, request.state, State)
    cost = _cost(tx, request.cost) if request.HasField("cost") else 0
    done = await actions.review(tx, request.code, request.etag, to, request.note, cost)
    return pb.ReviewProposalResponse(proposal=await _whole(tx, done))


@rpc
async def merge(tx: Transaction, request: pb.MergeProposalRequest) -> pb.MergeProposalResponse:
    """Joins one to another."""
    done = await actions.merge(tx, request.code, request.etag, request.into, request.note)
    return pb.MergeProposalResponse(proposal=await _whole(tx, done))


@rpc
async def carry(tx: Transaction, request: pb.CarryProposalRequest) -> pb.CarryProposalResponse:
    """Carries one on."""
    done = await actions.carry(tx, request.code, request.etag, request.process, request.note)
    return pb.CarryProposalResponse(proposal=await _whole(tx, done))


@rpc
async def report(tx: Transaction, request: pb.ReportProposalRequest) -> pb.ReportProposalResponse:
    """Tells how one is carried out."""
    link = protos.member(pb.ProposalLinkKind, request.link, LinkKind) if request.link else None
    done = await actions.report(
        tx, request.code, request.etag, request.note, link, request.reference, finished=request.finished
    )
    return pb.ReportProposalResponse(proposal=await _whole(tx, done))


def _given(tx: Transaction, request: pb.CreateProposalRequest) -> Given:
    at = request.point if request.HasField("point") else None
    return Given(
        title=" ".join(request.title.split()),
        words=request.words,
        area=request.area,
        lon=at.lon if at else None,
        lat=at.lat if at else None,
        cost=_cost(tx, request.cost) if request.HasField("cost") else 0,
        network=request.origin.network,
    )


def _cost(tx: Transaction, given: Money) -> int:
    if given.currency != tx.runtime.city.currency:
        raise invalid("CURRENCY_UNKNOWN", f"Amounts are in {tx.runtime.city.currency}.", field="cost")
    if not 0 <= given.units <= MOST_COST:
        raise invalid("AMOUNT_INVALID", f"Give a whole amount of at most {MOST_COST:,}.", field="cost")
    return given.units


async def _whole(tx: Transaction, one: Proposal, *, own: bool = False) -> pb.Proposal:
    """With its process, what it was joined to, and its steps."""
    shown = views.view(tx, one, await actions.steps(tx, one), own=own)
    process = await processes.by_id(tx, one.process)
    shown.process_title = process.title if process else ""
    shown.process_title_en = process.title_en if process else ""
    if one.merged_into is not None:
        other = await store.get(tx, one.merged_into)
        shown.merged_into = other.code if other else ""
    return shown
