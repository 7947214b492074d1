"""Refunds that a pillar asks for: by its own rules, so no person decides on them here and none needs a second one.

It can ask for its own payments alone, for no more than was paid, and the money goes the way it came. What the night
took from a counter to the treasury comes back for it.
"""

from dataclasses import replace

from services.economy.ledger import actions as ledger
from services.economy.ledger.model import standing as standing_of
from services.economy.payments import actions as payments
from services.economy.payments import store as payment_store
from services.economy.payments.model import Payment
from services.economy.providers.model import ASK_AGAIN
from services.economy.refunds import actions, model, moving, store
from services.economy.refunds.model import Refund, Standing, State, Way
from services.economy.resources import resources
from services.economy.settlement import covering
from services.economy.terms import terms_of
from services.kit import ids
from services.kit.database import Transaction
from services.kit.errors import not_found


async def give_back(
    tx: Transaction, requester: str, request: str, reference: str, amount: int, reason: str, buyer: str = ""
) -> Refund | None:
    """Gives back what was paid under ``request``: to a wallet at once, the bank is asked within a second, and cash
    lies ready at the counter until an officer hands it out there.

    None where it was asked for before. ``buyer`` is who ordered it, where the pillar knows them yet: while it waits for
    somebody, they decide on none of it. Locks the payment, then the accounts. Errors: PAYMENT_NOT_FOUND, those of
    ``model.check`` and of the ledger.
    """
    payment = await payment_of(tx, requester, request, lock=True)
    if payment is None:
        raise not_found("PAYMENT_NOT_FOUND", "Nothing was paid under this reference.", field="request")
    if await store.by_reference(tx, requester, reference) is not None:
        return None
    provider = resources(tx.runtime).provider
    payee, merchant = await moving.locked_payee(tx, payment), await payments.merchant_of(tx, payment)
    available = payee.available + await covering.spare(tx, payment, merchant)
    live = await store.live(tx, payment.id)
    standing = Standing(*live, available, provider.name if provider else "", standing_of(payee), asked=True)
    checked = model.check(payment, amount, standing, terms_of(tx.runtime.city), tx.now)
    if checked.refusal is not None:
        raise checked.refusal
    refund = Refund(
        id=ids.uuid7(),
        payment=payment.id,
        merchant=payment.merchant,
        state=State.REQUESTED,
        way=checked.way,
        amount=amount,
        reason=reason,
        requested_by=tx.caller.subject,
        requester=requester,
        reference=reference,
        created_at=tx.now,
        updated_at=tx.now,
    )
    await covering.cover(tx, refund.id, amount, payment, payee, merchant)
    if checked.way is Way.WALLET:
        done, _ = await actions.finish(tx, payment, replace(refund, state=State.DONE))
        return done
    if buyer:
        await payment_store.know_buyer(tx, payment.id, buyer)
    refund = replace(refund, hold=model.hold_id(refund.id))
    await ledger.reserve(tx, model.hold_id(refund.id), payment.payee, amount, payment.code)
    if checked.way is Way.CASH:
        waiting, _ = await actions.wait(tx, payment, refund)
        return waiting
    # Marked as if it was asked for a while ago, so that the timer's next turn asks.
    refund = replace(refund, state=State.PROCESSING, asked_at=tx.now - ASK_AGAIN)
    await store.save(tx, refund)
    return refund


async def payment_of(tx: Transaction, requester: str, request: str, *, lock: bool = False) -> Payment | None:
    """The payment that a pillar asked for under its own reference."""
    found = await payment_store.by_request(tx, requester, request)
    return await payment_store.by_id(tx, found.id, lock=True) if found and lock else found
