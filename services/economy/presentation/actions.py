"""The QRIS of a payment: made by the acquirer, shown, asked about, taken back; never within a transaction."""

from decimal import Decimal

import structlog

from services.economy.captures import actions as captures
from services.economy.captures.model import Notice
from services.economy.merchants import store as merchants
from services.economy.merchants.model import Merchant
from services.economy.payments import actions as payments
from services.economy.payments import model, store
from services.economy.payments.model import Payment, State
from services.economy.providers.model import Provider, ProviderAwayError, ProviderRefusedError, Qr, QrRequest, Status
from services.economy.qris.model import decode
from services.economy.resources import resources
from services.economy.suspense import store as suspended
from services.economy.terms import terms_of
from services.kit.caller import Caller, Scope
from services.kit.database import Transaction
from services.kit.errors import DomainError, precondition, unavailable
from services.kit.runtime import Runtime

_log = structlog.get_logger()
_ELSE = "Pay in cash at the counter or from a wallet instead."


async def present(runtime: Runtime, caller: Caller, scope: Scope, name: str) -> Payment:
    """The payment with its QRIS, which is the same whenever it is asked for.

    Errors: PAYMENT_NOT_FOUND, PAYMENT_EXPIRED, PAYMENT_ALREADY_PAID, PAYMENT_CANCELLED, QRIS_AMOUNT_TOO_LARGE,
    PAID_OTHERWISE, MERCHANT_NOT_PAYABLE, PAYMENT_QRIS_USED, QRIS_NOT_AVAILABLE, PROVIDER_AWAY, PROVIDER_REFUSED,
    PROVIDER_LIED.
    """
    async with runtime.transaction(caller, scope) as tx:
        payment = await payments.find(tx, name, lock=True)
        moved = model.present(payment, tx.now)
        await payments.require_nothing_aside(tx, payment.bill)
        payee = await payments.merchant_of(tx, payment)
        if payee is not None:
            _require_payable(payee)
        if payment.qr:
            used = await suspended.by_provider_reference(tx, payment.provider_reference)
            if used is not None and used.held:
                raise model.qris_used()
            return payment
        provider, payee = await _way(tx, payment)
        if payment.state is State.CREATED:
            await store.save(tx, moved)
    qr = await _generate(provider, moved, payee)
    async with runtime.transaction(caller, scope) as tx:
        payment = await payments.find(tx, str(payment.id), lock=True)
        known = await store.by_provider_reference(tx, qr.provider_reference)
        if known is not None and known.id != payment.id:
            raise _lied(payment)
        if not payment.qr and not payment.provider_reference:
            touched = model.touch(payment, tx.now)
            payment = touched._replace(qr=qr.payload, provider=provider.name, provider_reference=qr.provider_reference)
            await store.save(tx, payment)
        refusal = model.unpayable(payment, tx.now)
    if refusal is not None:  # it was paid or cancelled meanwhile; what was kept is taken back by a timer
        raise refusal
    return payment


async def ask(runtime: Runtime, payment: Payment) -> None:
    """Asks the acquirer what became of a pending payment: captures it if paid, lets it expire if its time is over.

    While the acquirer does not answer, a payment waits for ``PATIENCE`` before it expires. What it said before the end
    says nothing of the end: it is asked once more.
    """
    at_its_end = payment.is_over(runtime.clock())
    status = await _query(resources(runtime).provider, payment)
    async with runtime.transaction() as tx:
        if status is not None and status.state == "paid":
            await _capture(tx, payment, status)
        found = await store.by_id(tx, payment.id, lock=True)
        if found is None or found.state is not State.PENDING or not found.is_over(tx.now):
            return
        if (status is not None and at_its_end) or tx.now >= found.expires_at + model.PATIENCE:
            await payments.expire(tx, found)


