"""Giving money back: asked for, approved by a second person, sent. Lock order: payment, refund, accounts."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time
from uuid import UUID

import structlog

from services.economy import access, approval
from services.economy.acts import actions as acts
from services.economy.acts.model import What
from services.economy.ledger import actions as ledger
from services.economy.ledger.model import Account, standing
from services.economy.merchants import store as merchants
from services.economy.merchants.model import Merchant
from services.economy.payments import actions as payments
from services.economy.payments import events as payment_events
from services.economy.payments import model as payment_model
from services.economy.payments import store as payment_store
from services.economy.payments.model import Payment
from services.economy.providers.model import ProviderAwayError, ProviderRefusedError, RefundRequest, refused
from services.economy.refunds import events, model, moving, store
from services.economy.refunds.model import Check, Refund, Standing, State, Way
from services.economy.refunds.store import Filter, Listed
from services.economy.resources import resources
from services.economy.settlement import covering
from services.economy.terms import terms_of
from services.kit import ids
from services.kit.database import Transaction
from services.kit.database.table import Page
from services.kit.errors import DomainError, forbidden, not_found
from services.kit.interest import own_matter, require_disinterested
from services.kit.rpc import etag as etags
from services.kit.runtime import Runtime

_log = structlog.get_logger()


async def check(tx: Transaction, name: str, amount: int | None) -> tuple[Payment, Check]:
    """Whether and how ``amount`` (None: all that is left) can be given back. Errors: PAYMENT_NOT_FOUND,
    PAYMENT_OF_OTHERS.
    """
    payment = await payments.find(tx, name)
    return payment, await _checked(tx, payment, amount)


async def refundable(tx: Transaction, names: Sequence[str]) -> list[UUID]:
    """Those of some payments of which the caller could give something back now."""
    known = [id_ for name in names if (id_ := ids.parse(name)) is not None]
    paid = [each for each in await payment_store.by_ids(tx, known) if each.is_paid]
    lives = await store.lives(tx, [each.id for each in paid])
    sellers: dict[UUID | None, Merchant | None] = {}
    accounts: dict[UUID, tuple[Account, int]] = {}
    found = []
    for each in paid:
        if each.merchant not in sellers:
            sellers[each.merchant] = await payments.merchant_of(tx, each)
        seller = sellers[each.merchant]
        if not _may(tx, each, seller) or own_matter(tx.caller, *await payments.payers(tx, each)) is not None:
            continue
        if each.payee not in accounts:
            accounts[each.payee] = await ledger.account(tx, each.payee), await covering.spare(tx, each, seller)
        known_of = _standing(tx, lives.get(each.id, (0, 0)), *accounts[each.payee])
        if model.check(each, None, known_of, terms_of(tx.runtime.city), tx.now).most:
            found.append(each.id)
    return found


async def create(
    tx: Transaction, name: str, amount: int | None, reason: str, seen: int | None = None
) -> tuple[Refund, Payment]:
    """Asks for a refund. The money is reserved; wallets and cash get it at once, the bank is asked after commit, and
    above the city's limits it waits for a second person. What the night took from a counter comes back for it.
    ``seen`` is what was left of the payment when the caller looked.

    Errors: PAYMENT_NOT_FOUND, PAYMENT_OF_OTHERS, OWN_MATTER, REASON_REQUIRED, REFUND_CHANGED, those of ``model.check``
    and of the ledger.
    """
    payment = await payments.find(tx, name, lock=True)
    line = approval.one_line(reason)
    await tx.one_at_a_time(f"refunds of {tx.caller.subject}")  # so that each counts what the others have given
    payee, merchant = await moving.locked_payee(tx, payment), await payments.merchant_of(tx, payment)
    checked = await _checked(tx, payment, amount)
    if checked.refusal is not None:
        raise checked.refusal
    model.require_left(checked, seen)
    refund = Refund(
        id=ids.uuid7(),
        payment=payment.id,
        merchant=payment.merchant,
        state=State.REQUESTED,
        way=checked.way,
        amount=checked.amount,
        reason=line,
        requested_by=tx.caller.subject,
        created_at=tx.now,
        updated_at=tx.now,
    )
    if not _owns(merchant, tx.caller.subject):
        at_once = not checked.needs_approval and checked.way is not Way.BANK
        done = What.REFUND_GIVEN if at_once else What.REFUND_ASKED
        await acts.note(tx, done, payment.code, checked.amount, exercise=payment.exercise)
    await covering.cover(tx, refund.id, refund.amount, payment, payee, merchant)
    if not checked.needs_approval and checked.way is not Way.BANK:
        return await finish(tx, payment, replace(refund, state=State.DONE))
    refund = replace(refund, hold=model.hold_id(refund.id))
    await ledger.reserve(tx, model.hold_id(refund.id), payment.payee, refund.amount, payment.code)
    if checked.needs_approval:
        return await wait(tx, payment, refund)
    refund = replace(refund, state=State.PROCESSING)
    await store.save(tx, refund)
    return refund, payment


async def wait(tx: Transaction, payment: Payment, refund: Refund) -> tuple[Refund, Payment]:
    """A refund whose money is reserved waits for somebody, and says so."""
    touched = payment_model.touch(payment, tx.now)
    await store.save(tx, refund)
    await payment_store.save(tx, touched)
    payment_events.emit(tx, touched, events.refund_requested(touched, refund))
    return refund, touched


async def approve(tx: Transaction, name: str, etag: str) -> tuple[Refund, Payment]:
    """A second person of the treasury agrees; or an officer of the counter hands out what lies ready there in cash.

    Errors: TREASURY_ONLY, PAYMENT_OF_OTHERS, REFUND_NOT_FOUND, OWN_MATTER, ETAG_REQUIRED, STALE_ETAG,
    SECOND_PERSON_REQUIRED, INVALID_TRANSITION, those of ``model.hindrance`` and of the ledger.
    """
    payment, refund = await _decidable(tx, name, etag)
    if refund.is_at_counter:
        return await _hand_out(tx, payment, refund)
    approval.require_second(refund.requested_by, tx.caller.subject)
    if refund.state is State.REQUESTED:
        await _require_unhindered(tx, payment)
    await _note(tx, What.REFUND_APPROVED, payment, refund)
    if refund.way is Way.WALLET or (refund.way is Way.CASH and refund.merchant is None):
        return await finish(tx, payment, model.transition(refund, State.DONE, tx.now, approved_by=tx.caller.subject))
    if refund.way is Way.BANK:
        moved = model.transition(refund, State.PROCESSING, tx.now, approved_by=tx.caller.subject)
    else:
        moved = model.make_ready(refund, tx.caller.subject, tx.now)
    await store.save(tx, moved)
    return moved, payment


async def _require_unhindered(tx: Transaction, payment: Payment) -> None:
    """Looks again: the payee may have been frozen since it was asked for, and what the bank gave back is gone."""
    payee = await ledger.account(tx, payment.payee)
    if (hindered := model.hindrance(payment, _standing(tx, (0, 0), payee, 0))) is not None:
        raise hindered


async def _hand_out(tx: Transaction, payment: Payment, refund: Refund) -> tuple[Refund, Payment]:
    """Cash that lies ready is in the hands of whoever paid."""
    await _note(tx, What.CASH_HANDED_OUT if refund.approved_by else What.REFUND_GIVEN, payment, refund)
    by = refund.approved_by or tx.caller.subject
    return await finish(tx, payment, model.transition(refund, State.DONE, tx.now, approved_by=by))


async def reject(tx: Transaction, name: str, etag: str, reason: str) -> tuple[Refund, Payment]:
    """Somebody of the treasury refuses; the money is free again. Errors: as of ``approve``, and REASON_REQUIRED."""
    payment, refund = await _decidable(tx, name, etag)
    moved = model.transition(refund, State.REJECTED, tx.now, refusal=approval.one_line(reason))
    await _note(tx, What.REFUND_REJECTED, payment, refund)
    return await _drop(tx, payment, moved)


async def page(
    tx: Transaction, merchant: str, payment: str, states: Sequence[State], at_counter: bool | None, size: int,
    token: str,
) -> Page[Listed]:  # fmt: skip
    """One page of refunds in these states (none: that wait for a second person), newest first; of one payment, where
    it is named, and of those whose cash lies ready at a counter, or not, where that is asked.

    Errors: TREASURY_ONLY (of all merchants), MERCHANT_NOT_FOUND, PAYMENT_NOT_FOUND, PAGE_SIZE_INVALID,
    PAGE_TOKEN_INVALID.
    """
    of = await _listed(tx, merchant)
    one = await payments.find(tx, payment) if payment else None
    if one is not None and of not in (None, one.merchant):
        raise not_found("PAYMENT_NOT_FOUND", "This merchant has no such payment.", field="payment")
    wanted = Filter(tuple(states) or (State.REQUESTED,), of, one.id if one else None, at_counter)
    return await store.page(tx, wanted, size, token)


async def read(tx: Transaction, id_: UUID) -> tuple[Refund, Payment]:
    """A refund as it is now, with its payment."""
    refund = await store.by_id(tx, id_)
    payment = await payment_store.by_id(tx, refund.payment) if refund else None
    if refund is None or payment is None:
        raise _unknown()
    return refund, payment


async def send(runtime: Runtime, id_: UUID) -> None:
    """Asks the bank to give a refund back, and writes down what it says; in doubt it stays as it is.

    Marks, commits, asks, and writes in a second transaction; the refund's id makes it happen once at the bank.
    """
    provider = resources(runtime).provider
    async with runtime.transaction() as tx:
        payment, refund = await _locked(tx, id_)
        if refund.state is not State.PROCESSING or provider is None:
            return
        await store.mark_asked(tx, id_)
    request = RefundRequest(
        id=str(refund.id),
        code=payment.code,
        provider_reference=payment.provider_reference,
        amount=refund.amount,
        currency=payment.currency,
        reason=refund.reason,
        created=payment.created_at,
    )
    reference, refusal = "", ""
    try:
        reference = await provider.refund(request)
    except ProviderAwayError:
        _log.warning("the bank does not say whether money was given back; it is asked again", refund=str(id_))
        return
    except ProviderRefusedError as error:
        refusal = refused(error.code)
    async with runtime.transaction() as tx:
        payment, refund = await _locked(tx, id_)
        if refund.state is State.PROCESSING:
            await _answered(tx, payment, refund, reference, refusal)


async def finish(tx: Transaction, payment: Payment, refund: Refund) -> tuple[Refund, Payment]:
    """Money is given back now: moves it, and counts it. What the ledger refuses is not written down as done."""
    moved = payment_model.refund(payment, refund.amount, tx.now)
    await ledger.transfer(tx, model.transfer(payment, refund, await moving.origin(tx, payment)))
    await store.save(tx, refund)
    await payment_store.save(tx, moved)
    payment_events.emit(tx, moved, events.refunded(moved, refund))
    return refund, moved


async def _answered(tx: Transaction, payment: Payment, refund: Refund, reference: str, refusal: str) -> None:
    """The bank has given it back, or says why not; also to the treasury's day, where somebody asked in office."""
    asker = await _asker(tx, payment, refund)
    if refusal:
        if asker or refund.approved_by:
            await acts.answered(tx, What.REFUND_REJECTED, payment.code, refund.amount, asker=asker)
        await _drop(tx, payment, model.transition(refund, State.FAILED, tx.now, refusal=refusal))
        return
    if asker and not refund.approved_by:
        await acts.answered(tx, What.REFUND_GIVEN, payment.code, refund.amount, asker=asker)
    await finish(tx, payment, model.transition(refund, State.DONE, tx.now, provider_reference=reference))


