"""What can be done with the ledger: open accounts, move money, hold it. In the caller's transaction.

Accounts are locked in the order of their identifiers. Whoever locks rows of their own does so before calling.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

import asyncpg

from services.economy import access
from services.economy.acts import actions as acts
from services.economy.acts.model import What
from services.economy.ledger import model, store
from services.economy.ledger.deciding import Decision, decide
from services.economy.ledger.model import (
    CITY_KINDS,
    OVERDRAFT_KINDS,
    Account,
    Entry,
    Hold,
    PaidFor,
    Transfer,
    Verdict,
    city_account,
    refused,
)
from services.kit import ids
from services.kit.database import Transaction, paging
from services.kit.database.table import Keyset, Page
from services.kit.errors import DomainError, not_found, precondition
from services.kit.interest import require_disinterested
from services.kit.rpc import etag as etags

NOT_FOUND = "There is no such account, or it is not yours. Check its identifier."

_OLDEST: Keyset[Account] = Keyset({"created_at": datetime, "id": UUID}, of=lambda one: (one.created_at, one.id))
_NEWEST: Keyset[Entry] = Keyset({"number": int}, of=lambda one: (one.number,), descending=True)
writes = store.writes


async def ensure_city_accounts(tx: Transaction) -> None:
    """Makes the city's own accounts, and those that drills have instead, where they are missing; ``city_account`` names
    them.
    """
    currency = tx.runtime.city.currency
    for exercise in (False, True):
        kinds = {city_account(kind, currency, exercise=exercise): kind for kind in CITY_KINDS}
        await store.open_accounts(tx, kinds, "", OVERDRAFT_KINDS, None, exercise=exercise)


async def for_drills(tx: Transaction, merchants: UUID, owner: str) -> UUID:
    """The account that drills have instead of a merchant's; opened when there is none."""
    made = model.drill_account(merchants)
    await store.open_accounts(tx, {made: "merchant"}, owner, OVERDRAFT_KINDS, None, exercise=True)
    return made


async def open_account(
    tx: Transaction,
    kind: str,
    owner: str = "",
    *,
    id: UUID | None = None,  # noqa: A002 - the field's own word
    most: int | None = None,
) -> UUID:
    """Opens an account in the city's currency, unless there is one with that ``id``; answers with its identifier.

    ``owner`` is the holder's subject; ``most`` the highest balance allowed, in whole units (None: any).
    """
    made = id or ids.uuid7()
    await store.open_accounts(tx, {made: kind}, owner, OVERDRAFT_KINDS, most)
    return made


async def account(tx: Transaction, id_: UUID) -> Account:
    """The account. Errors: ACCOUNT_NOT_FOUND."""
    found = await store.by_id(tx, id_)
    if found is None:
        raise unseen()
    return found


async def readable(tx: Transaction, name: str) -> Account:
    """The account of that identifier, or the city's own of that kind, if the caller may see it.

    Errors: ACCOUNT_NOT_FOUND, also for what exists and is not the caller's to see.
    """
    id_ = _identified(tx, name)
    if id_ is None:
        raise unseen()
    found = await account(tx, id_)
    if not (access.is_treasury(tx) or await _is_callers(tx, found)):
        raise unseen()
    return found


def unseen() -> DomainError:
    """The error of an account that is not there for the caller."""
    return not_found("ACCOUNT_NOT_FOUND", NOT_FOUND)


async def page(tx: Transaction, kinds: Sequence[str], size: int, token: str) -> Page[Account]:
    """A page of accounts of these kinds (none: of all), the oldest first.

    Errors: PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID.
    """
    most, wanted = paging.page_size(size), ("accounts", tuple(kinds))
    found = await store.page(tx, kinds, _OLDEST.after(token, wanted), most + 1)
    return _OLDEST.cut(found, most, wanted)


async def statement(tx: Transaction, account: Account, size: int, token: str) -> Page[Entry]:
    """A page of an account's entries, the newest first. Errors: as of ``page``."""
    most, wanted = paging.page_size(size), ("entries", account.id)
    last = account.entries + 1
    (before,) = _NEWEST.after(token, wanted) or (last,)
    found = await store.statement(tx, account.id, min(before, last), most + 1)
    return _NEWEST.cut(found, most, wanted)


async def paid_for(tx: Transaction, entries: Sequence[Entry]) -> Mapping[str, PaidFor]:
    """What the payments behind entries were for, by their references; told to whose account it is, not to others."""
    if access.is_treasury(tx):
        return {}
    return await store.paid_for(tx, [entry.reference for entry in entries])


async def batch_days(tx: Transaction, entries: Sequence[Entry]) -> Mapping[str, date]:
    """Days of the batches that entries settle or pay out, by their references."""
    batches = [ids.parse(entry.reference) for entry in entries if entry.kind in model.OF_BATCHES]
    return await store.batch_days(tx, [each for each in batches if each]) if batches else {}


