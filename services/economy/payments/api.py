"""PaymentService over gRPC: proto -> action -> proto."""

from uuid import UUID

from observability.telemetry import current_span
from services.economy import money
from services.economy.merchants.model import Merchant
from services.economy.payments import actions, desk, presenting, refund_model, refunds, suspense, suspense_model, views
from services.economy.payments.hot import Item
from services.economy.payments.model import Payment, State, paid_before
from services.economy.resources import resources
from services.kit.database import Transaction
from services.kit.database.idempotency import Claim, once
from services.kit.errors import DomainError
from services.kit.rpc import Call, after, protos, rpc
from smartcity.economy.v1 import payments_pb2 as pb


@rpc
async def create(tx: Transaction, request: pb.CreatePaymentRequest) -> pb.CreatePaymentResponse:
    """Creates a payment to a merchant that the caller acts for."""
    made, merchant = await desk.open_payment(
        tx,
        request.merchant,
        money.read(request.amount, tx.runtime.city.currency, "amount"),
        terminal=request.terminal,
        purpose=request.purpose,
        description=" ".join(request.description.split()),
        seconds=request.seconds,
        exercise=request.exercise,
    )
    return pb.CreatePaymentResponse(payment=_view(tx, made, merchant))


@rpc
async def read(tx: Transaction, request: pb.GetPaymentRequest) -> pb.GetPaymentResponse:
    """Reads a payment."""
    return pb.GetPaymentResponse(payment=await _seen(tx, await actions.find(tx, request.id)))


@rpc
async def page(tx: Transaction, request: pb.ListPaymentsRequest) -> pb.ListPaymentsResponse:
    """Lists payments of a merchant, newest first."""
    states = protos.members(pb.PaymentState, request.states, State)
    found, merchant = await desk.page(tx, request.merchant, states, request.page_size, request.page_token)
    seen = [_view(tx, each, merchant) for each in found.rows]
    return pb.ListPaymentsResponse(payments=seen, next_page_token=found.token)


@rpc
async def present(call: Call, request: pb.PresentQrRequest) -> pb.PresentQrResponse:
    """Answers with the QRIS of a payment."""
    found = await presenting.present(call.runtime, call.caller, call.scope, request.id)
    async with call.snapshot() as tx:
        return pb.PresentQrResponse(payment=await _seen(tx, found))


@rpc
async def pay_from_wallet(call: Call, request: pb.PayFromWalletRequest) -> pb.PayFromWalletResponse:
    """Pays from the caller's wallet, in one commit with whoever pays at the same time."""
    claim = Claim(call.caller.subject, request.request_id, request)
    answer = await resources(call.runtime).wallet_payments.submit(Item(claim, current_span().traceparent))
    if isinstance(answer, DomainError):
        raise answer
    return pb.PayFromWalletResponse.FromString(answer)


@rpc
async def record_cash(tx: Transaction, request: pb.RecordCashRequest) -> pb.RecordCashResponse:
    """Records cash taken at a counter."""
    return pb.RecordCashResponse(payment=await _seen(tx, await desk.record_cash(tx, request.id)))


@rpc
async def cancel(call: Call, request: pb.CancelPaymentRequest) -> pb.CancelPaymentResponse:
    """Cancels a payment; one whose QRIS is shown first at the bank, which may say that it was paid."""
    async with call.snapshot() as tx:
        found = await actions.find(tx, request.id)
        shown = found.state is State.PENDING and bool(found.qr)
        if shown:
            await desk.require_cancellable(tx, found, request.etag)
    if shown and (await presenting.take_back(call.runtime, found)).is_paid:
        raise paid_before()
    async with call.transaction() as tx:

        async def act() -> pb.CancelPaymentResponse:
            cancelled = await desk.cancel(tx, request.id, request.etag)
            return pb.CancelPaymentResponse(payment=await _seen(tx, cancelled))

        return await once(tx, request.request_id, request, act, pb.CancelPaymentResponse, permanent=True)


@rpc
async def check_refund(tx: Transaction, request: pb.CheckRefundRequest) -> pb.CheckRefundResponse:
    """Says whether and how a payment can be refunded."""
    payment, found = await refunds.check(tx, request.payment, _wanted(tx, request))
    return pb.CheckRefundResponse(
        possible=found.refusal is None,
        reason=found.refusal.reason if found.refusal else "",
        message=found.refusal.message if found.refusal else "",
        way=views.WAYS[found.way],
        amount=money.to_proto(found.amount, payment.currency),
        most=money.to_proto(found.most, payment.currency),
        needs_approval=found.needs_approval,
    )


