"""What permits do when the payment of a fee moves. The same event twice changes nothing."""

from uuid import UUID

from services.economy.payments import actions as payments
from services.economy.payments import store as payment_store
from services.economy.permits import access, events, kinds, moving, store
from services.economy.permits.model import Move, Party, Permit, State
from services.economy.permitting import actions
from services.economy.returns import actions as returns
from services.kit.database import Transaction
from services.kit.events import Event
from smartcity.economy.v1 import events_pb2, payments_pb2


async def on_payment_created(tx: Transaction, event: Event[events_pb2.PaymentCreated]) -> None:
    """Its fee can be paid; one that is not waited for any more is called off."""
    made = event.message.payment
    found = await _asked(tx, made)
    if found is not None:
        await store.note_payment(tx, found.id, made.code)
    elif events.is_fee(made.requester, made.purpose):
        await payments.call_off(tx, await payment_store.by_code(tx, made.code, lock=True))


async def on_payment_captured(tx: Transaction, event: Event[events_pb2.PaymentCaptured]) -> None:
    """Its fee is paid, whichever of the times that it was asked for: it holds. What it does not wait for is given back:
    it was withdrawn meanwhile, has lapsed, or was paid twice.
    """
    paid = event.message.payment
    found = await _of(tx, paid)
    if found is None:
        return
    if found.state is State.PAYABLE:
        rules = kinds.rules_for(tx, found)
        done = moving.paid(found, events.asked_as(paid.request), rules, tx.now)
        await actions.settle(tx, found, done, Move.PAY, Party.SYSTEM, rules)
    elif not found.shown or events.request(found) != paid.request:
        await returns.ask_back(tx, paid, events.NOT_WAITED_FOR, found.code)


async def on_payment_expired(tx: Transaction, event: Event[events_pb2.PaymentExpired]) -> None:
    """Nobody paid in time: it can be asked for anew."""
    await _closed(tx, event.message.payment)


async def on_payment_cancelled(tx: Transaction, event: Event[events_pb2.PaymentCancelled]) -> None:
    """The same for one that was withdrawn, or could not be made."""
    await _closed(tx, event.message.payment)


async def on_payment_refunded(tx: Transaction, event: Event[events_pb2.PaymentRefunded]) -> None:
    """All of the fee that it was paid with went back: it holds as before, and says so, for its agency to decide."""
    told = event.message
    found = await _of(tx, told.payment) if told.refunded.units >= told.payment.amount.units else None
    if found is None or not found.shown or events.request(found) != told.payment.request:
        return
    await store.note_once(
        tx, store.Step(UUID(told.refund), found.id, "refund", Party.SYSTEM, "", "", told.payment.code, tx.now)
    )


async def _closed(tx: Transaction, payment: payments_pb2.PaymentSummary) -> None:
    found = await _asked(tx, payment)
    if found is not None:
        await store.note_payment(tx, found.id, "")


async def _asked(tx: Transaction, payment: payments_pb2.PaymentSummary) -> Permit | None:
    """The permit whose fee this payment is, the last that was asked for, while it waits for it; locked."""
    found = await _of(tx, payment)
    waits = found is not None and found.state is State.PAYABLE and events.request(found) == payment.request
    return found if waits else None


async def _of(tx: Transaction, payment: payments_pb2.PaymentSummary) -> Permit | None:
    """The permit whose fee this payment is, locked."""
    if not events.is_fee(payment.requester, payment.purpose):
        return None
    return await access.written(tx, events.code_of(payment.request), lock=True)