async def post(tx: Transaction, groups: Sequence[Sequence[Transfer]]) -> list[Verdict]:
    """Posts groups of transfers, each as a whole or not at all, one after the other; a verdict for each, in order.

    A few round trips, however many groups there are.
    """
    decision = await judge(tx, groups)
    try:
        await tx.together(*store.writes(decision, tx.now))
    except asyncpg.UniqueViolationError as error:
        # Somebody posted the same identifier between other accounts at this moment: next time it is known.
        raise asyncpg.SerializationError("a transfer's identifier was posted meanwhile") from error
    return decision.verdicts


async def judge(tx: Transaction, groups: Sequence[Sequence[Transfer]], *, new: bool = False) -> Decision:
    """Decides as ``post``, for who writes the decision (``writes``) together with something else.

    Nothing is looked up of transfers that are ``new``: their caller has locked what says that they were never posted.
    """
    transfers = [transfer for group in groups for transfer in group]
    if not transfers:
        return Decision([Verdict() for _ in groups])
    accounts = await store.locked(tx, {side for one in transfers for side in (one.debit, one.credit)})
    known = {} if new else await store.known(tx, {one.id for one in transfers})
    wanted = {one.hold for one in transfers if one.hold is not None}
    holds = await store.holds(tx, wanted) if wanted else {}
    return decide(accounts, known, holds, groups, tx.now)


async def transfer(tx: Transaction, *transfers: Transfer) -> None:
    """Posts one group. Raises the refusal, if it is refused; nothing is posted then."""
    (verdict,) = await post(tx, [transfers])
    if verdict.refusal is not None:
        raise refused(verdict.refusal)


async def lock(tx: Transaction, accounts: Collection[UUID]) -> None:
    """Locks accounts that several transfers of a transaction will move money between, in the order of identifiers."""
    await store.locked(tx, accounts)


async def reserve(
    tx: Transaction,
    id: UUID,  # noqa: A002 - the field's own word
    account: UUID,
    amount: int,
    reference: str,
    expires_at: datetime | None = None,
) -> None:
    """Reserves an amount (whole units) on an account under ``id``; the same again changes nothing.

    Errors: AMOUNT_INVALID, ACCOUNT_UNKNOWN, ACCOUNT_FROZEN, ACCOUNT_CLOSED, INSUFFICIENT_FUNDS, HOLD_REUSED.
    """
    found = (await store.locked(tx, [account])).get(account)
    if found is None:
        raise refused("ACCOUNT_UNKNOWN")
    hold = Hold(id, account, amount, "reserved", reference, expires_at, tx.now, tx.now)
    before = (await store.holds(tx, [id])).get(id)
    if before is None:
        model.reserve(found, hold)
        await store.reserve(tx, hold)
    elif replace(hold, state=before.state, created_at=before.created_at, updated_at=before.updated_at) != before:
        raise precondition("HOLD_REUSED", "Something else was reserved under this identifier. Use a new one.")


async def release(tx: Transaction, id: UUID) -> None:  # noqa: A002 - the field's own word
    """Gives back what a hold reserves; a hold that has ended stays as it is. Errors: HOLD_UNKNOWN."""
    await _end(tx, id, "released")


async def expire(tx: Transaction, id: UUID) -> None:  # noqa: A002 - the field's own word
    """Ends a hold whose time is over, as ``release``."""
    await _end(tx, id, "expired")


async def set_status(tx: Transaction, id_: UUID, etag: str, status: str) -> Account:
    """Freezes an account ("frozen") or opens it ("open").

    Errors: ACCOUNT_NOT_FOUND, OWN_MATTER, ETAG_REQUIRED, STALE_ETAG, ACCOUNT_CLOSED.
    """
    found = (await store.locked(tx, [id_])).get(id_)
    if found is None:
        raise unseen()
    require_disinterested(tx.caller, found.owner)
    etags.require(etag, found.version)
    model.require_not_closed(found)
    if found.status == status:
        return found
    done = What.ACCOUNT_FROZEN if status == "frozen" else What.ACCOUNT_OPENED
    await acts.note(tx, done, found.kind if found.kind in CITY_KINDS else str(id_), exercise=found.exercise)
    return await store.set_status(tx, id_, status)


async def _end(tx: Transaction, id_: UUID, state: str) -> None:
    hold = (await store.holds(tx, [id_])).get(id_)
    if hold is None:
        raise refused("HOLD_UNKNOWN")
    await store.locked(tx, [hold.account])
    await store.end_hold(tx, id_, state)


def _identified(tx: Transaction, name: str) -> UUID | None:
    if name in CITY_KINDS:
        return city_account(name, tx.runtime.city.currency)
    return ids.parse(name)


async def _is_callers(tx: Transaction, account: Account) -> bool:
    if account.owner and account.owner == tx.caller.subject:
        return True
    agency = tx.caller.agency if tx.caller.has("officer") else ""
    return await store.is_merchants(tx, account.id, tx.caller.subject, agency)
