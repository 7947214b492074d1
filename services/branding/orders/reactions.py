"""What orders do when economy answers. An answer that came before, or is for none of ours, changes nothing."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.branding.orders import actions, model, store
from services.branding.orders.model import State
from services.branding.sales import store as sales
from services.kit.database import Transaction
from services.kit.events import Event
from smartcity.economy.v1 import events_pb2
from smartcity.economy.v1.payments_pb2 import PaymentSummary


async def before_payments_captured(tx: Transaction, events: Sequence[Event[Any]]) -> None:
    """Locks a batch's orders, then their seats, then their sales, each in the order of their ids: one by one they would
    come in another.
    """
    wanted = {id_ for event in events if (id_ := _asked(tx, event.message.payment)) is not None}
    orders = await store.lock(tx, wanted)
    lines = await store.lines_of(tx, orders)
    await sales.lock_seats(tx, {line.seats for each in lines.values() for line in each})
    await sales.alive(tx, {one.sale for one in orders.values()})


async def on_payment_created(tx: Transaction, event: Event[events_pb2.PaymentCreated]) -> None:
    """It is known where the order is paid."""
    if (order := _asked(tx, event.message.payment)) is not None:
        await actions.note_payment(tx, order, event.message.payment.code)


async def on_payment_captured(tx: Transaction, event: Event[events_pb2.PaymentCaptured]) -> None:
    """It is paid: tickets, or the money goes back."""
    if (order := _asked(tx, event.message.payment)) is not None:
        await actions.capture(tx, order, event.message.payment.code)


async def on_payment_cancelled(tx: Transaction, event: Event[events_pb2.PaymentCancelled]) -> None:
    """It cannot be paid: the seats are free."""
    if (order := _asked(tx, event.message.payment)) is not None:
        await actions.refuse(tx, [order], event.message.reason or "PAYMENT_CANCELLED")


async def on_payment_expired(tx: Transaction, event: Event[events_pb2.PaymentExpired]) -> None:
    """It was not paid in time."""
    if (order := _asked(tx, event.message.payment)) is not None:
        await actions.end(tx, [order], State.EXPIRED, "PAYMENT_EXPIRED")


def _asked(tx: Transaction, payment: PaymentSummary) -> UUID | None:
    return model.read_request(payment.request) if payment.requester == tx.runtime.pillar else None
