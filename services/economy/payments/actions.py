"""What can be done with a payment by any room: create it, find it, capture what the bank brought."""

import hashlib
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

from services.economy.ledger import actions as ledger
from services.economy.ledger.model import city_account, refused
from services.economy.merchants import store as merchants
from services.economy.merchants.model import Merchant
from services.economy.payments import events, model, store, suspense, suspense_store
from services.economy.payments.model import Method, Notice, Payment, State
from services.economy.payments.suspense_model import Reason
from services.economy.resources import resources
from services.economy.terms import terms_of
from services.kit.database import Transaction
from services.kit.errors import invalid, precondition
from services.kit.ids import uuid7

_ATTEMPTS = 4
_LOCK = "SELECT pg_advisory_xact_lock($1)"


class Outcome(Enum):
    """What became of a notice."""

    CAPTURED = "captured"
    REPEATED = "repeated"
    SUSPENDED = "suspended"


async def create(
    tx: Transaction,
    *,
    merchant: Merchant | None,
    amount: int,
    purpose: str,
    description: str,
    payee: UUID | None = None,
    terminal: str = "",
    payer: str = "",
    bill: str = "",
    requester: str = "",
    request: str = "",
    area: str = "",
    sector: str = "",
    expires_at: datetime | None = None,
    correlation: str = "",
    exercise: bool = False,
    creator: str = "",
) -> Payment:
    """Creates a payment of ``amount`` whole units to a merchant, or (None) into the account ``payee``.

    What a pillar asks for again under its own reference is answered with the payment that is there. Errors:
    AMOUNT_INVALID, PURPOSE_INVALID, DESCRIPTION_TOO_LONG, MERCHANT_NOT_PAYABLE, TERMINAL_UNKNOWN.
    """
    if requester:
        known = await store.by_request(tx, requester, request)
        if known is not None:
            return known
    if amount <= 0:
        raise invalid("AMOUNT_INVALID", "Give an amount of at least one whole unit.", field="amount")
    model.check_particulars(purpose, description)
    if merchant is not None:
        await _require_payable(tx, merchant, terminal)
        payee, area, sector = merchant.account, area or merchant.area, sector or merchant.sector
    if payee is None:
        raise ValueError("a payment without a merchant needs a payee")
    id_ = uuid7()
    usual = timedelta(minutes=terms_of(tx.runtime.city).payment_minutes)
    for _ in range(_ATTEMPTS):
        payment = Payment(
            id=id_,
            code=model.new_code(tx.runtime.city.code_prefix),
            merchant=merchant.id if merchant else None,
            payee=payee,
            terminal=terminal,
            creator=creator,
            payer=payer,
            currency=tx.runtime.city.currency,
            amount=amount,
            purpose=purpose,
            description=description,
            bill=bill,
            requester=requester,
            request=request,
            area=area,
            sector=sector,
            correlation=correlation or str(id_),
            exercise=exercise,
            created_at=tx.now,
            updated_at=tx.now,
            expires_at=expires_at or tx.now + usual,
        )
        if await store.add(tx, payment):
            events.tell(tx, payment, events.created(payment))
            return payment
    raise RuntimeError(f"{_ATTEMPTS} random codes were all taken")


async def find(tx: Transaction, name: str, *, lock: bool = False) -> Payment:
    """A payment by its id or code. Errors: PAYMENT_NOT_FOUND."""
    id_, code = model.read_name(name, tx.runtime.city.code_prefix)
    payment = await store.by_id(tx, id_, lock=lock) if id_ else None
    if payment is None and code:
        payment = await store.by_code(tx, code, lock=lock)
    if payment is None:
        raise model.unknown()
    return payment


async def merchant_of(tx: Transaction, payment: Payment) -> Merchant | None:
    """Whom it pays; None for a top-up."""
    return await merchants.by_id(tx, payment.merchant) if payment.merchant else None


async def withdraw(tx: Transaction, payment: Payment) -> Payment:
    """Cancels a payment that the caller has locked; a QRIS of it is cancelled at the acquirer by itself soon after.

    Errors: PAYMENT_ALREADY_PAID, PAYMENT_CANCELLED, PAYMENT_EXPIRED.
    """
    moved = model.cancel(payment, tx.now)
    await store.save(tx, moved)
    events.tell(tx, moved, events.cancelled(moved))
    return moved


async def expire(tx: Transaction, payment: Payment) -> Payment:
    """Lets a payment expire."""
    moved = model.expire(payment, tx.now)
    await store.save(tx, moved)
    events.tell(tx, moved, events.expired(moved))
    return moved


async def capture_cash(tx: Transaction, payment: Payment) -> Payment:
    """Captures what the caller took in cash. Errors: those of ``require_payable``, and of the ledger."""
    model.require_payable(payment, tx.now)
    source = city_account("cash", payment.currency)
    await ledger.transfer(tx, *model.capture_transfers(payment, source, 0))
    return await _captured(tx, model.capture(payment, Method.CASH, tx.now, taken_by=tx.caller.subject))


