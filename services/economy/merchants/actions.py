"""What can be done with a merchant: one function per use case."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import asyncpg
import structlog
from google.protobuf.message import Message

from services.economy import access
from services.economy.acts import actions as acts
from services.economy.acts.model import What
from services.economy.ledger import actions as ledger
from services.economy.ledger import store as accounts
from services.economy.merchants import counters, events, model, store
from services.economy.merchants.model import Application, Kind, Merchant, State, Takings
from services.economy.merchants.qr import for_merchant
from services.economy.merchants.store import Filter
from services.economy.permits import access as permits
from services.economy.permits import kinds
from services.economy.permits import store as permit_store
from services.economy.permits.model import Permit
from services.economy.permits.model import State as PermitState
from services.economy.qris.identifiers import is_nmid
from services.economy.qris.model import encode
from services.economy.terms import GOVERNMENT, TermsError, counter_account, terms_of
from services.kit import ids
from services.kit.caller import Scope
from services.kit.database import Transaction
from services.kit.database.table import Page
from services.kit.errors import DomainError, conflict, forbidden, invalid, not_found, precondition
from services.kit.interest import require_disinterested
from services.kit.rpc import etag as etags

LIVE = (State.APPLIED, State.ACTIVE, State.SUSPENDED)
"""What is listed when no states are named."""
_log = structlog.get_logger()


async def ensure_counters(tx: Transaction) -> None:
    """Makes the merchants of the city's counters as its terms have them. Raises TermsError for a business's NMID."""
    city = tx.runtime.city
    wanted = terms_of(city).counters
    before = await _numbers_passed_on(tx, await store.counters(tx), {each.nmid: each.agency for each in wanted})
    for each in wanted:
        account = counter_account(city, each.agency)
        fresh = counters.counter(before.get(each.agency), each, account, tx.now)
        if fresh is None:
            continue
        other = await store.by_nmid(tx, each.nmid) if each.nmid else None
        if other is not None and other.id != fresh.id:
            raise TermsError(_is_business_number(city.id, each.agency, other))
        await ledger.open_account(tx, "merchant", each.agency, id=account)
        await store.save(tx, fresh)


async def _numbers_passed_on(
    tx: Transaction, before: Mapping[str, Merchant], takers: Mapping[str, str]
) -> dict[str, Merchant]:
    """The counters by agency, without the numbers that the terms give another one now, as after a reorganisation.

    What was asked for under them still goes to who asked: a notice names its payment. Printed codes pay the new one.
    """
    counters_now = dict(before)
    for agency, merchant in before.items():
        taker = takers.get(merchant.nmid, agency) if merchant.nmid else agency
        if taker != agency:
            counters_now[agency] = model.unnumbered(merchant, tx.now)
            await store.save(tx, counters_now[agency])
            _log.warning("the nmid of a counter passes on to another", nmid=merchant.nmid, agency=agency, to=taker)
    return counters_now


def _is_business_number(city: str, agency: str, other: Merchant) -> str:
    return (
        f"{city}/economy.toml: the nmid of counter {agency} is that of a business, /v1/merchants/{other.id}; ask the "
        "acquirer whose it is, and leave nmid and pan of the counter out until then: it takes cash and wallets"
    )


async def apply(tx: Transaction, wanted: Application) -> Merchant:
    """Applies as a merchant; the caller becomes its owner.

    Errors: SECTOR_UNKNOWN, AREA_UNKNOWN, MERCHANTS_TOO_MANY, PERMIT_NOT_VALID.
    """
    sectors = [each.id for each in terms_of(tx.runtime.city).sectors if each.id != GOVERNMENT]
    if wanted.sector not in sectors:
        raise invalid("SECTOR_UNKNOWN", f"Name a sector out of: {', '.join(sectors)}.", field="sector")
    area = tx.runtime.city.area(wanted.area)
    if area is None or not area.is_lowest:
        message = "Give the Kemendagri code of a kelurahan or desa of the city; the list is at /v1/areas."
        raise invalid("AREA_UNKNOWN", message, field="area")
    await tx.one_at_a_time(f"merchants of {tx.caller.subject}")  # so that each counts the others
    if await store.owned(tx, tx.caller.subject) >= model.OWNED_MOST:
        message = f"You have {model.OWNED_MOST} merchants, which is the most; close one that you no longer need."
        raise precondition("MERCHANTS_TOO_MANY", message)
    if wanted.permit:
        wanted = replace(wanted, permit=await _permit(tx, wanted.permit))
    account = await ledger.open_account(tx, "merchant", tx.caller.subject)
    merchant = model.apply(wanted, ids.uuid7(), tx.caller.subject, account, tx.now)
    return await _save(tx, merchant, events.applied)


async def get(tx: Transaction, name: str) -> Merchant:
    """A merchant by its id or NMID. Errors: MERCHANT_NOT_FOUND, also for one that the caller may not see."""
    return _seen(tx, await find(tx, name))


async def find(tx: Transaction, name: str) -> Merchant | None:
    """A merchant by its id or NMID, whoever may see it."""
    known = ids.parse(name)
    found = await store.by_id(tx, known) if known else None
    return await store.by_nmid(tx, name) if found is None and is_nmid(name) else found


async def page(
    tx: Transaction, states: Sequence[State], *, mine: bool, counters: bool, size: int, token: str
) -> Page[Merchant]:
    """Merchants in these states (none: all but closed ones): one's own, one's agency's, or all for who may; of those
    the city's counters alone, where that is asked.

    Errors: PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID.
    """
    return await store.page(tx, _filter(tx, tuple(states) or LIVE, mine, counters), size, token)


async def activate(tx: Transaction, id_: str, etag: str, nmid: str, pan: str) -> Merchant:
    """Takes a merchant on, or back.

    Errors: MERCHANT_NOT_FOUND, BUSINESS_OFFICE_ONLY, TREASURY_ONLY, OWN_MATTER, ETAG_REQUIRED, STALE_ETAG, NMID_TAKEN
    and those of the model.
    """
    merchant = await _governed(tx, id_, etag)
    moved = model.activate(merchant, nmid, pan, tx.now)
    await _take_over(tx, moved)
    await acts.note(tx, What.MERCHANT_ACTIVATED, str(merchant.id), exercise=merchant.exercise, merchant=merchant.id)
    try:
        return await _save(tx, moved, events.activated)
    except asyncpg.UniqueViolationError as error:
        raise _taken() from error


async def _take_over(tx: Transaction, merchant: Merchant) -> None:
    """Makes its NMID free where a merchant that has ended had it, of the same owner. Errors: NMID_TAKEN."""
    other = await store.by_nmid(tx, merchant.nmid) if merchant.nmid else None
    if other is None or other.id == merchant.id:
        return
    if other.state is not State.CLOSED or not other.owner or other.owner != merchant.owner:
        raise _taken()
    ended = await store.by_id(tx, other.id, lock=True)  # where its takings go may be changing
    assert ended is not None, "merchants are never deleted"
    await store.save(tx, model.unnumbered(ended, tx.now))


async def suspend(tx: Transaction, id_: str, etag: str, reason: str) -> Merchant:
    """Stops a merchant for the time being. Errors: as ``activate``, and those of the model."""
    merchant = await _governed(tx, id_, etag)
    await acts.note(tx, What.MERCHANT_SUSPENDED, str(merchant.id), exercise=merchant.exercise, merchant=merchant.id)
    return await _save(tx, model.suspend(merchant, reason, tx.now), events.suspended)


async def close(tx: Transaction, id_: str, etag: str) -> Merchant:
    """Ends a merchant and its ledger account, for good.

    Errors: MERCHANT_NOT_FOUND, FORBIDDEN NOT_YOURS, ETAG_REQUIRED, STALE_ETAG, PAYMENTS_OPEN, ACCOUNT_NOT_EMPTY and
    those of the model.
    """
    merchant = await locked(tx, id_)
    if not (access.may_act_for(tx, merchant) or access.is_business_office(tx)):
        raise forbidden("NOT_YOURS", "Only the owner or the office that takes merchants on can end a merchant.")
    etags.require(etag, merchant.version)
    closed = model.close(merchant, tx.now)
    if await store.has_open_money(tx, merchant.id):
        message = "A payment or a refund of this merchant is still under way; cancel it or wait for its end."
        raise precondition("PAYMENTS_OPEN", message)
    account = (await accounts.locked(tx, [merchant.account]))[merchant.account]
    if account.balance or account.held:
        message = "There is still money on the merchant's account; it can be closed once that is settled."
        raise precondition("ACCOUNT_NOT_EMPTY", message)
    await accounts.set_status(tx, account.id, "closed")
    if merchant.owner != tx.caller.subject:  # what owners do is no deed in office
        await acts.note(tx, What.MERCHANT_CLOSED, str(merchant.id), exercise=merchant.exercise, merchant=merchant.id)
    return await _save(tx, closed, events.closed)


async def abandon(tx: Transaction, owner: str, most: int) -> None:
    """Ends what somebody applied for and was never taken on for: they had erased what is kept of them."""
    for merchant in await store.untraded(tx, owner, (State.APPLIED, State.SUSPENDED), most):
        await accounts.set_status(tx, merchant.account, "closed")
        await _save(tx, model.close(merchant, tx.now), events.closed)


async def rest(tx: Transaction, id_: str, etag: str, permit: str) -> Merchant:
    """Rests one of the caller's on another permit of theirs, so that it can be paid again where the one before had
    ended; where an officer had stopped that, once the office has taken it back.

    Errors: MERCHANT_NOT_FOUND, NOT_YOURS, PERMIT_NOT_VALID, ETAG_REQUIRED, STALE_ETAG, MERCHANT_CLOSED.
    """
    if (await get(tx, id_)).owner != tx.caller.subject:
        raise forbidden("NOT_YOURS", "Only who owns a business says on which permit it rests.")
    code = await _permit(tx, permit)
    merchant = await locked(tx, id_)
    etags.require(etag, merchant.version)
    if merchant.state is State.CLOSED:
        raise model.over()
    before = await permits.written(tx, merchant.permit)
    stopped = before is not None and before.stopped
    return await _rest(tx, merchant, model.rested(merchant, code, tx.now, stopped=stopped))


async def permit_extended(tx: Transaction, permit: str) -> None:
    """Who rests on a permit that has ended rests on its extension once that holds, whichever of the two it is that
    moved; where an officer had stopped it, the office has to take them back. Again changes nothing.
    """
    moved = await permits.written(tx, permit)
    if moved is None:
        return
    before = await permit_store.get(tx, moved.extends) if moved.extends else None
    for old, new in ((before, moved), (moved, await permit_store.extension(tx, moved.id))):
        if old is None or new is None or old.state is not PermitState.ENDED or old.stopped or not _holds(tx, new):
            continue
        for merchant in await store.on_permit(tx, old.code):
            await _rest(tx, merchant, model.rested(merchant, new.code, tx.now))


async def permit_moved(tx: Transaction, permit: str, *, holds: bool) -> None:
    """A permit holds no longer, or again: so may the merchants that rest on it be paid. Again changes nothing."""
    for merchant in await store.on_permit(tx, permit):
        if merchant.permit_ended is not holds:
            continue
        await _rest(tx, merchant, (model.permit_resumed if holds else model.permit_ended)(merchant, tx.now))


async def _rest(tx: Transaction, before: Merchant, moved: Merchant) -> Merchant:
    """Writes one whose permit moved, and tells where it can be paid again, or no more."""
    told = {State.SUSPENDED: events.suspended, State.ACTIVE: events.activated}.get(moved.state)
    if told is not None and moved.state is not before.state:
        return await _save(tx, moved, told)
    await store.save(tx, moved)
    return moved


async def pay_to(tx: Transaction, merchant: Merchant, bank: str, number: str) -> Merchant:
    """Has the takings of a merchant that was locked paid out to another account."""
    moved = model.paid_to(merchant, bank, number, tx.now)
    await store.save(tx, moved)
    return moved


async def takings(tx: Transaction, id_: str, first_day: str, last_day: str) -> list[Takings]:
    """The days on which something happened, newest first. Errors: MERCHANT_NOT_FOUND and those of ``model.days``."""
    merchant = await get(tx, id_)
    zone = tx.runtime.city.timezone
    first, last = model.days(first_day, last_day, tx.now.astimezone(zone).date())

    def begin(day: date) -> datetime:
        return datetime(day.year, day.month, day.day, tzinfo=zone)

    return await store.takings(tx, merchant.id, begin(first), begin(last + timedelta(days=1)), str(zone))


async def static_qr(tx: Transaction, id_: str, terminal: str) -> str:
    """The text of a merchant's static QRIS.

    Errors: MERCHANT_NOT_FOUND, MERCHANT_NOT_ACTIVE, QRIS_NOT_AVAILABLE, TERMINAL_NOT_FOUND.
    """
    merchant = await get(tx, id_)
    if not merchant.is_payable:
        raise precondition("MERCHANT_NOT_ACTIVE", "This merchant cannot be paid now; it first has to be taken on.")
    if terminal and terminal not in {each.label for each in await store.terminals(tx, merchant.id)}:
        message = "This merchant has no till of that label; add it first, or leave it out."
        raise not_found("TERMINAL_NOT_FOUND", message, field="terminal")
    return encode(for_merchant(merchant, terminal, city=tx.runtime.city))


async def _permit(tx: Transaction, code: str) -> str:
    """The number of a permit of the caller's that holds, of a business. Errors: PERMIT_NOT_VALID."""
    found = await permits.written(tx, code, lock=True)  # who ends it meanwhile finds this merchant
    if found is None or found.owner != tx.caller.subject or not _holds(tx, found) or not _of_business(tx, found):
        message = "That is no permit of yours for a business that holds now; leave it out, or give its paper's number."
        raise invalid("PERMIT_NOT_VALID", message, field="permit")
    return found.code


