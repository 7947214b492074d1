"""Builds the event messages of settlement."""

from services.economy.money import to_proto
from services.economy.settlement.model import Batch, Captured
from smartcity.economy.v1 import events_pb2


def day_settled(batch: Batch) -> events_pb2.DaySettled:
    """A merchant's day was closed."""
    return events_pb2.DaySettled(
        batch=str(batch.id),
        merchant=str(batch.merchant),
        day=batch.day.isoformat(),
        net=to_proto(batch.net, batch.currency),
    )


def payment_settled(batch: Batch, payment: Captured) -> events_pb2.PaymentSettled:
    """A captured payment is in a settled batch."""
    return events_pb2.PaymentSettled(
        payment=str(payment.id), code=payment.code, batch=str(batch.id), day=batch.day.isoformat()
    )
