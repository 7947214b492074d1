"""What can be done with changes of accounts: one function per use case. Lock order: merchant, then the change."""

from collections.abc import Sequence
from typing import NamedTuple

from services.economy import access, approval
from services.economy.account_changes import model, store
from services.economy.account_changes.model import AccountChange, State
from services.economy.acts import actions as acts
from services.economy.acts.model import What
from services.economy.merchants import actions as selling
from services.economy.merchants import store as merchants
from services.economy.merchants.model import Merchant
from services.kit import ids
from services.kit.database import Transaction
from services.kit.database.table import Page
from services.kit.errors import DomainError, forbidden, not_found, precondition
from services.kit.interest import require_disinterested
from services.kit.rpc import etag as etags

WAITING = (State.REQUESTED,)
"""What is listed when no states are named."""


class Told(NamedTuple):
    """A change, and whose it is."""

    change: AccountChange
    merchant: Merchant


async def ask(tx: Transaction, merchant_id: str, bank: str, number: str) -> Told:
    """Asks for another account of a business of the caller's.

    Errors: MERCHANT_NOT_FOUND, NOT_YOURS, ACCOUNT_CHANGE_OPEN and those of the model.
    """
    merchant = await selling.locked(tx, merchant_id)
    if merchant.owner != tx.caller.subject:
        raise forbidden("NOT_YOURS", "Only who owns a business says where its takings go.")
    if await store.waiting(tx, merchant.id) is not None:
        message = "Another account of this business is being checked. Wait for that, or take it back first."
        raise precondition("ACCOUNT_CHANGE_OPEN", message)
    change = model.ask(merchant, ids.uuid7(), bank, number, tx.now)
    await store.save(tx, change)
    return Told(change, merchant)


async def page(tx: Transaction, merchant_id: str, states: Sequence[State], size: int, token: str) -> Page[Told]:
    """Changes of a business, or of all of them for the offices; newest first.

    Errors: PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID.
    """
    known = ids.parse(merchant_id)
    named = await merchants.by_id(tx, known) if known else None
    if not (access.may_see(tx, named) if named else access.sees_all(tx) and not merchant_id):
        return Page([])
    found = await store.page(tx, known, states or WAITING, size, token)
    whose = {one.id: one for one in await merchants.by_ids(tx, [each.merchant for each in found.rows])}
    return Page([Told(each, whose[each.merchant]) for each in found.rows], found.token)


async def approve(tx: Transaction, id_: str, etag: str) -> Told:
    """Lets a change hold: what waits to be paid out goes to the new account.

    Errors: BUSINESS_OFFICE_ONLY, ACCOUNT_CHANGE_NOT_FOUND, OWN_MATTER, ETAG_REQUIRED, STALE_ETAG and those of the
    model.
    """
    change, merchant = await _decided(tx, id_, etag)
    approved = model.approve(change, tx.now)
    paid = await selling.pay_to(tx, merchant, change.bank, change.bank_number)
    await store.touch_waiting_batches(tx, merchant.id)
    return await _decide(tx, What.PAYOUT_ACCOUNT_CHANGED, approved, paid)


async def reject(tx: Transaction, id_: str, etag: str, reason: str) -> Told:
    """Refuses a change. Errors: as ``approve``, and REASON_REQUIRED."""
    line = approval.one_line(reason)
    change, merchant = await _decided(tx, id_, etag)
    return await _decide(tx, What.PAYOUT_ACCOUNT_REFUSED, model.reject(change, line, tx.now), merchant)


async def cancel(tx: Transaction, id_: str, etag: str) -> Told:
    """Takes back what the caller asked for. Errors: ACCOUNT_CHANGE_NOT_FOUND, ETAG_REQUIRED, STALE_ETAG and those of
    the model.
    """
    change, merchant = await _locked(tx, id_)
    if merchant.owner != tx.caller.subject:
        raise _unknown()
    etags.require(etag, change.version)
    cancelled = model.cancel(change, tx.now)
    await store.save(tx, cancelled)
    return Told(cancelled, merchant)


async def _decided(tx: Transaction, id_: str, etag: str) -> Told:
    """A change that the caller may decide on, locked."""
    access.require_business_office(tx)
    found = await _locked(tx, id_)
    require_disinterested(tx.caller, found.merchant.owner)
    etags.require(etag, found.change.version)
    return found


async def _decide(tx: Transaction, what: What, change: AccountChange, merchant: Merchant) -> Told:
    # Who asked is the merchant's owner, who does nothing in office: their own data do not count it as a deed of theirs.
    await acts.note(tx, what, str(merchant.id), exercise=merchant.exercise, merchant=merchant.id)
    await store.save(tx, change)
    return Told(change, merchant)


async def _locked(tx: Transaction, id_: str) -> Told:
    known = ids.parse(id_)
    seen = await store.by_id(tx, known) if known else None
    merchant = await merchants.by_id(tx, seen.merchant, lock=True) if seen else None
    change = await store.by_id(tx, seen.id, lock=True) if seen else None
    if merchant is None or change is None:
        raise _unknown()
    return Told(change, merchant)


def _unknown() -> DomainError:
    message = "There is no such change for you; the list is at /v1/account-changes."
    return not_found("ACCOUNT_CHANGE_NOT_FOUND", message, field="id")
