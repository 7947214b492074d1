"""Builds the event messages of payments, and puts them into the transaction. Nothing personal."""

from google.protobuf.message import Message

from observability import semconv
from observability.telemetry import current_span
from services.economy import money
from services.economy.payments.model import Method, Payment
from services.economy.terms import agencies_paid
from services.kit.city import City
from services.kit.database import Transaction
from services.kit.rpc import protos
from smartcity.economy.v1 import events_pb2
from smartcity.economy.v1 import payments_pb2 as pb
from smartcity.types.v1 import payments_pb2

METHODS = {
    Method.NONE: pb.PAYMENT_METHOD_UNSPECIFIED,
    Method.QRIS_DYNAMIC: pb.PAYMENT_METHOD_QRIS_DYNAMIC,
    Method.QRIS_STATIC: pb.PAYMENT_METHOD_QRIS_STATIC,
    Method.WALLET: pb.PAYMENT_METHOD_WALLET,
    Method.CASH: pb.PAYMENT_METHOD_CASH,
}


def emit(tx: Transaction, payment: Payment, message: Message, traceparent: str | None = None) -> None:
    """Emits an event of a payment; ``traceparent`` is that of the call, where the transaction is many callers'."""
    if traceparent is None:
        current_span().set(semconv.CASE_CODE, payment.code)
    tx.emit(
        message,
        aggregate=str(payment.id),
        version=payment.version,
        correlation=payment.correlation,
        exercise=payment.exercise,
        traceparent=traceparent,
    )


def created(payment: Payment) -> events_pb2.PaymentCreated:
    """Something is to be paid."""
    return events_pb2.PaymentCreated(payment=summary(payment), expire_time=protos.timestamp(payment.expires_at))


def captured(payment: Payment, city: City) -> events_pb2.PaymentCaptured:
    """It was paid."""
    return events_pb2.PaymentCaptured(
        payment=summary(payment),
        fee=money.to_proto(payment.fee, payment.currency),
        capture_time=protos.timestamp(payment.captured_at),
        agency=agencies_paid(city).get(payment.payee, ""),
    )


def expired(payment: Payment) -> events_pb2.PaymentExpired:
    """It was not paid in time."""
    return events_pb2.PaymentExpired(payment=summary(payment))


def cancelled(payment: Payment, reason: str = "") -> events_pb2.PaymentCancelled:
    """It need not be paid any more; ``reason`` says why what a pillar asked for could not be collected."""
    return events_pb2.PaymentCancelled(payment=summary(payment), reason=reason)


def declined(asked: payments_pb2.PaymentRequested, requester: str, reason: str) -> events_pb2.PaymentCancelled:
    """What a pillar asked for cannot be collected; the answer carries its own reference."""
    told = pb.PaymentSummary(
        amount=asked.amount,
        purpose=asked.purpose,
        area=asked.area,
        requester=requester,
        request=asked.request,
    )
    return events_pb2.PaymentCancelled(payment=told, reason=reason)


def summary(payment: Payment) -> pb.PaymentSummary:
    """What every event of a payment tells."""
    return pb.PaymentSummary(
        id=str(payment.id),
        code=payment.code,
        amount=money.to_proto(payment.amount, payment.currency),
        method=METHODS[payment.method],
        purpose=payment.purpose,
        merchant=str(payment.merchant or ""),
        bill=payment.bill,
        area=payment.area,
        sector=payment.sector,
        requester=payment.requester,
        request=payment.request,
    )
