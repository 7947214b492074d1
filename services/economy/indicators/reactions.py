"""What indicators do when a payment was captured or given back. Drills and top-ups of wallets never count."""

from datetime import UTC
from uuid import UUID

from services.economy.indicators import actions
from services.economy.indicators.actions import Counted
from services.kit.database import Transaction
from services.kit.events import Event
from smartcity.economy.v1 import events_pb2, payments_pb2


async def on_payment_captured(tx: Transaction, event: Event[events_pb2.PaymentCaptured]) -> None:
    """Counts it on the day of its capture."""
    message = event.message
    if _counts(event, message.payment):
        at = message.capture_time.ToDatetime(UTC)
        await actions.count(tx, _counted(message.payment), message.payment.amount.units, at)


async def on_payment_refunded(tx: Transaction, event: Event[events_pb2.PaymentRefunded]) -> None:
    """Takes it off the turnover; the payment stays counted, since it was made."""
    message = event.message
    if _counts(event, message.payment):
        await actions.take_off(tx, _counted(message.payment), message.amount.units)


def _counts(
    event: Event[events_pb2.PaymentCaptured] | Event[events_pb2.PaymentRefunded], payment: payments_pb2.PaymentSummary
) -> bool:
    return bool(payment.merchant) and not event.exercise


def _counted(payment: payments_pb2.PaymentSummary) -> Counted:
    return Counted(
        id=UUID(payment.id),
        area=payment.area,
        sector=payment.sector,
        cashless=payment.method != payments_pb2.PAYMENT_METHOD_CASH,
        bill=bool(payment.bill),
    )