async def capture_notice(tx: Transaction, notice: Notice) -> Outcome:
    """Captures what the acquirer says has come; what belongs to no payment goes into suspense.

    Once per ``provider_reference``, also when several processes hear it at the same time. Errors: REFERENCE_MISSING,
    AMOUNT_INVALID, CURRENCY_UNKNOWN.
    """
    _check(tx, notice)
    await tx.execute(_LOCK, _lock_number(notice.provider_reference))
    payment = await _linked(tx, notice)
    if await _is_known(tx, notice):
        return Outcome.REPEATED
    if payment is None and notice.static and not notice.code:
        return await _capture_static(tx, notice)
    reason = _misfit(payment, notice)
    if payment is None or reason is not None:
        return await _suspend(tx, notice, reason or Reason.UNLINKED, payment)
    return await _capture_qris(tx, payment, notice, Method.QRIS_DYNAMIC)


def _misfit(payment: Payment | None, notice: Notice) -> Reason | None:
    """Why the money cannot be taken for what it seems to be."""
    if payment is None:
        return Reason.UNLINKED
    if payment.is_paid:
        return Reason.PAID_BEFORE
    if payment.state in (State.EXPIRED, State.CANCELLED):
        return Reason.LATE
    return Reason.AMOUNT if notice.amount != payment.amount else None


async def _linked(tx: Transaction, notice: Notice) -> Payment | None:
    """The payment that a notice speaks of, locked; none when code and reference speak of different ones."""
    by_reference = await store.by_provider_reference(tx, notice.provider_reference)
    if not notice.code:
        return await store.by_id(tx, by_reference.id, lock=True) if by_reference else None
    _, code = model.read_name(notice.code, tx.runtime.city.code_prefix)
    payment = await store.by_code(tx, code, lock=True) if code else None
    return None if payment and by_reference and payment.id != by_reference.id else payment


async def _is_known(tx: Transaction, notice: Notice) -> bool:
    """Whether the money of a notice was captured or suspended before."""
    payment = await store.by_provider_reference(tx, notice.provider_reference)
    if payment is not None and payment.is_paid and payment.method.is_qris:
        return True
    return await suspense_store.by_provider_reference(tx, notice.provider_reference) is not None


async def _capture_static(tx: Transaction, notice: Notice) -> Outcome:
    """A printed QRIS was paid: a new payment, captured at once."""
    merchant = await merchants.by_nmid(tx, notice.nmid) if notice.nmid else None
    if merchant is None:
        return await _suspend(tx, notice, Reason.UNLINKED, None)
    if not merchant.is_payable:
        return await _suspend(tx, notice, Reason.REFUSED, None)
    known = {terminal.label for terminal in await merchants.terminals(tx, merchant.id)}
    payment = await create(
        tx,
        merchant=merchant,
        amount=notice.amount,
        purpose="sale",
        description="",
        terminal=notice.terminal if notice.terminal in known else "",
        exercise=merchant.exercise,
    )
    return await _capture_qris(tx, payment, notice, Method.QRIS_STATIC)


async def _capture_qris(tx: Transaction, payment: Payment, notice: Notice, method: Method) -> Outcome:
    """Takes the money from the bank's to the payee; what its account cannot take is suspended."""
    merchant = await merchant_of(tx, payment)
    fee = terms_of(tx.runtime.city).fee(merchant.fee_size, payment.amount) if merchant else 0
    source = city_account(method.source, payment.currency)
    (verdict,) = await ledger.post(tx, [model.capture_transfers(payment, source, fee)])
    if verdict.refusal is not None:
        if verdict.refusal not in suspense.PAYEES_REFUSALS:
            raise refused(verdict.refusal)
        return await _suspend(tx, notice, Reason.REFUSED, payment)
    provider = resources(tx.runtime).provider
    moved = model.capture(
        payment,
        method,
        tx.now,
        fee=fee,
        provider=payment.provider or (provider.name if provider else ""),
        provider_reference=notice.provider_reference,
    )
    await _captured(tx, moved)
    return Outcome.CAPTURED


async def _captured(tx: Transaction, payment: Payment) -> Payment:
    await store.save(tx, payment)
    events.tell(tx, payment, events.captured(payment))
    return payment


async def _suspend(tx: Transaction, notice: Notice, reason: Reason, payment: Payment | None) -> Outcome:
    await suspense.suspend(tx, reason, notice.amount, notice.currency, notice.provider_reference, payment)
    return Outcome.SUSPENDED


async def _require_payable(tx: Transaction, merchant: Merchant, terminal: str) -> None:
    if not merchant.is_payable:
        message = "This merchant cannot be paid now; it is not taken on, or was stopped. Its desk says why."
        raise precondition("MERCHANT_NOT_PAYABLE", message, field="merchant")
    if terminal and terminal not in {known.label for known in await merchants.terminals(tx, merchant.id)}:
        message = "The merchant has no till with this label. Add it at the desk, or leave it out."
        raise invalid("TERMINAL_UNKNOWN", message, field="terminal")


def _check(tx: Transaction, notice: Notice) -> None:
    if not notice.provider_reference:
        raise invalid("REFERENCE_MISSING", "A notice names the bank's own reference.", field="provider_reference")
    if notice.amount <= 0:
        raise invalid("AMOUNT_INVALID", "Money that came is at least one whole unit.", field="amount")
    if notice.currency != tx.runtime.city.currency:
        raise invalid("CURRENCY_UNKNOWN", f"The city's currency is {tx.runtime.city.currency}.", field="currency")


def _lock_number(reference: str) -> int:
    digest = hashlib.sha256(b"notice\0" + reference.encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)
