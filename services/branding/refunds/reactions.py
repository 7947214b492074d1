"""What refunds do when economy answers. An answer that came before, or is for none of ours, changes nothing."""

from services.branding.refunds import model, store
from services.branding.refunds.model import Refund
from services.kit.database import Transaction
from services.kit.events import Event
from smartcity.economy.v1 import events_pb2


async def on_payment_refunded(tx: Transaction, event: Event[events_pb2.PaymentRefunded]) -> None:
    """The money is back."""
    found = await _asked(tx, event.message.payment.requester, event.message.reference)
    if found is not None and (moved := model.done(*found, tx.now)) is not None:
        await store.save(tx, moved)


async def on_refund_requested(tx: Transaction, event: Event[events_pb2.RefundRequested]) -> None:
    """It was paid in cash, and lies ready at the counter."""
    found = await _asked(tx, event.message.payment.requester, event.message.reference)
    if found is not None and (moved := model.ready(*found, tx.now)) is not None:
        await store.save(tx, moved)


async def on_refund_rejected(tx: Transaction, event: Event[events_pb2.RefundRejected]) -> None:
    """It could not be given back: it is asked for again by itself, and the agency sees it."""
    found = await _asked(tx, event.message.payment.requester, event.message.reference)
    if found is not None and (moved := model.refuse(*found, event.message.reason, tx.now)) is not None:
        await store.save(tx, moved)


async def _asked(tx: Transaction, requester: str, reference: str) -> tuple[Refund, int] | None:
    known = model.read_reference(reference) if requester == tx.runtime.pillar else None
    found = await store.get(tx, known[0], lock=True) if known else None
    return (found, known[1]) if found is not None and known is not None else None
