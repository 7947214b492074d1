"""Takes the money that the acquirer says has come, once."""

from services.economy.captures import model
from services.economy.captures.model import Notice, Outcome
from services.economy.ledger import actions as ledger
from services.economy.ledger.model import Transfer, city_account, refused
from services.economy.merchants import store as merchants
from services.economy.payments import actions
from services.economy.payments import model as payment_model
from services.economy.payments import store as payments
from services.economy.payments.model import Method, Payment
from services.economy.resources import resources
from services.economy.suspense import actions as suspense
from services.economy.suspense import store as suspended
from services.economy.suspense.model import Reason
from services.economy.terms import terms_of
from services.kit.database import Transaction


async def capture(tx: Transaction, notice: Notice) -> Outcome:
    """Captures what the acquirer says has come; what belongs to no payment goes into suspense.

    Once per ``provider_reference``, also when several processes hear it at the same time; what is in suspense counts as
    much as the acquirer says when it is asked, whatever it told before, and for the payment that it names at last.
    Errors: REFERENCE_MISSING, AMOUNT_INVALID, CURRENCY_UNKNOWN; ACCOUNT_FROZEN of an account of the city's own, while
    which nothing can be taken.
    """
    model.check(notice, tx.runtime.city.currency)
    await tx.one_at_a_time(f"notice of {notice.provider_reference}")
    payment, used = await _linked(tx, notice)
    if await _is_known(tx, notice):
        return await _correct(tx, notice, payment)
    if payment is None and notice.is_printed:
        return await _capture_static(tx, notice)
    reason = model.misfit(payment, notice)
    if payment is None or reason is not None:
        return await _suspend(tx, notice, reason or Reason.UNLINKED, payment or used)
    return await _capture_qris(tx, payment, notice, Method.QRIS_DYNAMIC)


async def _linked(tx: Transaction, notice: Notice) -> tuple[Payment | None, Payment | None]:
    """The payment that a notice speaks of, locked; none when code and reference do not speak of the same one: then the
    one whose QRIS was used, which is all that is sure, locked.
    """
    used = await payments.by_provider_reference(tx, notice.provider_reference)
    _, code = payment_model.read_name(notice.code, tx.runtime.city.code_prefix) if notice.code else (None, "")
    named = await payments.by_code(tx, code) if code else None
    found = used or named
    if found is None:
        return None, None
    locked = await payments.by_id(tx, found.id, lock=True)
    differ = used is not None and notice.code and (named is None or named.id != used.id)
    return (None, locked) if differ else (locked, None)


async def _is_known(tx: Transaction, notice: Notice) -> bool:
    """Whether the money of a notice was captured or suspended before."""
    payment = await payments.by_provider_reference(tx, notice.provider_reference)
    if payment is not None and payment.is_paid and payment.method.is_qris:
        return True
    return await suspended.by_provider_reference(tx, notice.provider_reference) is not None


async def _correct(tx: Transaction, notice: Notice, payment: Payment | None) -> Outcome:
    """Puts right how much is in suspense under a reference, and whose it is; what then fits a payment is captured out
    of it.
    """
    item = await suspense.correctable(tx, notice.provider_reference)
    if item is None or not model.says_more(item, notice, payment):
        return Outcome.REPEATED
    method, misfit = Method.QRIS_DYNAMIC, model.misfit(payment, notice) if payment else None
    if payment is None and notice.is_printed:
        method = Method.QRIS_STATIC
        payment, misfit = await _sale(tx, notice)
    transfers = await _transfers(tx, payment, method) if payment and misfit is None else []
    also = {side for one in transfers for side in (one.debit, one.credit)}
    item = await suspense.correct(tx, item, notice.amount, misfit, payment, notice.nmid, also)
    if payment is None or misfit is not None:
        return Outcome.CORRECTED
    if not await _take(tx, payment, notice, method):
        await suspense.keep(tx, item, Reason.REFUSED)
        return Outcome.CORRECTED
    await suspense.take_out(tx, item)
    return Outcome.CAPTURED


async def _capture_static(tx: Transaction, notice: Notice) -> Outcome:
    """A printed QRIS was paid: a new payment, captured at once."""
    payment, reason = await _sale(tx, notice)
    if payment is None or reason is not None:
        return await _suspend(tx, notice, reason or Reason.UNLINKED, None)
    return await _capture_qris(tx, payment, notice, Method.QRIS_STATIC)


async def _sale(tx: Transaction, notice: Notice) -> tuple[Payment | None, Reason | None]:
    """A new payment of the merchant whose printed QRIS was paid, or why there is none."""
    merchant = await merchants.by_nmid(tx, notice.nmid) if notice.nmid else None
    if merchant is None:
        return None, Reason.UNLINKED
    if not merchant.is_payable or merchant.exercise:
        # Told as STOPPED (suspense/model.py), not written so: after a rollback, the version before could not read it.
        return None, Reason.REFUSED
    known = {terminal.label for terminal in await merchants.terminals(tx, merchant.id)}
    payment = await actions.create(
        tx,
        merchant=merchant,
        amount=notice.amount,
        purpose="sale",
        description="",
        terminal=notice.terminal if notice.terminal in known else "",
    )
    return payment, None


async def _capture_qris(tx: Transaction, payment: Payment, notice: Notice, method: Method) -> Outcome:
    """Takes the money from the bank's to the payee; what its account cannot take is suspended."""
    if await _take(tx, payment, notice, method):
        return Outcome.CAPTURED
    return await _suspend(tx, notice, Reason.REFUSED, payment)


async def _take(tx: Transaction, payment: Payment, notice: Notice, method: Method) -> bool:
    """Takes the money from the bank's to the payee; False, with nothing done, where its account cannot take it."""
    transfers = await _transfers(tx, payment, method)
    (verdict,) = await ledger.post(tx, [transfers])
    if verdict.refusal is not None:
        payee = await ledger.account(tx, payment.payee)
        if verdict.refusal not in suspense.PAYEES_REFUSALS or (verdict.refusal != "LIMIT_EXCEEDED" and payee.is_open):
            raise refused(verdict.refusal)  # an account of the city's own: what the bank tells is heard again
        return False
    provider = resources(tx.runtime).provider
    moved = payment_model.capture(
        payment,
        method,
        tx.now,
        fee=sum(one.amount for one in transfers if one.kind == "fee"),
        provider=payment.provider or (provider.name if provider else ""),
        provider_reference=notice.provider_reference,
    )
    await actions.captured(tx, moved)
    return True


async def _transfers(tx: Transaction, payment: Payment, method: Method) -> list[Transfer]:
    """What taking the money moves."""
    merchant = await actions.merchant_of(tx, payment)
    fee = terms_of(tx.runtime.city).fee(merchant.fee_size, payment.amount) if merchant else 0
    return payment_model.capture_transfers(payment, city_account(method.source, payment.currency), fee)


async def _suspend(tx: Transaction, notice: Notice, reason: Reason, payment: Payment | None) -> Outcome:
    nmid = notice.nmid if payment is None else ""
    await suspense.suspend(tx, reason, notice.amount, notice.currency, notice.provider_reference, payment, nmid)
    return Outcome.SUSPENDED
