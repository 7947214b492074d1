"""Asks economy to give money back."""

from services.branding.refunds.model import Cause, Refund
from services.kit.database import Transaction
from smartcity.types.v1 import refunds_pb2
from smartcity.types.v1.money_pb2 import Money

_WHY = {
    Cause.LATE: "Pembayaran datang setelah kursi habis",
    Cause.GIVEN_BACK: "Tiket dikembalikan",
    Cause.CHANGED: "Tiket ditukar dengan yang lebih murah",
    Cause.CANCELLED: "Penjualan tiket dibatalkan",
}


def ask(tx: Transaction, refund: Refund) -> None:
    """Asks for it, in the story of the order. Under an aggregate of its own: it must not wait behind a dead letter."""
    asked = refunds_pb2.PaymentRefundRequested(
        refund=refund.reference,
        request=refund.request,
        amount=Money(currency=tx.runtime.city.currency, units=refund.amount),
        reason=_WHY[refund.cause],
    )
    tx.emit(asked, aggregate=str(refund.id), version=refund.version, correlation=str(refund.order_id))
