"""What payments do when a pillar asks that something be paid, or not any more. The same twice changes nothing."""

from collections.abc import Sequence
from datetime import UTC
from uuid import NAMESPACE_URL, uuid5

import structlog

from services.economy import money
from services.economy.ledger import actions as ledger
from services.economy.merchants import store as merchants
from services.economy.payments import actions, events, store
from services.economy.payments.model import Payment, State
from services.economy.wallets import store as wallets
from services.kit.database import Transaction
from services.kit.errors import DomainError, invalid
from services.kit.events import Event
from smartcity.types.v1 import payments_pb2
from smartcity.types.v1.payments_pb2 import PaymentRequestWithdrawn as Withdrawn

_log = structlog.get_logger()


async def before_payments_requested(tx: Transaction, asked: Sequence[Event[payments_pb2.PaymentRequested]]) -> None:
    """Locks what a batch moves money between, in the ledger's order: one after the other they would come in another."""
    collected = [event.message for event in asked if event.message.from_wallet and event.message.payer]
    if not collected:
        return
    counters = [await merchants.counter_of(tx, agency) for agency in sorted({one.agency for one in collected})]
    payers = await wallets.of_subjects(tx, {one.payer for one in collected})
    await ledger.lock(tx, {*(one.account for one in counters if one is not None), *(one.account for one in payers)})


async def on_payment_requested(tx: Transaction, event: Event[payments_pb2.PaymentRequested]) -> None:
    """Creates the payment under the asker's correlation, and takes it from the payer's wallet if they agreed.

    What cannot be collected is answered by PaymentCancelled, and by the same whenever it is asked for again: whoever
    asked may have been paid otherwise since.
    """
    asked, requester = event.message, event.publisher
    made, reason = None, await store.declined(tx, requester, asked.request)
    if reason is None:
        try:
            made = await _made(tx, event)
        except DomainError as refusal:
            reason = refusal.reason
            _log.warning("a payment that was asked for is declined", requester=requester, reason=reason)
            if asked.request:
                await store.decline(tx, requester, asked.request, reason)
    if reason is not None:
        tx.emit(
            events.declined(asked, requester, reason),
            aggregate=str(uuid5(NAMESPACE_URL, f"smartcity:declined:{requester}:{asked.request}")),
            version=1,
            correlation=event.correlation,
            exercise=event.exercise,
        )
    elif made is not None and asked.from_wallet and made.state is State.CREATED:
        await _collect(tx, made)


async def before_requests_withdrawn(tx: Transaction, told: Sequence[Event[Withdrawn]]) -> None:
    """Locks a batch's payments in the order of their ids."""
    found = [await store.by_request(tx, event.publisher, event.message.request) for event in told]
    for id_ in sorted(one.id for one in found if one is not None):
        await store.by_id(tx, id_, lock=True)


async def on_request_withdrawn(tx: Transaction, event: Event[Withdrawn]) -> None:
    """Withdraws what is not paid yet. Whoever pays at this moment is waited for: then it stays paid."""
    known = await store.by_request(tx, event.publisher, event.message.request)
    payment = await store.by_id(tx, known.id, lock=True) if known else None
    await actions.call_off(tx, payment, event.message.reason)


async def _made(tx: Transaction, event: Event[payments_pb2.PaymentRequested]) -> Payment:
    """The payment that is asked for. Errors: AGENCY_UNKNOWN, REQUEST_MISSING and those of ``actions.create``."""
    asked = event.message
    counter = await merchants.counter_of(tx, asked.agency) if asked.agency else None
    if counter is None:
        raise invalid("AGENCY_UNKNOWN", "This agency has no counter that takes money.", field="agency")
    if not asked.request:
        raise invalid("REQUEST_MISSING", "A wish for a payment needs the asker's own reference.", field="request")
    return await actions.create(
        tx,
        merchant=counter,
        amount=money.read(asked.amount, tx.runtime.city.currency, "amount"),
        purpose=asked.purpose,
        description=asked.description,
        description_en=asked.description_en,
        payer=asked.payer,
        creator=asked.buyer,
        requester=event.publisher,
        request=asked.request,
        area=asked.area if tx.runtime.city.area(asked.area) else "",
        expires_at=asked.expire_time.ToDatetime(UTC) if asked.HasField("expire_time") else None,
        correlation=event.correlation,
        exercise=event.exercise,
    )


async def _collect(tx: Transaction, payment: Payment) -> None:
    """Takes it from the payer's wallet at once, or withdraws it: nobody is asked to pay it otherwise."""
    try:
        await actions.capture_agreed(tx, payment)
    except DomainError as refusal:
        await actions.withdraw(tx, payment, refusal.reason)
