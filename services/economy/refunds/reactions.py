"""What refunds do when a pillar asks that something be given back. The same request twice changes nothing."""

from collections.abc import Sequence
from uuid import NAMESPACE_URL, uuid5

import structlog

from services.economy import approval, money
from services.economy.ledger import actions as ledger
from services.economy.payments import store as payments
from services.economy.refunds import asked as asking
from services.economy.refunds import events, moving
from services.kit.database import Transaction
from services.kit.errors import DomainError
from services.kit.events import Event
from smartcity.types.v1.refunds_pb2 import PaymentRefundRequested as Asked

REASON = "asked for by the pillar that was paid"
_log = structlog.get_logger()


async def before_refunds_requested(tx: Transaction, asked: Sequence[Event[Asked]]) -> None:
    """Locks a batch's payments in the order of their ids, and then the accounts, as whoever pays does."""
    found = [await asking.payment_of(tx, _requester(event), event.message.request) for event in asked]
    known = {one.id: one for one in found if one is not None}
    for id_ in sorted(known):
        await payments.by_id(tx, id_, lock=True)
    await ledger.lock(tx, {account for one in known.values() for account in await moving.touched(tx, one)})


async def on_refund_requested(tx: Transaction, event: Event[Asked]) -> None:
    """Gives it back, or says by RefundRejected why it cannot be; of what cannot be nothing stays written."""
    asked, requester = event.message, _requester(event)
    try:
        amount = money.read(asked.amount, tx.runtime.city.currency, "amount")
        reason = approval.one_line(asked.reason) or REASON
        async with tx.savepoint():
            await asking.give_back(tx, requester, asked.request, asked.refund, amount, reason, asked.buyer)
    except DomainError as refusal:
        _log.warning("a refund that was asked for is declined", requester=requester, reason=refusal.reason)
        payment = await asking.payment_of(tx, requester, asked.request)
        tx.emit(
            events.refund_declined(asked, requester, payment, refusal.reason),
            aggregate=str(uuid5(NAMESPACE_URL, f"smartcity:refund declined:{requester}:{asked.refund}")),
            version=1,
            correlation=event.correlation,
            exercise=event.exercise,
        )


def _requester(event: Event[Asked]) -> str:
    return event.source.rpartition("/")[2]
