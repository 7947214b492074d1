"""What tickets do when economy gives money back that nobody asked for here: an officer did, at the money desk."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.branding.cancellations import actions
from services.branding.orders import model
from services.kit.database import Transaction
from services.kit.events import Event
from smartcity.economy.v1 import events_pb2


async def before_payments_refunded(tx: Transaction, events: Sequence[Event[Any]]) -> None:
    """Locks a batch's orders, their tickets and seats: one by one they would come in another order."""
    await actions.hold(tx, {id_ for event in events if (id_ := _by_hand(tx, event.message)) is not None})


async def before_refunds_rejected(tx: Transaction, events: Sequence[Event[Any]]) -> None:
    """The same for what was refused."""
    await actions.hold(tx, {id_ for event in events if (id_ := _given(tx, event.message)) is not None})


async def on_payment_refunded(tx: Transaction, event: Event[events_pb2.PaymentRefunded]) -> None:
    """It is counted; all of it ends the tickets. The same event twice changes nothing."""
    if (order := _by_hand(tx, event.message)) is not None:
        await actions.given_by_hand(tx, order, event.message.refunded.units)


async def on_refund_rejected(tx: Transaction, event: Event[events_pb2.RefundRejected]) -> None:
    """What has gone back in all is told with it: what a version before did not count is counted now. It does not wait
    behind answers that are set aside: those to other refunds may come after it.
    """
    told = event.message
    if (order := _given(tx, told)) is not None:
        await actions.given_by_hand(tx, order, told.refunded.units, refused=told.reference)


def _by_hand(tx: Transaction, told: events_pb2.PaymentRefunded) -> UUID | None:
    """The order of ours that a refund is of; None where we asked for it."""
    ours = told.payment.requester == tx.runtime.pillar and not told.reference
    return model.read_request(told.payment.request) if ours else None


def _given(tx: Transaction, told: events_pb2.RefundRejected) -> UUID | None:
    """The order of ours that something was given back of; None where nothing was."""
    ours = told.payment.requester == tx.runtime.pillar and told.refunded.units > 0
    return model.read_request(told.payment.request) if ours else None
