"""What bills do when a payment was captured or given back. The same event twice changes nothing."""

from datetime import UTC
from uuid import UUID

from services.economy.levies import actions
from services.kit.database import Transaction
from services.kit.events import Event
from smartcity.economy.v1 import events_pb2


async def on_payment_captured(tx: Transaction, event: Event[events_pb2.PaymentCaptured]) -> None:
    """The payment of a bill came: the bill is paid, and its receipt issued."""
    payment = event.message.payment
    if payment.bill:
        await actions.take(tx, payment, event.message.capture_time.ToDatetime(UTC))


async def on_payment_refunded(tx: Transaction, event: Event[events_pb2.PaymentRefunded]) -> None:
    """The payment of a bill was given back; in full, the bill counts as refunded. A part changes nothing."""
    message = event.message
    if message.payment.bill and message.refunded.units >= message.payment.amount.units:
        await actions.give_back(tx, message.payment.bill, UUID(message.payment.id))