async def _checked(tx: Transaction, payment: Payment, amount: int | None) -> Check:
    merchant = await payments.merchant_of(tx, payment)
    if not _may(tx, payment, merchant):
        raise _of_others()
    if (own := own_matter(tx.caller, *await payments.payers(tx, payment))) is not None:
        return Check(model.way_of(payment), amount or payment.amount - payment.refunded, 0, False, own)
    live = await store.live(tx, payment.id)
    # Whose business it is gives back money of their own, however much of it on one day.
    today = 0 if _owns(merchant, tx.caller.subject) else await store.alone(tx, tx.caller.subject, _midnight(tx))
    payee, spare = await ledger.account(tx, payment.payee), await covering.spare(tx, payment, merchant)
    known_of = _standing(tx, live, payee, spare, today)
    return model.check(payment, amount, known_of, terms_of(tx.runtime.city), tx.now)


def _may(tx: Transaction, payment: Payment, merchant: Merchant | None) -> bool:
    """Whether the caller is one of those who give such a payment back; cash is handed out where it was taken."""
    if merchant is None:
        return access.is_treasury(tx)
    cash = model.way_of(payment) is Way.CASH
    return access.may_act_for(tx, merchant) or (access.is_treasury(tx) and not cash)


def _standing(tx: Transaction, live: tuple[int, int], payee: Account, spare: int, today: int = 0) -> Standing:
    provider = resources(tx.runtime).provider
    return Standing(*live, payee.available + spare, provider.name if provider else "", standing(payee), today)


