"""Refunds that the bank made and nobody here knew of, as after a restore: the money is gone, so they are booked."""

from services.economy.ledger.model import refused
from services.economy.payments import actions as payments
from services.economy.refunds import actions, model, moving, store
from services.economy.refunds.model import Refund, State, Way
from services.economy.settlement import covering
from services.kit import ids
from services.kit.database import Transaction

REASON = "given back by the bank"
"""What is kept as why; pages say it in their reader's words (``Refund.by_bank``)."""


async def book(tx: Transaction, code: str, reference: str, amount: int, currency: str) -> Refund | None:
    """Writes down what the bank gave back of the payment that it names; the same reference again changes nothing.

    None where nothing is left of such a payment, and while it may be something else: a refund of it that is under way,
    or money in suspense that came for it. Locks the payment, then the accounts. Errors: PAYMENT_NOT_FOUND, and of the
    ledger, INSUFFICIENT_FUNDS where the payee does not hold it.
    """
    payment = await payments.find(tx, code, lock=True)
    known = await store.by_provider_reference(tx, reference)
    if known is not None:
        return known
    live, _ = await store.live(tx, payment.id)
    fits = payment.is_paid and not payment.exercise and currency == payment.currency
    if not fits or model.way_of(payment) is not Way.BANK or not 0 < amount <= payment.amount - live:
        return None
    if await store.is_another_likely(tx, payment.id):
        return None
    payee, merchant = await moving.locked_payee(tx, payment), await payments.merchant_of(tx, payment)
    if amount > payee.available + await covering.spare(tx, payment, merchant):
        raise refused("INSUFFICIENT_FUNDS")
    refund = Refund(
        id=ids.uuid7(),
        payment=payment.id,
        merchant=payment.merchant,
        state=State.DONE,
        way=Way.BANK,
        amount=amount,
        reason=REASON,
        requested_by=tx.caller.subject,
        provider_reference=reference,
        created_at=tx.now,
        updated_at=tx.now,
    )
    await covering.cover(tx, refund.id, amount, payment, payee, merchant)
    made, _ = await actions.finish(tx, payment, refund)
    return made
