"""PaymentService over gRPC: proto -> action -> proto."""

from typing import Any
from uuid import UUID

from observability.telemetry import current_span
from services.economy import money
from services.economy.merchants.model import Merchant
from services.economy.payments import actions, desk, presenting, refund_model, refunds, suspense, suspense_model, views
from services.economy.payments.asking import line, states
from services.economy.payments.hot import Item
from services.economy.payments.model import Payment, State, paid_before
from services.economy.resources import resources
from services.kit.caller import Access, Scope
from services.kit.database import Transaction
from services.kit.errors import DomainError
from services.kit.idempotency import Claim, once
from services.kit.runtime import Runtime
from services.kit.server import current_call
from smartcity.economy.v1 import payments_pb2 as pb
from smartcity.economy.v1 import payments_pb2_grpc

# Whoever knows a payment's id or code may see where it stands; what more they see is decided by who they are.
_ALL = {
    "anonymous": Scope.OWN,
    "citizen": Scope.OWN,
    "officer": Scope.OWN_AGENCY,
    "verifier": Scope.OWN,
    "admin": Scope.ANY,
}
_DESK = {"citizen": Scope.OWN, "officer": Scope.OWN_AGENCY, "admin": Scope.ANY}
_OFFICE = {"officer": Scope.OWN_AGENCY, "admin": Scope.ANY}
_PAYER = {"citizen": Scope.OWN}

ACCESS: Access = {
    "CreatePayment": _DESK,
    "GetPayment": _ALL,
    "ListPayments": _DESK,
    "PresentQr": _ALL,
    "PayFromWallet": _PAYER,
    "RecordCash": _OFFICE,
    "CancelPayment": _DESK,
    "CheckRefund": _DESK,
    "CreateRefund": _DESK,
    "ListRefunds": _DESK,
    "ApproveRefund": _OFFICE,
    "RejectRefund": _OFFICE,
    "ListSuspense": _OFFICE,
    "ProposeRelease": _OFFICE,
    "ApproveRelease": _OFFICE,
}