def _owns(merchant: Merchant | None, subject: str) -> bool:
    """Whether it is somebody's own business: what they do with its money they do not do in office."""
    return merchant is not None and bool(merchant.owner) and merchant.owner == subject


async def _note(tx: Transaction, what: What, payment: Payment, refund: Refund) -> None:
    asker = await _asker(tx, payment, refund)
    await acts.note(tx, what, payment.code, refund.amount, asker=asker, exercise=payment.exercise)


async def _asker(tx: Transaction, payment: Payment, refund: Refund) -> str:
    """Who of the city asked for it; empty where a pillar did, or whose business was paid."""
    asked_by = "" if refund.requester else refund.requested_by
    return "" if _owns(await payments.merchant_of(tx, payment), asked_by) else asked_by


def _midnight(tx: Transaction) -> datetime:
    """When today began in the city."""
    zone = tx.runtime.city.timezone
    return datetime.combine(tx.now.astimezone(zone).date(), time.min, zone)


async def _drop(tx: Transaction, payment: Payment, refund: Refund) -> tuple[Refund, Payment]:
    """It is not given back: frees what was reserved."""
    await store.save(tx, refund)
    if refund.hold is not None:
        await ledger.release(tx, refund.hold)
    touched = payment_model.touch(payment, tx.now)
    await payment_store.save(tx, touched)
    payment_events.emit(tx, touched, events.refund_rejected(touched, refund))
    return refund, touched