@rpc
async def create_refund(tx: Transaction, request: pb.CreateRefundRequest) -> pb.CreateRefundResponse:
    """Refunds a payment, partly or fully."""
    made, payment = await refunds.create(tx, request.payment, _wanted(tx, request), request.reason)
    return pb.CreateRefundResponse(refund=views.refund(made, payment.code, payment.currency))


@after(create_refund)
async def refund_created(call: Call, answer: pb.CreateRefundResponse) -> pb.CreateRefundResponse:
    """Asks the bank for what it gives back."""
    return pb.CreateRefundResponse(refund=await _sent(call, answer.refund))


@rpc
async def page_of_refunds(tx: Transaction, request: pb.ListRefundsRequest) -> pb.ListRefundsResponse:
    """Lists refunds, newest first."""
    states = protos.members(pb.RefundState, request.states, refund_model.State)
    found = await refunds.page(tx, request.merchant, states, request.page_size, request.page_token)
    seen = [views.refund(*each) for each in found.rows]
    return pb.ListRefundsResponse(refunds=seen, next_page_token=found.token)


@rpc
async def approve_refund(tx: Transaction, request: pb.ApproveRefundRequest) -> pb.ApproveRefundResponse:
    """Approves a refund that another person asked for."""
    made, payment = await refunds.approve(tx, request.id, request.etag)
    return pb.ApproveRefundResponse(refund=views.refund(made, payment.code, payment.currency))


@after(approve_refund)
async def refund_approved(call: Call, answer: pb.ApproveRefundResponse) -> pb.ApproveRefundResponse:
    """Asks the bank for what it gives back."""
    return pb.ApproveRefundResponse(refund=await _sent(call, answer.refund))


@rpc
async def reject_refund(tx: Transaction, request: pb.RejectRefundRequest) -> pb.RejectRefundResponse:
    """Refuses a refund that waits."""
    made, payment = await refunds.reject(tx, request.id, request.etag, request.reason)
    return pb.RejectRefundResponse(refund=views.refund(made, payment.code, payment.currency))


@rpc
async def page_of_suspense(tx: Transaction, request: pb.ListSuspenseRequest) -> pb.ListSuspenseResponse:
    """Lists money in suspense, newest first."""
    states = protos.members(pb.SuspenseState, request.states, suspense_model.State)
    found = await suspense.page(tx, states, request.page_size, request.page_token)
    return pb.ListSuspenseResponse(items=[views.suspense(each) for each in found.rows], next_page_token=found.token)


@rpc
async def propose_release(tx: Transaction, request: pb.ProposeReleaseRequest) -> pb.ProposeReleaseResponse:
    """Proposes where money in suspense belongs."""
    item = await suspense.propose(tx, request.id, request.etag, request.target, request.note)
    return pb.ProposeReleaseResponse(item=views.suspense(item))


@rpc
async def approve_release(tx: Transaction, request: pb.ApproveReleaseRequest) -> pb.ApproveReleaseResponse:
    """Approves what another person proposed."""
    return pb.ApproveReleaseResponse(item=views.suspense(await suspense.approve(tx, request.id, request.etag)))


@after(approve_release)
async def release_approved(call: Call, answer: pb.ApproveReleaseResponse) -> pb.ApproveReleaseResponse:
    """Asks the bank for what goes back to the payer."""
    id_ = UUID(answer.item.id)
    if answer.item.state == pb.SUSPENSE_STATE_PROPOSED:
        await suspense.send_back(call.runtime, id_)
    async with call.snapshot() as tx:
        return pb.ApproveReleaseResponse(item=views.suspense(await suspense.read(tx, id_)))


async def _sent(call: Call, refund: pb.Refund) -> pb.Refund:
    """A refund after the bank was asked for it, if it is the bank that gives it back."""
    if refund.state == pb.REFUND_STATE_PROCESSING:
        await refunds.send(call.runtime, UUID(refund.id))
    async with call.snapshot() as tx:
        found, payment = await refunds.read(tx, UUID(refund.id))
    return views.refund(found, payment.code, payment.currency)


def _wanted(tx: Transaction, request: pb.CheckRefundRequest | pb.CreateRefundRequest) -> int | None:
    return money.read(request.amount, tx.runtime.city.currency, "amount") if request.HasField("amount") else None


async def _seen(tx: Transaction, payment: Payment) -> pb.Payment:
    return _view(tx, payment, await actions.merchant_of(tx, payment))


def _view(tx: Transaction, payment: Payment, merchant: Merchant | None) -> pb.Payment:
    inside = desk.is_inside(tx, payment, merchant)
    name = merchant.name if merchant else ""
    return views.payment(payment, name, tx.runtime.city, tx.now, inside=inside)
