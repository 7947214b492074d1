"""PaymentService over gRPC, money in suspense: proto -> action -> proto."""

from uuid import UUID

from services.economy import money
from services.economy.providers.model import refused_code
from services.economy.suspense import actions
from services.economy.suspense.actions import Told
from services.economy.suspense.model import Item, State
from services.kit.database import Transaction
from services.kit.rpc import Call, after, protos, rpc
from services.kit.rpc import etag as etags
from smartcity.economy.v1 import payments_pb2 as pb


@rpc
async def page(tx: Transaction, request: pb.ListSuspenseRequest) -> pb.ListSuspenseResponse:
    """Lists money in suspense, newest first."""
    states = protos.members(pb.SuspenseState, request.states, State)
    found = await actions.page(tx, states, request.page_size, request.page_token)
    items = [_view(each) for each in await actions.told(tx, found.rows)]
    return pb.ListSuspenseResponse(items=items, next_page_token=found.token)


@rpc
async def propose(tx: Transaction, request: pb.ProposeReleaseRequest) -> pb.ProposeReleaseResponse:
    """Proposes where money in suspense belongs."""
    item = await actions.propose(
        tx, request.id, request.etag, request.target, request.note, never_came=request.never_came
    )
    return pb.ProposeReleaseResponse(item=await _one(tx, item))


@rpc
async def approve(tx: Transaction, request: pb.ApproveReleaseRequest) -> pb.ApproveReleaseResponse:
    """Approves what another person proposed."""
    return pb.ApproveReleaseResponse(item=await _one(tx, await actions.approve(tx, request.id, request.etag)))


@after(approve)
async def approved(call: Call, answer: pb.ApproveReleaseResponse) -> pb.ApproveReleaseResponse:
    """Asks the bank for what goes back to the payer."""
    id_ = UUID(answer.item.id)
    if answer.item.state == pb.SUSPENSE_STATE_PROPOSED:
        await actions.send_back(call.runtime, id_)
    async with call.snapshot() as tx:
        return pb.ApproveReleaseResponse(item=await _one(tx, await actions.read(tx, id_)))


async def _one(tx: Transaction, item: Item) -> pb.SuspenseItem:
    (told,) = await actions.told(tx, [item])
    return _view(told)


def _view(told: Told) -> pb.SuspenseItem:
    found = told.item
    return pb.SuspenseItem(
        id=str(found.id),
        state=protos.number(pb.SuspenseState, found.state),
        reason=protos.number(pb.SuspenseReason, told.reason),
        amount=money.to_proto(found.amount, found.currency),
        provider_reference=found.provider_reference,
        payment=str(found.payment or ""),
        target=str(found.target or ""),
        note=found.note,
        returning=found.is_returning,
        create_time=protos.timestamp(found.created_at),
        etag=etags.of(found.version),
        payment_code=told.payment_code,
        nmid=found.nmid,
        nmid_name=told.nmid_name,
        target_name=told.target_name,
        own=told.own,
        own_matter=told.own_matter,
        never_came=found.never_came,
        bank_code=refused_code(found.note) if found.state is State.OPEN else "",
    )
