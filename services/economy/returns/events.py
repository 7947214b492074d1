"""Asks for what was paid for nothing to be given back, as any pillar asks."""

from services.economy.returns.model import Return
from services.kit.database import Transaction
from smartcity.types.v1 import refunds_pb2
from smartcity.types.v1.money_pb2 import Money


def ask(tx: Transaction, one: Return) -> None:
    """Asks, under an aggregate of its own: it must not wait behind a dead letter."""
    asked = refunds_pb2.PaymentRefundRequested(
        refund=one.reference,
        request=one.request,
        amount=Money(currency=tx.runtime.city.currency, units=one.amount),
        reason=one.why,
    )
    tx.emit(asked, aggregate=str(one.id), version=one.version, correlation=one.correlation, exercise=one.exercise)
