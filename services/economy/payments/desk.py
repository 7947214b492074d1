"""What a merchant's desk does with payments: open, look, list, cancel, take cash."""

from collections.abc import Sequence
from datetime import timedelta

from services.economy import access
from services.economy.merchants import store as merchants
from services.economy.merchants.model import Merchant
from services.economy.payments import actions, model, store
from services.economy.payments.model import Payment, State
from services.economy.payments.store import Filter
from services.kit import ids
from services.kit.database import Transaction
from services.kit.database.table import Page
from services.kit.errors import forbidden, invalid, not_found, precondition
from services.kit.rpc import etag as etags

USUAL_PURPOSE = "sale"


async def open_payment(
    tx: Transaction,
    merchant: str,
    amount: int,
    *,
    terminal: str = "",
    purpose: str = "",
    description: str = "",
    seconds: int = 0,
    exercise: bool = False,
) -> tuple[Payment, Merchant]:
    """A payment of ``amount`` whole units to a merchant that the caller acts for.

    It can be paid for so many ``seconds``, the city's usual time for 0. Errors: MERCHANT_NOT_FOUND, MERCHANT_OF_OTHERS,
    AMOUNT_TOO_LARGE and those of ``actions.create``.
    """
    found = await _merchant(tx, merchant)
    if not access.may_act_for(tx, found):
        raise forbidden("MERCHANT_OF_OTHERS", "Only the merchant's owner or its agency may ask for money.")
    if amount > model.QRIS_MOST:
        message = f"One payment is at most {model.QRIS_MOST}: no QRIS carries more. Ask for it in parts."
        raise invalid("AMOUNT_TOO_LARGE", message, field="amount")
    made = await actions.create(
        tx,
        merchant=found,
        amount=amount,
        purpose=purpose or USUAL_PURPOSE,
        description=description,
        terminal=terminal,
        creator=tx.caller.subject,
        expires_at=tx.now + timedelta(seconds=seconds) if seconds else None,
        exercise=exercise or found.exercise,
    )
    return made, found


def is_inside(tx: Transaction, payment: Payment, merchant: Merchant | None) -> bool:
    """Whether the caller is payer, payee or treasury, who see fee and story."""
    own = tx.caller.subject in (payment.payer, payment.paid_by, payment.creator) and not tx.caller.has("anonymous")
    return own or access.is_treasury(tx) or (merchant is not None and access.may_act_for(tx, merchant))


async def page(
    tx: Transaction, merchant: str, states: Sequence[State], size: int, token: str
) -> tuple[Page[Payment], Merchant]:
    """One page of a merchant's payments in these states (none: in any), newest first.

    Errors: MERCHANT_NOT_FOUND, PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID.
    """
    found = await _merchant(tx, merchant)
    return await store.page(tx, Filter(found.id, tuple(states) or tuple(State)), size, token), found


async def require_cancellable(tx: Transaction, payment: Payment, etag: str) -> None:
    """Whether the caller may cancel a payment now: whoever asked for it, or acts for its merchant.

    Errors: PAYMENT_OF_OTHERS, ETAG_REQUIRED, STALE_ETAG, PAYMENT_ALREADY_PAID, PAYMENT_CANCELLED, PAYMENT_EXPIRED.
    """
    merchant = await actions.merchant_of(tx, payment)
    own = bool(payment.creator) and payment.creator == tx.caller.subject
    if not own and not (access.may_act_for(tx, merchant) if merchant else access.is_treasury(tx)):
        raise forbidden("PAYMENT_OF_OTHERS", "Only who asked for this payment may cancel it.")
    etags.require(etag, payment.version)
    model.cancel(payment, tx.now)


async def cancel(tx: Transaction, name: str, etag: str) -> Payment:
    """Cancels a payment. Errors: PAYMENT_NOT_FOUND and those of ``require_cancellable``."""
    payment = await actions.find(tx, name, lock=True)
    await require_cancellable(tx, payment, etag)
    return await actions.withdraw(tx, payment)


async def record_cash(tx: Transaction, name: str) -> Payment:
    """Records cash that the caller took, at a counter of the own agency; for a top-up at the treasury.

    Errors: PAYMENT_NOT_FOUND, CASH_AT_COUNTERS_ONLY, COUNTER_OF_OTHERS, TREASURY_ONLY, MERCHANT_NOT_PAYABLE and those
    of ``actions.capture_cash``.
    """
    payment = await actions.find(tx, name, lock=True)
    merchant = await actions.merchant_of(tx, payment)
    if merchant is None:
        access.require_treasury(tx)
    elif not merchant.is_counter:
        message = "Cash is recorded at the city's counters only; a business keeps its own till."
        raise precondition("CASH_AT_COUNTERS_ONLY", message)
    elif not access.may_act_for(tx, merchant):
        raise forbidden("COUNTER_OF_OTHERS", "Only an officer of the counter's agency may record cash here.")
    elif not merchant.is_payable:
        raise precondition("MERCHANT_NOT_PAYABLE", "This counter is closed now.")
    return await actions.capture_cash(tx, payment)


async def _merchant(tx: Transaction, name: str) -> Merchant:
    """A merchant that the caller may see."""
    known = ids.parse(name)
    found = await merchants.by_id(tx, known) if known else None
    if found is None or not access.may_see(tx, found):
        raise not_found("MERCHANT_NOT_FOUND", "There is no such merchant for you; give its id.", field="merchant")
    return found
