"""Money that belongs to nothing known: put aside, listed, and moved on by two people."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import NamedTuple
from uuid import UUID

import structlog

from services.economy import access, approval
from services.economy.acts import actions as acts
from services.economy.acts.model import What
from services.economy.ledger import actions as ledger
from services.economy.ledger.model import city_account
from services.economy.merchants import actions as selling
from services.economy.merchants import store as merchants
from services.economy.merchants.model import Merchant
from services.economy.payments import actions as paying
from services.economy.payments import store as payments
from services.economy.payments.model import Payment
from services.economy.providers.model import ProviderAwayError, ProviderRefusedError, RefundRequest, refused
from services.economy.resources import resources
from services.economy.suspense import events, model, store
from services.economy.suspense.model import Item, Reason, State
from services.kit import ids
from services.kit.database import Transaction
from services.kit.database.table import Page
from services.kit.errors import DomainError, invalid, not_found, precondition
from services.kit.interest import own_matter, require_disinterested
from services.kit.rpc import etag as etags
from services.kit.runtime import Runtime

PAYEES_REFUSALS = frozenset({"ACCOUNT_FROZEN", "ACCOUNT_CLOSED", "LIMIT_EXCEEDED"})
"""Why the ledger does not let a payee take money; anything else would be a fault of ours."""
WAITING = (State.OPEN, State.PROPOSED)
_log = structlog.get_logger()


class Told(NamedTuple):
    """Money in suspense as people read of it: why it is there, which payment is meant, whose QRIS was paid and which
    merchant is proposed, whether what is proposed waits for somebody else than the caller, and whether they propose
    nothing either, since payment or QRIS is a matter of theirs.
    """

    item: Item
    reason: Reason
    payment_code: str
    nmid_name: str
    target_name: str
    own: bool
    own_matter: bool


async def suspend(
    tx: Transaction, reason: Reason, amount: int, currency: str, provider_reference: str, payment: Payment | None,
    nmid: str = "",
) -> Item:  # fmt: skip
    """Puts money that the bank holds aside. ``payment`` is what it may belong to, locked by the caller, ``nmid`` whose
    QRIS was paid; the money is real, also when the payment is a drill. What the ledger refuses is not written down: the
    bank tells of it again.
    """
    id_ = ids.uuid7()
    item = Item(
        id=id_,
        reason=reason,
        currency=currency,
        amount=amount,
        provider_reference=provider_reference,
        payment=payment.id if payment else None,
        nmid=nmid,
        correlation=payment.correlation if payment else str(id_),
        created_at=tx.now,
        updated_at=tx.now,
    )
    await ledger.transfer(tx, model.arriving(item))
    await store.save(tx, item)
    events.emit(tx, item, events.suspended(item))
    return item


async def correctable(tx: Transaction, reference: str) -> Item | None:
    """What is in suspense under a reference of the bank's, locked, also when somebody proposed where it belongs, or it
    was struck out. None where it was released or is on its way back.
    """
    found = await store.by_provider_reference(tx, reference)
    item = await store.by_id(tx, found.id, lock=True) if found else None
    if item is None or item.is_returning or not (item.state in WAITING or item.never_came):
        return None
    return item


async def correct(
    tx: Transaction,
    item: Item,
    amount: int,
    reason: Reason | None,
    payment: Payment | None,
    nmid: str,
    also: Collection[UUID],
) -> Item:
    """Puts right how much is in suspense, why (None: as before), and which payment it came for or else by whose QRIS
    (nothing: likewise).

    Locks also the accounts that the caller moves it between next, for all of them are locked in their order.
    """
    corrected = model.corrected(item, amount, reason, payment.id if payment else item.payment, nmid, tx.now)
    moved = model.correcting(item, amount)
    await ledger.lock(tx, {moved.debit, moved.credit, *also})
    if moved.amount:
        _log.warning(
            "the bank told another amount than it has", reference=item.provider_reference, told=item.held, has=amount
        )
        await ledger.transfer(tx, moved)
    await store.save(tx, corrected)
    return corrected


async def keep(tx: Transaction, item: Item, reason: Reason) -> None:
    """It stays where it is, for another reason than was known."""
    await store.save(tx, replace(item, reason=reason))


async def take_out(tx: Transaction, item: Item) -> Item:
    """Takes money out of suspense that was captured for its payment since."""
    return await _release(tx, model.taken_out(item, tx.now), city_account("clearing", item.currency))


async def gone_back(tx: Transaction, item: Item, reference: str) -> Item:
    """Takes money out of suspense that the bank gave back by itself, whatever was proposed."""
    back = model.returned(replace(item, back=True, target=None), reference, tx.now)
    return await _release(tx, back, city_account("clearing", item.currency))


async def read(tx: Transaction, id_: UUID) -> Item:
    """An item as it is now."""
    found = await store.by_id(tx, id_)
    if found is None:
        raise _unknown()
    return found


async def page(tx: Transaction, states: Sequence[State], size: int, token: str) -> Page[Item]:
    """One page of money in these states (none: that waits), newest first.

    Errors: TREASURY_ONLY, PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID.
    """
    access.require_treasury(tx)
    return await store.page(tx, states or WAITING, size, token)


async def told(tx: Transaction, items: Sequence[Item]) -> list[Told]:
    """The same money as people read of it."""
    paid: dict[UUID | None, Payment] = {
        one.id: one for one in await payments.by_ids(tx, [one.payment for one in items if one.payment])
    }
    targets: dict[UUID | None, Merchant] = {
        one.id: one for one in await merchants.by_ids(tx, [one.target for one in items if one.target])
    }
    named = {one.nmid: one for one in await merchants.by_nmids(tx, [one.nmid for one in items if one.nmid])}
    return [await _told(tx, one, paid.get(one.payment), named.get(one.nmid), targets.get(one.target)) for one in items]


async def propose(tx: Transaction, name: str, etag: str, target: str, note: str, *, never_came: bool = False) -> Item:
    """Says where money belongs: to a merchant, or (empty) back to the payer, unless it never came.

    Errors: TREASURY_ONLY, SUSPENSE_NOT_FOUND, OWN_MATTER, ETAG_REQUIRED, STALE_ETAG, REASON_REQUIRED,
    MERCHANT_NOT_FOUND, MERCHANT_NOT_PAYABLE, PROVIDER_DIFFERS, TARGET_NOT_EXPECTED, BANK_DIFFERS, BANK_HAS_IT, and
    those of the model.
    """
    item = await _locked(tx, name, etag)
    line = approval.one_line(note, field="note")
    found = await _target(tx, target, never_came=never_came)
    proposed = model.propose(item, found, line, tx.caller.subject, tx.now, never_came=never_came)
    await _require_at_bank(tx, proposed)
    await store.save(tx, proposed)
    await _note(tx, What.RELEASE_PROPOSED, proposed)
    return proposed


async def approve(tx: Transaction, name: str, etag: str) -> Item:
    """A second person agrees. To a merchant the money moves at once; back to the payer the bank is asked after commit.

    Errors: TREASURY_ONLY, SUSPENSE_NOT_FOUND, OWN_MATTER, ETAG_REQUIRED, STALE_ETAG, PROVIDER_DIFFERS, BANK_DIFFERS,
    BANK_HAS_IT, MERCHANT_NOT_FOUND, MERCHANT_NOT_PAYABLE, those of the model (among them SECOND_PERSON_REQUIRED) and of
    the ledger.
    """
    item = await _locked(tx, name, etag)
    approved = model.approve(item, tx.caller.subject, tx.now)
    await _require_at_bank(tx, approved)
    await _note(tx, What.RELEASE_APPROVED, approved, item.proposed_by)
    if approved.is_returning:
        _require_provider(tx)
        await store.save(tx, approved)
        return approved
    if approved.never_came:
        return await _strike_out(tx, item, approved)
    merchant = await merchants.by_id(tx, approved.target) if approved.target else None
    if merchant is None:
        raise not_found("MERCHANT_NOT_FOUND", "There is no such merchant any more. Propose another one.")
    _require_taker(tx, merchant)  # again: it may have been stopped since
    payment = await payments.by_id(tx, approved.payment) if approved.payment else None
    # What another was to be paid for is none of this merchant's business.
    its_own = payment is not None and payment.merchant == merchant.id
    return await _release(tx, approved, merchant.account, payment.code if payment and its_own else "")


async def _note(tx: Transaction, what: What, item: Item, asker: str = "") -> None:
    reference, to = item.provider_reference, item.target
    await acts.note(tx, what, reference, item.amount, asker=asker, merchant=to, to_payer=item.back)


async def send_back(runtime: Runtime, id_: UUID) -> None:
    """Asks the bank to send approved money back to its payer, and writes down what it says; in doubt it stays as it is.

    Marks, commits, asks, and writes in a second transaction; the item's id makes it happen once at the bank.
    """
    provider = resources(runtime).provider
    async with runtime.transaction() as tx:
        item = await store.by_id(tx, id_, lock=True)
        if item is None or not item.is_returning or provider is None:
            return
        await store.mark_asked(tx, id_)
        request = await _refund_request(tx, item)
    reference, refusal = "", ""
    try:
        reference = await provider.refund(request)
    except ProviderAwayError:
        _log.warning("the bank does not say whether money was sent back; it is asked again", suspense=str(id_))
        return
    except ProviderRefusedError as error:
        refusal = refused(error.code, "to send it back")
    async with runtime.transaction() as tx:
        item = await store.by_id(tx, id_, lock=True)
        if item is None or not item.is_returning:
            return
        what = What.RELEASE_REFUSED if refusal else What.RELEASE_SENT
        about, asker = item.provider_reference, item.approved_by
        await acts.answered(tx, what, about, item.amount, asker=asker, to_payer=True)
        if refusal:
            await store.save(tx, model.unreturnable(item, refusal, tx.now))
        else:
            await _release(tx, model.returned(item, reference, tx.now), city_account("clearing", item.currency))


async def _refund_request(tx: Transaction, item: Item) -> RefundRequest:
    payment = await payments.by_id(tx, item.payment) if item.payment else None
    return RefundRequest(
        id=str(item.id),
        code=payment.code if payment else "",
        provider_reference=item.provider_reference,
        amount=item.amount,
        currency=item.currency,
        reason=item.note,
        created=payment.created_at if payment else item.created_at,
    )


async def _release(tx: Transaction, item: Item, to: UUID, code: str = "") -> Item:
    await ledger.transfer(tx, model.leaving(item, to, code))
    await store.save(tx, item)
    await store.decided(tx, item.provider_reference)
    events.emit(tx, item, events.released(item))
    return item


async def _strike_out(tx: Transaction, item: Item, approved: Item) -> Item:
    """Nobody gets what the bank never had. If a report has it after all, ``correct`` puts it into suspense again."""
    await ledger.transfer(tx, model.correcting(item, 0))
    await store.save(tx, approved)
    await store.struck(tx, item.provider_reference)
    events.emit(tx, approved, events.released(approved))
    return approved


async def _told(
    tx: Transaction, item: Item, payment: Payment | None, named: Merchant | None, target: Merchant | None
) -> Told:
    waits = item.state in WAITING and not item.is_returning
    concerned = await _concerned(tx, payment, named) if waits else frozenset()
    of_target = target.owner if target else ""
    proposed = waits and item.state is State.PROPOSED
    own = proposed and approval.is_own(tx.caller, item.proposed_by, *concerned, of_target)
    names = payment.code if payment else "", named.name if named else "", target.name if target else ""
    reason = model.told_reason(item, of_drills=named is not None and named.exercise)
    return Told(item, reason, *names, own, own_matter(tx.caller, *concerned) is not None)


async def _concerned(tx: Transaction, payment: Payment | None, named: Merchant | None) -> frozenset[str]:
    """Subjects whose matter the payment is that money may belong to, or the QRIS that was paid."""
    if payment is not None:
        return await paying.concerned(tx, payment, await paying.merchant_of(tx, payment))
    return frozenset({named.owner}) if named else frozenset()


async def _locked(tx: Transaction, name: str, etag: str) -> Item:
    access.require_treasury(tx)
    id_ = ids.parse(name)
    item = await store.by_id(tx, id_, lock=True) if id_ else None
    if item is None:
        raise _unknown()
    payment = await payments.by_id(tx, item.payment) if item.payment else None
    named = await merchants.by_nmid(tx, item.nmid) if item.nmid else None
    require_disinterested(tx.caller, *await _concerned(tx, payment, named))
    etags.require(etag, item.version)
    return item


def _unknown() -> DomainError:
    return not_found("SUSPENSE_NOT_FOUND", "There is no such money in suspense; list it first.", field="id")


async def _target(tx: Transaction, target: str, *, never_came: bool) -> UUID | None:
    """The merchant that is named; None where it goes back, or never came."""
    if never_came:
        if target:
            message = "What the bank never had goes to no merchant. Leave the target empty."
            raise invalid("TARGET_NOT_EXPECTED", message, field="target")
        return None
    if not target:
        _require_provider(tx)
        return None
    merchant = await selling.find(tx, target)
    if merchant is None:
        message = "There is no such merchant; give its identifier or NMID."
        raise not_found("MERCHANT_NOT_FOUND", message, field="target")
    _require_taker(tx, merchant, field="target")
    return merchant.id


def _require_taker(tx: Transaction, merchant: Merchant, field: str = "") -> None:
    """Whom money goes to can be paid now, and is not the caller's."""
    if not merchant.is_payable:
        message = "This merchant cannot be paid now. Name another one, or wait until it can be again."
        raise precondition("MERCHANT_NOT_PAYABLE", message, field=field)
    require_disinterested(tx.caller, merchant.owner)


async def _require_at_bank(tx: Transaction, item: Item) -> None:
    """Nobody gets money that the bank's report does not have, or that is another amount there, and only what it does
    not have is struck out.
    """
    if item.never_came:
        if not await store.is_missing(tx, item.provider_reference):
            message = "This money is missing in no report of the bank. Compare the day on which it came first."
            raise precondition("BANK_HAS_IT", message)
    elif await store.is_doubted(tx, item.provider_reference):
        message = (
            "The bank's report does not have this amount. Ask the bank; once its report is right, compare the day."
        )
        raise precondition("BANK_DIFFERS", message)


def _require_provider(tx: Transaction) -> None:
    if resources(tx.runtime).provider is None:
        message = "No bank is connected that could send it back. Name a merchant that it belongs to."
        raise precondition("PROVIDER_DIFFERS", message, field="target")
