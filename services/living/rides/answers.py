"""Reads what economy tells of the payments of rides."""

from uuid import UUID

from services.kit.database import Transaction
from services.living.rides import model
from services.living.rides.model import Answer, Refund
from smartcity.economy.v1 import events_pb2
from smartcity.economy.v1.payments_pb2 import PaymentSummary

EXPIRED = "PAYMENT_EXPIRED"
CANCELLED = "PAYMENT_CANCELLED"

Told = events_pb2.PaymentCaptured | events_pb2.PaymentCancelled | events_pb2.PaymentExpired


def read(tx: Transaction, told: Told) -> Answer | None:
    """The answer, if it is for a ride of ours."""
    payment = told.payment
    asked = _asked(tx, payment)
    if asked is None:
        return None
    if isinstance(told, events_pb2.PaymentCaptured):
        return Answer(*asked, payment=payment.code)
    if isinstance(told, events_pb2.PaymentExpired):
        return Answer(*asked, reason=EXPIRED)
    return Answer(*asked, reason=told.reason or CANCELLED)


def read_refund(tx: Transaction, told: events_pb2.PaymentRefunded) -> Refund | None:
    """What was given back, if it was paid for a ride of ours."""
    asked = _asked(tx, told.payment)
    return None if asked is None else Refund(asked[0], told.payment.code, told.refunded.units)


def _asked(tx: Transaction, payment: PaymentSummary) -> tuple[UUID, int] | None:
    """The ride and the attempt that a payment is for; None where it is for none."""
    return model.read_request(payment.request) if payment.requester == tx.runtime.pillar else None
