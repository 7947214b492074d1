"""PaymentService over gRPC, refunds: proto -> action -> proto."""

from uuid import UUID

from services.economy import money
from services.economy.providers.model import refused_code
from services.economy.refunds import actions, telling
from services.economy.refunds.model import State, Way
from services.economy.refunds.telling import Told
from services.kit.database import Transaction
from services.kit.rpc import Call, after, protos, rpc
from services.kit.rpc import etag as etags
from smartcity.economy.v1 import payments_pb2 as pb

_WAYS = {
    Way.NONE: pb.REFUND_WAY_UNSPECIFIED,
    Way.BANK: pb.REFUND_WAY_BANK,
    Way.WALLET: pb.REFUND_WAY_WALLET,
    Way.CASH: pb.REFUND_WAY_CASH,
}


@rpc
async def check(tx: Transaction, request: pb.CheckRefundRequest) -> pb.CheckRefundResponse:
    """Says whether and how a payment can be refunded."""
    payment, found = await actions.check(tx, request.payment, _wanted(tx, request))
    return pb.CheckRefundResponse(
        possible=found.refusal is None,
        reason=found.refusal.reason if found.refusal else "",
        message=found.refusal.message if found.refusal else "",
        way=_WAYS[found.way],
        amount=money.to_proto(found.amount, payment.currency),
        most=money.to_proto(found.most, payment.currency),
        needs_approval=found.needs_approval,
        left=money.to_proto(found.left, payment.currency),
    )


@rpc
async def check_several(tx: Transaction, request: pb.CheckRefundsRequest) -> pb.CheckRefundsResponse:
    """Says which of some payments could be given back."""
    newest = [_view(each) for each in await telling.newest(tx, request.payments)]
    return pb.CheckRefundsResponse(payments=map(str, await actions.refundable(tx, request.payments)), newest=newest)


@rpc
async def create(tx: Transaction, request: pb.CreateRefundRequest) -> pb.CreateRefundResponse:
    """Refunds a payment, partly or fully."""
    seen = request.left.units if request.HasField("left") else None
    made, payment = await actions.create(tx, request.payment, _wanted(tx, request), request.reason, seen)
    return pb.CreateRefundResponse(refund=_view(await telling.one(tx, made, payment)))


@after(create)
async def created(call: Call, answer: pb.CreateRefundResponse) -> pb.CreateRefundResponse:
    """Asks the bank for what it gives back."""
    return pb.CreateRefundResponse(refund=await _sent(call, answer.refund))


@rpc
async def page(tx: Transaction, request: pb.ListRefundsRequest) -> pb.ListRefundsResponse:
    """Lists refunds, newest first."""
    states = protos.members(pb.RefundState, request.states, State)
    at_counter = request.at_counter if request.HasField("at_counter") else None
    found = await actions.page(
        tx, request.merchant, request.payment, states, at_counter, request.page_size, request.page_token
    )  # fmt: skip
    seen = [_view(each) for each in await telling.told(tx, found.rows)]
    return pb.ListRefundsResponse(refunds=seen, next_page_token=found.token)


@rpc
async def approve(tx: Transaction, request: pb.ApproveRefundRequest) -> pb.ApproveRefundResponse:
    """Approves a refund that another person asked for."""
    made, payment = await actions.approve(tx, request.id, request.etag)
    return pb.ApproveRefundResponse(refund=_view(await telling.one(tx, made, payment)))


@after(approve)
async def approved(call: Call, answer: pb.ApproveRefundResponse) -> pb.ApproveRefundResponse:
    """Asks the bank for what it gives back."""
    return pb.ApproveRefundResponse(refund=await _sent(call, answer.refund))


@rpc
async def reject(tx: Transaction, request: pb.RejectRefundRequest) -> pb.RejectRefundResponse:
    """Refuses a refund that waits."""
    made, payment = await actions.reject(tx, request.id, request.etag, request.reason)
    return pb.RejectRefundResponse(refund=_view(await telling.one(tx, made, payment)))


async def _sent(call: Call, refund: pb.Refund) -> pb.Refund:
    """A refund after the bank was asked for it, if it is the bank that gives it back."""
    if refund.state == pb.REFUND_STATE_PROCESSING:
        await actions.send(call.runtime, UUID(refund.id))
    async with call.snapshot() as tx:
        return _view(await telling.one(tx, *await actions.read(tx, UUID(refund.id))))


def _wanted(tx: Transaction, request: pb.CheckRefundRequest | pb.CreateRefundRequest) -> int | None:
    return money.read(request.amount, tx.runtime.city.currency, "amount") if request.HasField("amount") else None


def _view(told: Told) -> pb.Refund:
    listed, found = told.listed, told.listed.refund
    return pb.Refund(
        id=str(found.id),
        payment=str(found.payment),
        payment_code=listed.code,
        state=protos.number(pb.RefundState, found.state),
        way=_WAYS[found.way],
        amount=money.to_proto(found.amount, listed.currency),
        reason=found.reason,
        refusal=found.refusal,
        create_time=protos.timestamp(found.created_at),
        update_time=protos.timestamp(found.updated_at),
        etag=etags.of(found.version),
        at_counter=True if found.is_at_counter else None,
        merchant_name=listed.seller,
        own=told.own,
        own_matter=told.own_matter,
        bank_code=refused_code(found.refusal) if found.state is State.FAILED else "",
        made_good=told.made_good,
        by_bank=found.by_bank,
    )
