"""Asks economy to give money back."""

from services.branding.refunds.model import Cause, Refund
from services.kit.database import Transaction
from smartcity.types.v1 import refunds_pb2
from smartcity.types.v1.money_pb2 import Money

_WHY = {
    Cause.GIVEN_BACK: "Tiket dikembalikan",
    Cause.CHANGED: "Tiket ditukar dengan yang lebih murah",
    Cause.CANCELLED: "Penjualan tiket dibatalkan",
}
_LATE = {
    "SOLD_OUT": "Pembayaran datang setelah kursi habis",
    "SALE_OVER": "Pembayaran datang setelah acara selesai",
}
"""Of what was paid when the order was over, by the order's reason."""


def ask(tx: Transaction, refund: Refund, reason: str, buyer: str) -> None:
    """Asks for it, in the story of the order; ``reason`` is why that is over, ``buyer`` who placed it, if they
    are known yet. Under an aggregate of its own: it must not wait behind a dead letter.
    """
    asked = refunds_pb2.PaymentRefundRequested(
        refund=refund.reference,
        request=refund.request,
        amount=Money(currency=tx.runtime.city.currency, units=refund.amount),
        reason=_LATE.get(reason, "Pesanan sudah dibatalkan") if refund.cause is Cause.LATE else _WHY[refund.cause],
        buyer=buyer,
    )
    tx.emit(asked, aggregate=str(refund.id), version=refund.version, correlation=str(refund.order_id))
