"""What rides do when economy answers. An answer that came before, or is no ride's, changes nothing."""

from services.kit.database import Transaction
from services.kit.events import Event
from services.living.cards.model import Card
from services.living.fares import terms
from services.living.rides import actions, model, store
from services.living.rides.model import Ride
from smartcity.economy.v1 import events_pb2
from smartcity.economy.v1.payments_pb2 import PaymentSummary

EXPIRED = "PAYMENT_EXPIRED"
CANCELLED = "PAYMENT_CANCELLED"


async def on_payment_captured(tx: Transaction, event: Event[events_pb2.PaymentCaptured]) -> None:
    """The fare is paid; what the card owes is less by it."""
    payment = event.message.payment
    asked, locked = await _asked(tx, payment)
    paid = model.pay(locked[1], asked, payment.code, tx.now) if locked else None
    if locked is None or paid is None:
        return
    card, ride = locked
    await store.save(tx, paid)
    due, refused = (0, -ride.fare) if ride.owed else (-ride.fare, 0)
    await actions.owe(tx, card, terms.required(tx.runtime.city), due=due, refused=refused)


async def on_payment_cancelled(tx: Transaction, event: Event[events_pb2.PaymentCancelled]) -> None:
    """The fare could not be taken."""
    await _refused(tx, event.message.payment, event.message.reason or CANCELLED)


async def on_payment_expired(tx: Transaction, event: Event[events_pb2.PaymentExpired]) -> None:
    """The fare was not taken in time."""
    await _refused(tx, event.message.payment, EXPIRED)


async def _refused(tx: Transaction, payment: PaymentSummary, reason: str) -> None:
    """The card comes to the list of denied cards, until it is paid."""
    asked, locked = await _asked(tx, payment)
    refused = model.refuse(locked[1], asked, reason, tx.now) if locked else None
    if locked is None or refused is None:
        return
    card, ride = locked
    await store.save(tx, refused)
    if not ride.owed:  # what is asked for again counts as refused all the time
        await actions.owe(tx, card, terms.required(tx.runtime.city), due=-ride.fare, refused=ride.fare)


async def _asked(tx: Transaction, payment: PaymentSummary) -> tuple[int, tuple[Card, Ride] | None]:
    """The attempt that an answer is for, and the ride with its card, locked; None where it is for none of ours."""
    request = model.read_request(payment.request) if payment.requester == tx.runtime.pillar else None
    return (request[1], await actions.lock(tx, request[0])) if request else (0, None)
