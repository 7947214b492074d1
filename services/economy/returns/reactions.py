"""What returns do when money was given back, or could not be. The same event twice changes nothing."""

from services.economy.returns import model, store
from services.economy.returns.model import Return
from services.kit.database import Transaction
from services.kit.events import Event
from smartcity.economy.v1 import events_pb2
from smartcity.economy.v1.payments_pb2 import PaymentSummary


async def on_payment_refunded(tx: Transaction, event: Event[events_pb2.PaymentRefunded]) -> None:
    """Something of a payment was given back, also by an officer: no more than the rest is asked for."""
    found = await _of(tx, event.message.payment)
    left = event.message.payment.amount.units - event.message.refunded.units
    if found is not None and (moved := model.given_back(found, left, tx.now)) is not None:
        await store.save(tx, moved)


async def on_refund_requested(tx: Transaction, event: Event[events_pb2.RefundRequested]) -> None:
    """It was paid in cash, and lies ready at the counter."""
    found = await _asked(tx, event.message)
    if found is not None and (moved := model.ready(*found, tx.now)) is not None:
        await store.save(tx, moved)


async def on_refund_rejected(tx: Transaction, event: Event[events_pb2.RefundRejected]) -> None:
    """It could not be given back: it is asked for again later."""
    found = await _asked(tx, event.message)
    if found is not None and (moved := model.refused(*found, event.message.reason, tx.now)) is not None:
        await store.save(tx, moved)


async def _asked(
    tx: Transaction, told: events_pb2.RefundRequested | events_pb2.RefundRejected
) -> tuple[Return, int] | None:
    """What was asked for, and the attempt that is answered."""
    attempt = model.read_attempt(told.payment.request, told.reference)
    found = await _of(tx, told.payment) if attempt is not None else None
    return (found, attempt) if found is not None and attempt is not None else None


async def _of(tx: Transaction, payment: PaymentSummary) -> Return | None:
    return await store.by_request(tx, payment.request) if payment.requester == model.REQUESTER else None
