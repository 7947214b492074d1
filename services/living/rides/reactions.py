"""What rides do when economy answers, many answers at once, and when it gives a fare back. What came before, or is no
ride's, changes nothing.
"""

from collections.abc import Sequence
from typing import Any

from services.kit.database import Transaction
from services.kit.events import Event
from services.living.rides import actions, answers
from smartcity.economy.v1 import events_pb2


async def on_payments_answered(tx: Transaction, told: Sequence[Event[Any]]) -> None:
    """The fares are paid, or could not be taken."""
    read = [answers.read(tx, each.message) for each in told]
    ours = [each for each in read if each is not None]
    if ours:
        await actions.answered(tx, ours)


async def on_payment_captured(tx: Transaction, event: Event[events_pb2.PaymentCaptured]) -> None:
    """The fare is paid."""
    await on_payments_answered(tx, [event])


async def on_payment_cancelled(tx: Transaction, event: Event[events_pb2.PaymentCancelled]) -> None:
    """The fare could not be taken."""
    await on_payments_answered(tx, [event])


async def on_payment_expired(tx: Transaction, event: Event[events_pb2.PaymentExpired]) -> None:
    """The fare was not taken in time."""
    await on_payments_answered(tx, [event])


async def on_payment_refunded(tx: Transaction, event: Event[events_pb2.PaymentRefunded]) -> None:
    """The fare was given back, or a part of it."""
    if told := answers.read_refund(tx, event.message):
        await actions.refunded(tx, told)