def _holds(tx: Transaction, permit: Permit) -> bool:
    """Whether it holds today: one that is issued ahead does not yet."""
    return permit.validity(tx.now.astimezone(tx.runtime.city.timezone).date()) == "valid"


def _of_business(tx: Transaction, permit: Permit) -> bool:
    """Whether its kind is one that a business rests on: an event or loading is none."""
    rules = kinds.known(tx, permit)
    return rules is not None and rules.kind.business


async def locked(tx: Transaction, id_: str) -> Merchant:
    """A merchant that the caller may see, locked. Errors: MERCHANT_NOT_FOUND."""
    known = ids.parse(id_)
    return _seen(tx, await store.by_id(tx, known, lock=True) if known else None)


async def _governed(tx: Transaction, id_: str, etag: str) -> Merchant:
    """A merchant, locked, that the caller may take on and stop: a business as the office, a counter as the treasury."""
    merchant = await locked(tx, id_)
    if merchant.kind is Kind.COUNTER:
        access.require_treasury(tx)
    else:
        access.require_business_office(tx)
    require_disinterested(tx.caller, merchant.owner)
    etags.require(etag, merchant.version)
    return merchant


async def _save(tx: Transaction, merchant: Merchant, event: Callable[[Merchant], Message]) -> Merchant:
    await store.save(tx, merchant)
    tx.emit(
        event(merchant),
        aggregate=str(merchant.id),
        version=merchant.version,
        correlation=str(merchant.id),
        exercise=merchant.exercise,
    )
    return merchant


def _filter(tx: Transaction, states: tuple[State, ...], mine: bool, counters: bool) -> Filter:
    if not mine and access.sees_all(tx):
        return Filter(states, everybodys=True, counters=counters)
    agency = "" if mine or tx.scope is Scope.OWN else tx.caller.agency
    return Filter(states, owner="" if counters else tx.caller.subject, agency=agency)


def _seen(tx: Transaction, merchant: Merchant | None) -> Merchant:
    """Other people's merchants do not exist."""
    if merchant is None or not access.may_see(tx, merchant):
        raise not_found(
            "MERCHANT_NOT_FOUND", "There is no such merchant for you; the list is at /v1/merchants.", field="id"
        )
    return merchant


def _taken() -> DomainError:
    return conflict("NMID_TAKEN", "Another merchant has this NMID; compare with what the acquirer gave.", field="nmid")
