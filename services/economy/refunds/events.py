"""Builds the event messages of refunds. Nothing personal."""

from services.economy import money
from services.economy.payments.events import summary
from services.economy.payments.model import Payment
from services.economy.refunds.model import Refund, State
from services.kit.rpc import protos
from smartcity.economy.v1 import events_pb2
from smartcity.economy.v1.payments_pb2 import PaymentSummary
from smartcity.types.v1 import refunds_pb2


def refund_requested(payment: Payment, refund: Refund) -> events_pb2.RefundRequested:
    """A refund waits for a second person, or lies ready in cash where it was paid."""
    return events_pb2.RefundRequested(
        payment=summary(payment),
        refund=str(refund.id),
        amount=money.to_proto(refund.amount, payment.currency),
        reference=refund.reference,
    )


def refund_rejected(payment: Payment, refund: Refund) -> events_pb2.RefundRejected:
    """A refund was refused, by a second person or by the bank."""
    reason = "BANK_REFUSED" if refund.state is State.FAILED else ""
    return events_pb2.RefundRejected(
        payment=summary(payment), refund=str(refund.id), reference=refund.reference, reason=reason,
        refunded=money.to_proto(payment.refunded, payment.currency),
    )  # fmt: skip


def refund_declined(
    asked: refunds_pb2.PaymentRefundRequested, requester: str, payment: Payment | None, reason: str
) -> events_pb2.RefundRejected:
    """A refund that a pillar asked for could not be begun."""
    told = summary(payment) if payment else PaymentSummary(requester=requester, request=asked.request)
    refunded = money.to_proto(payment.refunded, payment.currency) if payment else None
    return events_pb2.RefundRejected(payment=told, reference=asked.refund, reason=reason, refunded=refunded)


def refunded(payment: Payment, refund: Refund) -> events_pb2.PaymentRefunded:
    """Money was given back."""
    return events_pb2.PaymentRefunded(
        payment=summary(payment),
        refund=str(refund.id),
        amount=money.to_proto(refund.amount, payment.currency),
        refunded=money.to_proto(payment.refunded, payment.currency),
        refund_time=protos.timestamp(refund.updated_at),
        reference=refund.reference,
    )
