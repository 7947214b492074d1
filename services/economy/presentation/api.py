"""PaymentService over gRPC, what asks the acquirer first: proto -> action -> proto."""

from services.economy.payments import actions as payments
from services.economy.payments import views
from services.economy.payments.model import State, paid_before
from services.economy.presentation import actions
from services.kit.database.idempotency import once
from services.kit.rpc import Call, rpc
from smartcity.economy.v1 import payments_pb2 as pb


@rpc
async def present(call: Call, request: pb.PresentQrRequest) -> pb.PresentQrResponse:
    """Answers with the QRIS of a payment."""
    found = await actions.present(call.runtime, call.caller, call.scope, request.id)
    async with call.snapshot() as tx:
        return pb.PresentQrResponse(payment=await views.seen(tx, found))


@rpc
async def cancel(call: Call, request: pb.CancelPaymentRequest) -> pb.CancelPaymentResponse:
    """Cancels a payment; one whose QRIS is shown first at the bank, which may say that it was paid."""
    async with call.snapshot() as tx:
        found = await payments.find(tx, request.id)
        shown = found.state is State.PENDING and bool(found.qr)
        if shown:
            await payments.require_cancellable(tx, found, request.etag)
    if shown and (await actions.take_back(call.runtime, found)).is_paid:
        raise paid_before()
    async with call.transaction() as tx:

        async def act() -> pb.CancelPaymentResponse:
            cancelled = await payments.cancel(tx, request.id, request.etag)
            return pb.CancelPaymentResponse(payment=await views.seen(tx, cancelled))

        return await once(tx, request.request_id, request, act, pb.CancelPaymentResponse, permanent=True)