class PaymentService(payments_pb2_grpc.PaymentServiceServicer):
    """Carries payments from their creation to capture and refund."""

    def __init__(self, runtime: Runtime) -> None:
        """Serves on what the pillar has."""
        self._runtime = runtime

    async def CreatePayment(self, request: pb.CreatePaymentRequest, context: Any) -> pb.CreatePaymentResponse:
        """Creates a payment to a merchant that the caller acts for."""
        amount = money.read(request.amount, self._runtime.city.currency, "amount")
        async with current_call().transaction(self._runtime) as tx:

            async def act() -> pb.CreatePaymentResponse:
                made, merchant = await desk.open_payment(
                    tx,
                    request.merchant,
                    amount,
                    terminal=request.terminal,
                    purpose=request.purpose,
                    description=line(request.description),
                    seconds=request.seconds,
                    exercise=request.exercise,
                )
                return pb.CreatePaymentResponse(payment=self._view(tx, made, merchant))

            return await once(tx, request.request_id, request, act, pb.CreatePaymentResponse, permanent=True)

    async def GetPayment(self, request: pb.GetPaymentRequest, context: Any) -> pb.GetPaymentResponse:
        """Reads a payment."""
        async with current_call().snapshot(self._runtime) as tx:
            found = await actions.find(tx, request.id)
            return pb.GetPaymentResponse(payment=await self._seen(tx, found))

    async def ListPayments(self, request: pb.ListPaymentsRequest, context: Any) -> pb.ListPaymentsResponse:
        """Lists payments of a merchant, newest first."""
        wanted = states(request.states, State, pb.PaymentState.Name, tuple(State))
        async with current_call().snapshot(self._runtime) as tx:
            found, merchant, token = await desk.page(
                tx, request.merchant, wanted, request.page_size, request.page_token
            )
            seen = [self._view(tx, each, merchant) for each in found]
        return pb.ListPaymentsResponse(payments=seen, next_page_token=token)

    async def PresentQr(self, request: pb.PresentQrRequest, context: Any) -> pb.PresentQrResponse:
        """Answers with the QRIS of a payment."""
        call = current_call()
        found = await presenting.present(self._runtime, call.caller, call.scope, request.id)
        async with current_call().snapshot(self._runtime) as tx:
            return pb.PresentQrResponse(payment=await self._seen(tx, found))

    async def PayFromWallet(self, request: pb.PayFromWalletRequest, context: Any) -> pb.PayFromWalletResponse:
        """Pays from the caller's wallet, in one commit with whoever pays at the same time."""
        claim = Claim(current_call().caller.subject, request.request_id, request)
        answer = await resources(self._runtime).wallet_payments.submit(Item(claim, current_span().traceparent))
        if isinstance(answer, DomainError):
            raise answer
        return pb.PayFromWalletResponse.FromString(answer)

    async def RecordCash(self, request: pb.RecordCashRequest, context: Any) -> pb.RecordCashResponse:
        """Records cash taken at a counter."""
        async with current_call().transaction(self._runtime) as tx:

            async def act() -> pb.RecordCashResponse:
                taken = await desk.record_cash(tx, request.id)
                return pb.RecordCashResponse(payment=await self._seen(tx, taken))

            return await once(tx, request.request_id, request, act, pb.RecordCashResponse, permanent=True)

    async def CancelPayment(self, request: pb.CancelPaymentRequest, context: Any) -> pb.CancelPaymentResponse:
        """Cancels a payment; one whose QRIS is shown first at the bank, which may say that it was paid."""
        async with current_call().snapshot(self._runtime) as tx:
            found = await actions.find(tx, request.id)
            shown = found.state is State.PENDING and bool(found.qr)
            if shown:
                await desk.require_cancellable(tx, found, request.etag)
        if shown and (await presenting.take_back(self._runtime, found)).is_paid:
            raise paid_before()
        async with current_call().transaction(self._runtime) as tx:

            async def act() -> pb.CancelPaymentResponse:
                cancelled = await desk.cancel(tx, request.id, request.etag)
                return pb.CancelPaymentResponse(payment=await self._seen(tx, cancelled))

            return await once(tx, request.request_id, request, act, pb.CancelPaymentResponse, permanent=True)

    async def CheckRefund(self, request: pb.CheckRefundRequest, context: Any) -> pb.CheckRefundResponse:
        """Says whether and how a payment can be refunded."""
        async with current_call().snapshot(self._runtime) as tx:
            payment, found = await refunds.check(tx, request.payment, self._wanted(request))
        return pb.CheckRefundResponse(
            possible=found.refusal is None,
            reason=found.refusal.reason if found.refusal else "",
            message=found.refusal.message if found.refusal else "",
            way=views.WAYS[found.way],
            amount=money.to_proto(found.amount, payment.currency),
            most=money.to_proto(found.most, payment.currency),
            needs_approval=found.needs_approval,
        )

    async def CreateRefund(self, request: pb.CreateRefundRequest, context: Any) -> pb.CreateRefundResponse:
        """Refunds a payment, partly or fully."""
        wanted = self._wanted(request)
        async with current_call().transaction(self._runtime) as tx:

            async def act() -> pb.CreateRefundResponse:
                made, payment = await refunds.create(tx, request.payment, wanted, request.reason)
                return pb.CreateRefundResponse(refund=views.refund(made, payment.code, payment.currency))

            answer = await once(tx, request.request_id, request, act, pb.CreateRefundResponse, permanent=True)
        return pb.CreateRefundResponse(refund=await self._sent(answer.refund))

    async def ListRefunds(self, request: pb.ListRefundsRequest, context: Any) -> pb.ListRefundsResponse:
        """Lists refunds, newest first."""
        waiting = (refund_model.State.REQUESTED,)
        wanted = states(request.states, refund_model.State, pb.RefundState.Name, waiting)
        async with current_call().snapshot(self._runtime) as tx:
            found, token = await refunds.page(tx, request.merchant, wanted, request.page_size, request.page_token)
        seen = [views.refund(each, code, currency) for each, code, currency in found]
        return pb.ListRefundsResponse(refunds=seen, next_page_token=token)

    async def ApproveRefund(self, request: pb.ApproveRefundRequest, context: Any) -> pb.ApproveRefundResponse:
        """Approves a refund that another person asked for."""
        async with current_call().transaction(self._runtime) as tx:

            async def act() -> pb.ApproveRefundResponse:
                made, payment = await refunds.approve(tx, request.id, request.etag)
                return pb.ApproveRefundResponse(refund=views.refund(made, payment.code, payment.currency))

            answer = await once(tx, request.request_id, request, act, pb.ApproveRefundResponse, permanent=True)
        return pb.ApproveRefundResponse(refund=await self._sent(answer.refund))

    async def RejectRefund(self, request: pb.RejectRefundRequest, context: Any) -> pb.RejectRefundResponse:
        """Refuses a refund that waits."""
        async with current_call().transaction(self._runtime) as tx:

            async def act() -> pb.RejectRefundResponse:
                made, payment = await refunds.reject(tx, request.id, request.etag, request.reason)
                return pb.RejectRefundResponse(refund=views.refund(made, payment.code, payment.currency))

            return await once(tx, request.request_id, request, act, pb.RejectRefundResponse, permanent=True)

    async def ListSuspense(self, request: pb.ListSuspenseRequest, context: Any) -> pb.ListSuspenseResponse:
        """Lists money in suspense, newest first."""
        wanted = states(request.states, suspense_model.State, pb.SuspenseState.Name, suspense.WAITING)
        async with current_call().snapshot(self._runtime) as tx:
            found, token = await suspense.page(tx, wanted, request.page_size, request.page_token)
        return pb.ListSuspenseResponse(items=[views.suspense(each) for each in found], next_page_token=token)

    async def ProposeRelease(self, request: pb.ProposeReleaseRequest, context: Any) -> pb.ProposeReleaseResponse:
        """Proposes where money in suspense belongs."""
        async with current_call().transaction(self._runtime) as tx:

            async def act() -> pb.ProposeReleaseResponse:
                item = await suspense.propose(tx, request.id, request.etag, request.target, request.note)
                return pb.ProposeReleaseResponse(item=views.suspense(item))

            return await once(tx, request.request_id, request, act, pb.ProposeReleaseResponse, permanent=True)

    async def ApproveRelease(self, request: pb.ApproveReleaseRequest, context: Any) -> pb.ApproveReleaseResponse:
        """Approves what another person proposed; money that goes back is asked of the bank after the commit."""
        async with current_call().transaction(self._runtime) as tx:

            async def act() -> pb.ApproveReleaseResponse:
                return pb.ApproveReleaseResponse(
                    item=views.suspense(await suspense.approve(tx, request.id, request.etag))
                )

            answer = await once(tx, request.request_id, request, act, pb.ApproveReleaseResponse, permanent=True)
        if answer.item.state == pb.SUSPENSE_STATE_PROPOSED:
            await suspense.send_back(self._runtime, UUID(answer.item.id))
        async with current_call().snapshot(self._runtime) as tx:
            return pb.ApproveReleaseResponse(item=views.suspense(await suspense.read(tx, UUID(answer.item.id))))

    async def _sent(self, refund: pb.Refund) -> pb.Refund:
        """A refund after the bank was asked for it, if it is the bank that gives it back."""
        if refund.state == pb.REFUND_STATE_PROCESSING:
            await refunds.send(self._runtime, UUID(refund.id))
        async with current_call().snapshot(self._runtime) as tx:
            found, payment = await refunds.read(tx, UUID(refund.id))
        return views.refund(found, payment.code, payment.currency)

    def _wanted(self, request: pb.CheckRefundRequest | pb.CreateRefundRequest) -> int | None:
        if not request.HasField("amount"):
            return None
        return money.read(request.amount, self._runtime.city.currency, "amount")

    async def _seen(self, tx: Transaction, payment: Payment) -> pb.Payment:
        return self._view(tx, payment, await actions.merchant_of(tx, payment))

    def _view(self, tx: Transaction, payment: Payment, merchant: Merchant | None) -> pb.Payment:
        inside = desk.is_inside(tx, payment, merchant)
        name = merchant.name if merchant else ""
        return views.payment(payment, name, self._runtime.city, tx.now, inside=inside)
