"""What can be done with a payment: create it, find it, take cash, cancel it. Money of the bank: ``captures``."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from services.economy import access
from services.economy.acts import actions as acts
from services.economy.acts.model import What
from services.economy.ledger import actions as ledger
from services.economy.ledger.model import city_account
from services.economy.merchants import store as merchants
from services.economy.merchants.model import Merchant
from services.economy.payments import events, model, store
from services.economy.payments.model import Method, Payment, State
from services.economy.payments.store import Filter
from services.economy.permits import access as permits
from services.economy.terms import terms_of
from services.economy.wallets import model as wallet_model
from services.economy.wallets import store as wallets
from services.kit import ids
from services.kit.database import Transaction
from services.kit.database.table import Page
from services.kit.errors import forbidden, invalid, not_found, precondition
from services.kit.interest import require_disinterested
from services.kit.rpc import etag as etags

USUAL_PURPOSE = "sale"
_ATTEMPTS = 4


async def create(
    tx: Transaction,
    *,
    merchant: Merchant | None,
    amount: int,
    purpose: str,
    description: str,
    description_en: str = "",
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
    model.check_particulars(purpose, description, description_en)
    if merchant is not None:
        await _require_payable(tx, merchant, terminal)
        payee, area, sector = merchant.account, area or merchant.area, sector or merchant.sector
        if exercise:
            payee = await ledger.for_drills(tx, merchant.account, merchant.owner)
    if payee is None:
        raise ValueError("a payment without a merchant needs a payee")
    id_ = ids.uuid7()
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
            description_en=description_en,
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
            events.emit(tx, payment, events.created(payment))
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


async def payers(tx: Transaction, payment: Payment) -> frozenset[str]:
    """Subjects whose money it is or was: who is to pay or has paid, whose wallet is filled, whose permit it is for, who
    ordered what it is for.
    """
    filled = "" if payment.merchant else (await ledger.account(tx, payment.payee)).owner
    applied = await permits.whose_fee(tx, payment.requester, payment.purpose, payment.request)
    return frozenset({payment.payer, payment.paid_by, payment.buyer, filled, applied} - {""})


async def concerned(tx: Transaction, payment: Payment, merchant: Merchant | None) -> frozenset[str]:
    """Subjects whose matter it is: whose money, and whose business is paid."""
    owner = merchant.owner if merchant else ""
    return await payers(tx, payment) | (frozenset({owner}) if owner else frozenset())


async def withdraw(tx: Transaction, payment: Payment, reason: str = "") -> Payment:
    """Cancels a payment that the caller has locked; a QRIS of it is cancelled at the acquirer by itself soon after.
    ``reason`` says to the pillar that asked for it why it was not collected.

    Errors: PAYMENT_ALREADY_PAID, PAYMENT_CANCELLED, PAYMENT_EXPIRED.
    """
    moved = model.cancel(payment, tx.now)
    await store.save(tx, moved)
    events.emit(tx, moved, events.cancelled(moved, reason))
    return moved


async def call_off(tx: Transaction, payment: Payment | None, reason: str = "") -> None:
    """Cancels a payment that the caller has locked where nobody has paid it: what it was for is no more."""
    if payment is not None and payment.state in (State.CREATED, State.PENDING):
        await withdraw(tx, payment, reason)


async def expire(tx: Transaction, payment: Payment) -> Payment:
    """Lets a payment expire."""
    moved = model.expire(payment, tx.now)
    await store.save(tx, moved)
    events.emit(tx, moved, events.expired(moved))
    return moved


async def capture_cash(tx: Transaction, payment: Payment) -> Payment:
    """Captures what the caller took in cash.

    Errors: those of ``require_payable`` and of ``require_nothing_aside``, and of the ledger.
    """
    model.require_payable(payment, tx.now)
    await require_nothing_aside(tx, payment.bill)
    source = city_account("cash", payment.currency, exercise=payment.exercise)
    await ledger.transfer(tx, *model.capture_transfers(payment, source, 0))
    return await captured(tx, model.capture(payment, Method.CASH, tx.now, taken_by=tx.caller.subject))


async def require_nothing_aside(tx: Transaction, bill: str) -> None:
    """That no money which came for the bill of that number waits in suspense. Errors: PAID_OTHERWISE."""
    if await store.bills_aside(tx, [bill]):
        raise model.paid_otherwise()


async def capture_agreed(tx: Transaction, payment: Payment) -> Payment:
    """Captures what its payer agreed to before, from their wallet, with nobody there.

    Errors: WALLETS_OFF, DRILL_BY_WALLET, WALLET_MISSING and those of ``require_payable`` and of the ledger.
    """
    wallet_model.require_on(terms_of(tx.runtime.city).wallets)
    if payment.exercise:
        raise model.drill()
    model.require_payable(payment, tx.now)
    wallet = await wallets.by_subject(tx, payment.payer) if payment.payer else None
    if wallet is None:
        raise wallet_model.missing()
    await ledger.transfer(tx, *model.capture_transfers(payment, wallet.account, 0))
    return await captured(tx, model.capture(payment, Method.WALLET, tx.now, paid_by=payment.payer))


async def captured(tx: Transaction, payment: Payment) -> Payment:
    """Writes a payment that was paid, and tells of it."""
    await store.save(tx, payment)
    events.emit(tx, payment, events.captured(payment, tx.runtime.city))
    return payment


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

    It can be paid for so many ``seconds``, the city's usual time for 0. Only staff run drills (``exercise``). Errors:
    MERCHANT_NOT_FOUND, MERCHANT_OF_OTHERS, DRILL_FOR_STAFF, AMOUNT_TOO_LARGE and those of ``create``.
    """
    found = await _merchant(tx, merchant, staying=True)
    if not access.may_act_for(tx, found):
        raise forbidden("MERCHANT_OF_OTHERS", "Only the merchant's owner or its agency may ask for money.")
    if exercise and not access.is_staff(tx):
        raise forbidden("DRILL_FOR_STAFF", "Only staff of the city run drills. Leave `exercise` out.", field="exercise")
    if amount > model.QRIS_MOST:
        message = f"One payment is at most {model.QRIS_MOST}: no QRIS carries more. Ask for it in parts."
        raise invalid("AMOUNT_TOO_LARGE", message, field="amount")
    made = await create(
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
    """Whether the caller is payer, payee or treasury, who see fee and correlation."""
    paid = tx.caller.subject in (payment.payer, payment.paid_by) and not tx.caller.has("anonymous")
    own = paid or _asked_for_it(tx, payment, merchant)
    return own or access.is_treasury(tx) or (merchant is not None and access.may_act_for(tx, merchant))


def is_payer(tx: Transaction, payment: Payment) -> bool:
    """Whether the caller has paid it, is whose login it was asked of, or asked for it to pay a bill. Its code the
    agency knows, too.
    """
    asked = payment.creator if payment.bill else ""
    return tx.caller.subject in (payment.payer, payment.paid_by, asked) and not tx.caller.has("anonymous")


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
    merchant = await merchant_of(tx, payment)
    may = access.may_act_for(tx, merchant) if merchant else access.is_treasury(tx)
    if not may and not _asked_for_it(tx, payment, merchant):
        raise forbidden("PAYMENT_OF_OTHERS", "Only who asked for this payment may cancel it.")
    etags.require(etag, payment.version)
    model.cancel(payment, tx.now)


async def cancel(tx: Transaction, name: str, etag: str) -> Payment:
    """Cancels a payment. Errors: PAYMENT_NOT_FOUND and those of ``require_cancellable``."""
    payment = await find(tx, name, lock=True)
    await require_cancellable(tx, payment, etag)
    return await withdraw(tx, payment)


async def record_cash(tx: Transaction, name: str, etag: str = "") -> Payment:
    """Records cash that the caller took, at a counter of the own agency; for a top-up at the treasury.

    Errors: PAYMENT_NOT_FOUND, CASH_AT_COUNTERS_ONLY, COUNTER_OF_OTHERS, TREASURY_ONLY, OWN_MATTER,
    STALE_ETAG, MERCHANT_NOT_PAYABLE and those of ``capture_cash``.
    """
    payment = await find(tx, name, lock=True)
    merchant = await merchant_of(tx, payment)
    if merchant is None:
        access.require_treasury(tx)
    elif not merchant.is_counter:
        message = "Cash is recorded at the city's counters only; a business keeps its own till."
        raise precondition("CASH_AT_COUNTERS_ONLY", message)
    elif not access.may_act_for(tx, merchant):
        raise forbidden("COUNTER_OF_OTHERS", "Only an officer of the counter's agency may record cash here.")
    elif not merchant.is_payable:
        raise precondition("MERCHANT_NOT_PAYABLE", "This counter is closed now.")
    require_disinterested(tx.caller, *await payers(tx, payment))
    etags.match(etag, payment.version)
    await acts.note(tx, What.CASH_TAKEN, payment.code, payment.amount, exercise=payment.exercise)
    return await capture_cash(tx, payment)


def _asked_for_it(tx: Transaction, payment: Payment, merchant: Merchant | None) -> bool:
    """Whether the caller has asked for a payment as themselves. What an officer asks for at a counter is its agency's:
    who has left the agency has no part in it.
    """
    if merchant is not None and merchant.is_counter and not payment.bill:
        return False
    return payment.creator == tx.caller.subject and not tx.caller.has("anonymous")


async def _require_payable(tx: Transaction, merchant: Merchant, terminal: str) -> None:
    if not merchant.is_payable:
        message = "This merchant cannot be paid now; it is not taken on, or was stopped. Its desk says why."
        raise precondition("MERCHANT_NOT_PAYABLE", message, field="merchant")
    if terminal and terminal not in {known.label for known in await merchants.terminals(tx, merchant.id)}:
        message = "The merchant has no till with this label. Add it at the desk, or leave it out."
        raise invalid("TERMINAL_UNKNOWN", message, field="terminal")


async def _merchant(tx: Transaction, name: str, *, staying: bool = False) -> Merchant:
    """A merchant that the caller may see; ``staying`` one that nobody ends meanwhile."""
    known, find = ids.parse(name), merchants.staying if staying else merchants.by_id
    found = await find(tx, known) if known else None
    if found is None or not access.may_see(tx, found):
        raise not_found("MERCHANT_NOT_FOUND", "There is no such merchant for you; give its id.", field="merchant")
    return found