async def _decidable(tx: Transaction, name: str, etag: str) -> tuple[Payment, Refund]:
    id_ = ids.parse(name)
    found = await store.by_id(tx, id_) if id_ else None
    if found is None or not found.is_at_counter:
        access.require_treasury(tx)
    if found is None:
        raise _unknown()
    payment, refund = await _locked(tx, found.id)
    merchant = await payments.merchant_of(tx, payment)
    if found.is_at_counter and not _may(tx, payment, merchant):
        if access.is_treasury(tx):
            etags.require(etag, refund.version)  # another has agreed since
        raise _of_others()
    require_disinterested(tx.caller, *await payments.concerned(tx, payment, merchant))
    etags.require(etag, refund.version)
    return payment, refund


async def _locked(tx: Transaction, id_: UUID) -> tuple[Payment, Refund]:
    """A refund and its payment, both locked, the payment first."""
    refund = await store.by_id(tx, id_)
    payment = await payment_store.by_id(tx, refund.payment, lock=True) if refund else None
    refund = await store.by_id(tx, id_, lock=True)
    if refund is None or payment is None:
        raise _unknown()
    return payment, refund


async def _listed(tx: Transaction, merchant: str) -> UUID | None:
    """The merchant whose refunds may be listed; None for those of all."""
    if not merchant:
        access.require_treasury(tx)
        return None
    id_ = ids.parse(merchant)
    found = await merchants.by_id(tx, id_) if id_ else None
    if found is None or not access.may_see(tx, found):
        raise not_found("MERCHANT_NOT_FOUND", "There is no such merchant for you; give its id.", field="merchant")
    return found.id


def _of_others() -> DomainError:
    return forbidden("PAYMENT_OF_OTHERS", "Only the merchant, its agency or the treasury may give this back.")


def _unknown() -> DomainError:
    return not_found("REFUND_NOT_FOUND", "There is no such refund; list them first.", field="id")
