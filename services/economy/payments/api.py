"""PaymentService over gRPC, payments themselves: proto -> action -> proto."""

from observability.telemetry import current_span
from services.economy import money
from services.economy.payments import actions, views
from services.economy.payments.model import State
from services.economy.resources import WalletPayment, resources
from services.kit.database import Transaction
from services.kit.database.idempotency import Claim
from services.kit.errors import DomainError
from services.kit.rpc import Call, protos, rpc
from smartcity.economy.v1 import payments_pb2 as pb


@rpc
async def create(tx: Transaction, request: pb.CreatePaymentRequest) -> pb.CreatePaymentResponse:
    """Creates a payment to a merchant that the caller acts for."""
    made, merchant = await actions.open_payment(
        tx,
        request.merchant,
        money.read(request.amount, tx.runtime.city.currency, "amount"),
        terminal=request.terminal,
        purpose=request.purpose,
        description=" ".join(request.description.split()),
        seconds=request.seconds,
        exercise=request.exercise,
    )
    return pb.CreatePaymentResponse(payment=views.seen_at(tx, made, merchant))


@rpc
async def read(tx: Transaction, request: pb.GetPaymentRequest) -> pb.GetPaymentResponse:
    """Reads a payment."""
    return pb.GetPaymentResponse(payment=await views.told(tx, await actions.find(tx, request.id)))


@rpc
async def page(tx: Transaction, request: pb.ListPaymentsRequest) -> pb.ListPaymentsResponse:
    """Lists payments of a merchant, newest first."""
    states = protos.members(pb.PaymentState, request.states, State)
    found, merchant = await actions.page(tx, request.merchant, states, request.page_size, request.page_token)
    seen = [views.seen_at(tx, each, merchant) for each in found.rows]
    return pb.ListPaymentsResponse(payments=seen, next_page_token=found.token)


@rpc
async def pay_from_wallet(call: Call, request: pb.PayFromWalletRequest) -> pb.PayFromWalletResponse:
    """Pays from the caller's wallet, in one commit with whoever pays at the same time."""
    claim = Claim(call.caller.subject, request.request_id, request, call.runtime.masking)
    answer = await resources(call.runtime).wallet_payments.submit(WalletPayment(claim, current_span().traceparent))
    if isinstance(answer, DomainError):
        raise answer
    return pb.PayFromWalletResponse.FromString(answer)


@rpc
async def record_cash(tx: Transaction, request: pb.RecordCashRequest) -> pb.RecordCashResponse:
    """Records cash taken at a counter."""
    return pb.RecordCashResponse(payment=await views.seen(tx, await actions.record_cash(tx, request.id, request.etag)))