async def take_back(runtime: Runtime, payment: Payment) -> Payment:
    """Cancels the QRIS of a payment at the acquirer. If it was paid, that money is captured or suspended.

    When the acquirer does not answer it stays as it is, and a timer tries again until its time is over. Answers with
    the payment as it is then.
    """
    provider = resources(runtime).provider
    status: Status | None = None
    if provider is not None and not payment.is_over(runtime.clock()):
        try:
            await provider.cancel(payment.code, payment.provider_reference, payment.created_at)
        except ProviderAwayError:
            return payment
        except ProviderRefusedError:
            status = await _query(provider, payment)
            if status is None:
                return payment
    async with runtime.transaction() as tx:
        if status is not None and status.state == "paid":
            await _capture(tx, payment, status)
        await store.forget_qr(tx, payment.id)
        return await store.by_id(tx, payment.id) or payment


async def _way(tx: Transaction, payment: Payment) -> tuple[Provider, Merchant]:
    """The acquirer, and whose QRIS it is to make: a top-up is the treasury's."""
    provider = resources(tx.runtime).provider
    payee = await payments.merchant_of(tx, payment)
    if payment.merchant is None:
        payee = await merchants.counter_of(tx, terms_of(tx.runtime.city).treasury_agency)
    if provider is None or payee is None or not payee.has_qris:
        raise precondition("QRIS_NOT_AVAILABLE", f"There is no QRIS for this payment. {_ELSE}")
    _require_payable(payee)
    return provider, payee


def _require_payable(payee: Merchant) -> None:
    if not payee.is_payable:
        raise precondition("MERCHANT_NOT_PAYABLE", "This merchant cannot be paid now.")


async def _generate(provider: Provider, payment: Payment, payee: Merchant) -> Qr:
    request = QrRequest(
        code=payment.code,
        amount=payment.amount,
        currency=payment.currency,
        nmid=payee.nmid,
        pan=payee.pan,
        merchant_name=payee.name,
        terminal=payment.terminal,
        expires_at=payment.expires_at,
    )
    try:
        qr = await provider.generate(request)
    except ProviderAwayError as error:
        message = f"The bank does not answer. Ask for the QRIS again in a moment. {_ELSE}"
        raise unavailable("PROVIDER_AWAY", message) from error
    except ProviderRefusedError as error:
        raise precondition("PROVIDER_REFUSED", f"The bank makes no QRIS for this ({error.code}). {_ELSE}") from error
    if not qr.provider_reference or not _is_ours(qr.payload, request):
        raise _lied(payment)
    return qr


def _lied(payment: Payment) -> DomainError:
    _log.error("the bank answered with a QRIS that is not for this payment", payment=payment.code)
    message = f"The bank answered with a QRIS that is not for this payment, so it is not shown. {_ELSE}"
    return unavailable("PROVIDER_LIED", message)


def _is_ours(payload: str, request: QrRequest) -> bool:
    """Whether a QRIS is whole, and asks for our amount to our merchant."""
    try:
        qris = decode(payload)
    except DomainError:
        return False
    asked = qris.amount == Decimal(request.amount) and qris.currency == request.currency and qris.tip is None
    return asked and not qris.is_static and qris.nmid in ("", request.nmid)


async def _query(provider: Provider | None, payment: Payment) -> Status | None:
    """What the acquirer says of a payment; None when it does not answer."""
    if provider is None:
        return None
    try:
        return await provider.query(payment.code, payment.provider_reference, payment.created_at)
    except ProviderAwayError:
        return None
    except ProviderRefusedError as error:
        _log.warning("the bank says nothing about a payment", payment=payment.code, answer=error.code)
        return Status("unknown", 0, "")


async def _capture(tx: Transaction, payment: Payment, status: Status) -> None:
    """Takes a paid answer for what a notification would have told."""
    reference = status.provider_reference or payment.provider_reference
    if not reference:
        _log.error("the bank says paid and names no reference", payment=payment.code)
        return
    amount, told = status.amount or payment.amount, bool(status.amount)
    notice = Notice(reference, payment.code, amount, payment.currency, checked=told)
    await captures.capture(tx, notice)
