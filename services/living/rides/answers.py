"""Reads what economy answers."""

from services.kit.database import Transaction
from services.living.rides import model
from services.living.rides.model import Answer
from smartcity.economy.v1 import events_pb2

EXPIRED = "PAYMENT_EXPIRED"
CANCELLED = "PAYMENT_CANCELLED"

Told = events_pb2.PaymentCaptured | events_pb2.PaymentCancelled | events_pb2.PaymentExpired


def read(tx: Transaction, told: Told) -> Answer | None:
    """The answer, if it is for a ride of ours."""
    payment = told.payment
    asked = model.read_request(payment.request) if payment.requester == tx.runtime.pillar else None
    if asked is None:
        return None
    if isinstance(told, events_pb2.PaymentCaptured):
        return Answer(*asked, payment=payment.code)
    if isinstance(told, events_pb2.PaymentExpired):
        return Answer(*asked, reason=EXPIRED)
    return Answer(*asked, reason=told.reason or CANCELLED)
